"""What is asked of the table of calls, as expressions that DuckDB and Spark both answer.

Each takes a table with the columns of `call_table` and gives a table; nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from zumik.core.traffic.observation import FIRST_TOKEN, LATENCY, SPEED

if TYPE_CHECKING:
    from ibis import Table

OBSERVED_KEYS = ("model", "served_other", "measure")


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


def _text(text: str) -> Any:
    import ibis

    return ibis.literal(text)
