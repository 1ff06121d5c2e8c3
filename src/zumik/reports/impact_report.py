"""The impact of another release on logged requests, as text and JSON."""

from __future__ import annotations

from fractions import Fraction

from zumik.core.traffic.impact import Impact, Move, Moved, Outcome
from zumik.reports.blocks import Column, Report, Table, strong
from zumik.reports.text import exact, figure, plural, safe, share

# How many moves are shown; the JSON has them all.
_MAX_ROWS = 40

_WHY = {
    Outcome.ONLY_UNKNOWN: "no model: a fact is unknown",
    Outcome.UNSERVED: "no model can take it",
    Outcome.NOT_THERE: "the alias is not there",
}


def impact_report(impact: Impact) -> Report:
    """Which requests would move from which model to which, and what that costs."""
    changed = _changed(impact)
    has_cost = any(moved.measured for _, moved in changed)
    has_latency = any(moved.timed for _, moved in changed)
    columns = (*_COLUMNS, *(_COST if has_cost else ()), *(_LATENCY if has_latency else ()))
    rows = [
        (
            move.alias,
            safe(move.before or "-"),
            safe(move.after or _WHY.get(move.outcome, "-")),
            f"{moved.calls:,}",
            share(Fraction(moved.calls, impact.calls)),
            *(_costs(moved) if has_cost else ()),
            *(_latencies(moved) if has_latency else ()),
        )
        for move, moved in changed[:_MAX_ROWS]
    ]
    head = [strong(impact_to_text(impact))]
    if not rows:
        return [head]
    left = len(changed) - len(rows)
    more = [f"  and {plural(left, 'move')} more"] if left > 0 else []
    return [[*head, Table(columns, rows, 2), *more, *_notes(impact)]]


_COLUMNS = (
    Column("alias", whole=True),
    Column("then", identifier=True),
    Column("against", identifier=True),
    Column("calls", number=True),
    Column("share", number=True),
)
_COST = (Column("cost\nthen", number=True), Column("cost\nagainst", number=True))
_LATENCY = (Column("latency\nthen", number=True), Column("latency\nagainst", number=True))


def impact_to_text(impact: Impact) -> str:
    """How many would move, and how many no model could take."""
    moved = impact.count([Outcome.MOVED])
    total = plural(impact.calls, "call")
    text = f"against {impact.against}: another model would answer {moved:,} of {total}"
    for outcome, words in (
        (Outcome.UNSERVED, "that no model could take"),
        (Outcome.ONLY_UNKNOWN, "left out only because a fact is unknown"),
        (Outcome.NOT_THERE, "of an alias that is not there"),
    ):
        count = impact.count([outcome])
        if count:
            text += f", {count:,} {words}"
    return text


def _notes(impact: Impact) -> list[str]:
    changed = [moved for _, moved in _changed(impact)]
    calls, measured = sum(m.calls for m in changed), sum(m.measured for m in changed)
    if measured == calls:
        return []
    if not measured:
        return ["  cost: unknown, because the log has no token counts or a price is unknown"]
    return [f"  cost: of the {measured:,} of {calls:,} calls whose tokens and prices are known"]


def _changed(impact: Impact) -> list[tuple[Move, Moved]]:
    changed = [item for item in impact.moves.items() if item[0].outcome is not Outcome.SAME]
    return sorted(changed, key=lambda item: (-item[1].calls, item[0].alias, item[0].before or ""))


def _costs(moved: Moved) -> tuple[str, str]:
    return _sum(moved.cost_before, moved.measured), _sum(moved.cost_after, moved.measured)


def _latencies(moved: Moved) -> tuple[str, str]:
    return _mean(moved.seconds_before, moved.timed), _mean(moved.seconds_after, moved.timed)


def _sum(cost: Fraction, measured: int) -> str:
    return figure(cost, "usd") if measured else "unknown"


def _mean(seconds: Fraction, timed: int) -> str:
    return figure(seconds / timed, "seconds") if timed else "unknown"


def impact_to_json(impact: Impact) -> dict[str, object]:
    """Every move, also of calls that stay. Exact sums: of costs in USD, of latencies in seconds."""
    return {
        "against": impact.against,
        "calls": impact.calls,
        "targets": impact.targets,
        "unknown_aliases": impact.unknown,
        "moves": [
            {
                "alias": move.alias,
                "then": move.before,
                "against": move.after,
                "outcome": move.outcome.value,
                "calls": moved.calls,
                "calls_with_cost": moved.measured,
                "usd_then": _known(moved.cost_before, moved.measured),
                "usd_against": _known(moved.cost_after, moved.measured),
                "calls_with_latency": moved.timed,
                "seconds_then": _known(moved.seconds_before, moved.timed),
                "seconds_against": _known(moved.seconds_after, moved.timed),
            }
            for move, moved in sorted(
                impact.moves.items(), key=lambda item: (-item[1].calls, item[0].alias)
            )
        ],
    }


def _known(value: Fraction, counted: int) -> str | None:
    return exact(value) if counted else None
