"""Mixing logs: who answered how many requests of which alias, with tokens and both costs."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from zumik.actions.logs.tabled_calls import tabled_calls
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.releases.release import VerifiedRelease
from zumik.core.traffic.frozen_cost import FrozenCost, TokenSums, frozen_cost, price_edges
from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.mix import Mix, MixCounts, MixKey
from zumik.core.traffic.selection import Selection
from zumik.logs.call_table import TableOf
from zumik.workspace.store import Store

if TYPE_CHECKING:
    from ibis import Table


def mix_of(
    session: Session,
    table_of: TableOf,
    selection: Selection,
) -> Mix:
    """The mix of the requests that are asked about. Raises CannotRun without the extra."""
    with tabled_calls(session, table_of, selection) as (logs, table):
        return mixed(table, session.store, logs)


def mixed(table: Table, store: Store, logs: LogsRead) -> Mix:
    """The mix of a table of calls, in DuckDB or in another engine."""
    from zumik.logs.call_questions import mix_groups

    seen = table.select("release").distinct().to_pyarrow().to_pylist()
    # The table has no release that cannot be read: its aliases were not known.
    sources = {
        release: store.release(ReleaseId(release))
        for row in seen
        if (release := row["release"]) is not None
    }
    edges = price_edges(model for source in sources.values() for model in source.models.values())
    mix = Mix(logs)
    for row in mix_groups(table, edges).to_pyarrow().to_pylist():
        mix.add(_key(row), _counts(row, sources))
    return mix


def _key(row: Mapping[str, Any]) -> MixKey:
    return MixKey(
        row["decided_by"],
        AliasName(row["alias"]) if row["alias"] else None,
        ReleaseId(row["release"]) if row["release"] else None,
        ModelId(row["model"]) if row["model"] else None,
        row["day"],
    )


def _counts(row: Mapping[str, Any], sources: Mapping[str, VerifiedRelease]) -> MixCounts:
    requests, counted, costed = row["requests"], row["counted"], row["costed"]
    cost = _frozen(row, sources) if counted else None
    frozen = cost.usd if cost else Fraction(0)
    logged = Fraction(row["cost_usd"]) if costed else Fraction(0)
    both = cost is not None and costed
    return MixCounts(
        requests=requests,
        attempts=row["attempts"],
        ended=row["ended"] or 0,
        failed=requests if row["failed"] else 0,
        fell_back=row["fell"] or 0,
        served_known=row["served_known"] or 0,
        served_other=row["served_other"] or 0,
        counted=requests if counted else 0,
        input_tokens=int(row["input_tokens"] or 0),
        output_tokens=int(row["output_tokens"] or 0),
        cached_tokens=int(row["cached_tokens"] or 0),
        cached_known=row["cached_known"] or 0,
        cached_of=int(row["cached_of"] or 0),
        logged=requests if costed else 0,
        logged_usd=logged,
        priced=requests if cost else 0,
        frozen_usd=frozen,
        both=requests if both else 0,
        both_logged_usd=logged if both else Fraction(0),
        both_frozen_usd=frozen if both else Fraction(0),
        gaps=frozenset(cost.gaps if cost else ()),
        failed_usd=Fraction(row["failed_usd"] or 0),
    )


def _frozen(row: Mapping[str, Any], sources: Mapping[str, VerifiedRelease]) -> FrozenCost | None:
    if row["alias"] is None or row["release"] is None or row["model"] is None:
        return None
    names = ("input_tokens", "cached_tokens", "output_tokens")
    taken, cached, output = (int(row[name]) for name in names)
    cached_known = row["cached_known"] == row["requests"]
    tokens = TokenSums(
        row["longest"], taken - cached, cached, output, cached_known, calls=row["requests"]
    )
    return frozen_cost(
        sources[row["release"]], AliasName(row["alias"]), ModelId(row["model"]), tokens
    )
