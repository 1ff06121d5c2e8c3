"""What is asked of the table of calls, as expressions that DuckDB and Spark both answer.

Each takes a table with the columns of `call_table` and gives a table; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from zumik.core.traffic.observation import FIRST_TOKEN, LATENCY, SPEED

if TYPE_CHECKING:
    from ibis import Table

MIX_KEYS = (
    *("decided_by", "alias", "release", "model", "day"),
    *("failed", "counted", "costed", "tier"),
)
_REQUEST = (
    *("decided_by", "alias", "release", "model", "day", "failed", "ended", "fell_back", "attempts"),
    *("input_tokens", "output_tokens", "cached_tokens", "cost_usd", "served_other", "calls"),
    "failed_usd",
)
WORKLOAD_KEYS = ("alias", "measure")
_USD = "decimal(38, 12)"
_SAME_REQUEST = ("call_id", "decided_by", "alias", "release")
OBSERVED_KEYS = ("model", "served_other", "measure")


def requests(calls: Table) -> Table:
    """One row a request: the attempt that answered it, else the last that failed.

    Failed attempts join the request of their call id, alias and release. A client may choose its
    call ids, so that two attempts that succeeded are two requests, but for one of the same time
    and model, which was logged twice. `attempts` is how many there were, and `failed_usd` the cost
    of all that failed; `fell_back` is also set where another model failed before.
    """
    import ibis

    calls = calls.mutate(failed=calls.failed.fill_null(False), ended=calls.failed.notnull())
    alone, named = calls.filter(calls.call_id.isnull()), calls.filter(calls.call_id.notnull())
    of_time = ibis.window(group_by=[*_SAME_REQUEST, "failed", "at", "model"], order_by=named.place)
    copies = named.mutate(copy=ibis.row_number().over(of_time))
    once = copies.filter((copies.copy == 0) | copies.failed | copies["at"].isnull())
    same = ibis.window(group_by=list(_SAME_REQUEST))
    latest = (once.failed.asc(), once["at"].fill_null(-1).desc(), once.place.desc())
    failed_model = once.failed.ifelse(once.model, None)
    numbered = once.mutate(
        later=ibis.row_number().over(group_by=list(_SAME_REQUEST), order_by=latest),
        failures=once.failed.cast("int64").sum().over(same),
        lost=_usd_of_failed(once).sum().over(same).cast(_USD),
        moved=(
            (failed_model.min().over(same) != once.model)
            | (failed_model.max().over(same) != once.model)
        ).fill_null(False),
    )
    kept = numbered.filter((numbered.later == 0) | ~numbered.failed)
    is_latest = kept.later == 0
    before = kept.failures - kept.failed.cast("int64")
    folded = kept.mutate(
        attempts=is_latest.ifelse(before, 0) + 1,
        fell_back=kept.fell_back | (is_latest & kept.moved),
        failed_usd=is_latest.ifelse(kept.lost, None).cast(_USD),
    )
    single = alone.mutate(attempts=alone.calls, failed_usd=_usd_of_failed(alone))
    return folded.select(*_REQUEST).union(single.select(*_REQUEST))


def mix_groups(calls: Table, edges: Sequence[int]) -> Table:
    """Requests by MIX_KEYS, with sums; each group is in one tier of every price.

    `edges` are the lengths of input at which a price may change.
    """
    asked = requests(calls)
    failed = asked.failed.fill_null(False)
    counted = asked.input_tokens.notnull() & asked.output_tokens.notnull() & ~failed
    rank = sum(((asked.input_tokens > edge).ifelse(1, 0) for edge in edges), _number(0))
    cached = asked.cached_tokens.fill_null(0)
    rows = asked.mutate(
        failed=failed,
        counted=counted,
        costed=asked.cost_usd.notnull() & ~failed,
        tier=counted.ifelse(rank, 0),
        cached=(cached < asked.input_tokens).ifelse(cached, asked.input_tokens),
    )
    weight, has_tokens = rows.calls, rows.counted
    has_cached = has_tokens & rows.cached_tokens.notnull()
    return rows.group_by(*MIX_KEYS).agg(
        requests=weight.sum(),
        attempts=rows.attempts.sum(),
        ended=weight.sum(where=rows.ended),
        fell=weight.sum(where=rows.fell_back),
        served_known=weight.sum(where=rows.served_other.notnull()),
        served_other=weight.sum(where=rows.served_other.fill_null(False)),
        longest=rows.input_tokens.max(where=has_tokens),
        input_tokens=_wide(rows.input_tokens * weight).sum(where=has_tokens),
        output_tokens=_wide(rows.output_tokens * weight).sum(where=has_tokens),
        cached_tokens=_wide(rows.cached * weight).sum(where=has_tokens),
        cached_known=weight.sum(where=has_cached),
        cached_of=_wide(rows.input_tokens * weight).sum(where=has_cached),
        cost_usd=_weighted_usd(rows).sum(where=rows.costed),
        failed_usd=rows.failed_usd.sum(),
    )


def _usd_of_failed(calls: Table) -> Any:
    """What was logged as the cost of each failed attempt, and of those that are equal."""
    return calls.failed.ifelse(_weighted_usd(calls), None).cast(_USD)


def _weighted_usd(calls: Table) -> Any:
    # Spark rounds the product of a decimal and an integer to six places.
    return calls.cost_usd * calls.calls.cast("decimal(13, 0)")


def workload_sums(calls: Table) -> Table:
    """For each alias: requests that were answered and have tokens, and sums of these."""
    asked = _with_tokens(calls)
    weight, has_cached = asked.calls, asked.cached_tokens.notnull()
    return asked.group_by("alias").agg(
        requests=weight.sum(),
        input_tokens=_wide(asked.input_tokens * weight).sum(),
        output_tokens=_wide(asked.output_tokens * weight).sum(),
        cached_requests=weight.sum(where=has_cached),
        cached_tokens=_wide(asked.cached_tokens * weight).sum(where=has_cached),
        cached_of=_wide(asked.input_tokens * weight).sum(where=has_cached),
    )


def not_in_workload(calls: Table) -> Table:
    """One row: all requests, those of an alias that failed, and those answered without tokens."""
    asked = requests(calls)
    failed, of_alias = asked.failed.fill_null(False), asked["alias"].notnull()
    lacks = asked.input_tokens.isnull() | asked.output_tokens.isnull()
    return asked.agg(
        requests=asked.calls.sum(),
        failed=asked.calls.sum(where=of_alias & failed),
        without_tokens=asked.calls.sum(where=of_alias & ~failed & lacks),
    )


def workload_values(calls: Table) -> Table:
    """One row for each count of tokens of such a request: WORKLOAD_KEYS and value."""
    asked = _with_tokens(calls)
    parts = [
        asked.select("alias", measure=_text(name), value=asked[name], calls=asked.calls)
        for name in ("input_tokens", "output_tokens")
    ]
    return parts[0].union(parts[1])


def _with_tokens(calls: Table) -> Table:
    asked = requests(calls)
    return asked.filter(
        asked["alias"].notnull()
        & asked.input_tokens.notnull()
        & asked.output_tokens.notnull()
        & ~asked.failed.fill_null(False)
    )


def observed_attempts(calls: Table) -> Table:
    """For each model: attempts, those whose end is known, those that failed, and their time."""
    known = _of_models(calls)
    return known.group_by("model", "served_other").agg(
        attempts=known.calls.sum(),
        ended=known.calls.sum(where=known.failed.notnull()),
        failed=known.calls.sum(where=known.failed),
        first_at=known["at"].min(),
        last_at=known["at"].max(),
    )


def observed_values(calls: Table) -> Table:
    """One row for each measured value of an attempt that did not fail: OBSERVED_KEYS and value."""
    known = _of_models(calls)
    answered = known.filter(~known.failed.fill_null(False))
    first, whole = answered.first_token_seconds, answered.seconds
    after = whole - first
    measures = (
        (FIRST_TOKEN, first, first.notnull()),
        (SPEED, answered.output_tokens / after, (after > 0) & (answered.output_tokens > 0)),
        (LATENCY, whole, whole.notnull()),
    )
    parts = [
        answered.filter(taken).select(
            "model",
            "served_other",
            measure=_text(name),
            value=value.cast("float64"),
            calls=answered.calls,
        )
        for name, value, taken in measures
    ]
    return parts[0].union(*parts[1:])


def samples_of(values: Table, keys: Sequence[str]) -> Table:
    """How many calls each group of values was measured on."""
    return values.group_by(*keys).agg(samples=values.calls.sum())


def values_at(values: Table, keys: Sequence[str], ranks: Table) -> Table:
    """The values at some ranks of their group, from 1; `ranks` has the keys and `rank`."""
    import ibis

    each = values.group_by(*keys, "value").agg(weight=values.calls.sum())
    upto = each.weight.sum().over(ibis.cumulative_window(group_by=list(keys), order_by=each.value))
    numbered = each.mutate(upto=upto)
    joined = numbered.inner_join(ranks, list(keys))
    taken = (joined.upto - joined.weight < joined["rank"]) & (joined["rank"] <= joined.upto)
    return joined.filter(taken).select(*keys, "rank", "value")


def _of_models(calls: Table) -> Table:
    return calls.filter(calls.model.notnull()).mutate(
        served_other=calls.served_other.fill_null(False)
    )


def _wide(tokens: Any) -> Any:
    """Counts whose sum may pass 64 bits, where a log makes them up: each is below 2**62."""
    return tokens.cast("decimal(38, 0)")


def _number(number: int) -> Any:
    import ibis

    return ibis.literal(number, "int64")


def _text(text: str) -> Any:
    import ibis

    return ibis.literal(text)
