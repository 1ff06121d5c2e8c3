"""The impact of another release on logged requests, as text, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from zumik.core.basics.names import AliasName
from zumik.core.decisions.cost_gaps import CostGap
from zumik.core.traffic.impact import Impact, Move, Moved, Outcome
from zumik.core.traffic.weighed_logs import WeighedLogs
from zumik.reports.blocks import Block, Column, Fields, Report, Section, Table, strong
from zumik.reports.logs_read_report import (
    counts_to_json,
    days_to_json,
    logs_read_rows,
    unreadable_section,
    without_decision_section,
)
from zumik.reports.markdown_text import code, md, md_table
from zumik.reports.sentences import cost_mark, usage_cost_note
from zumik.reports.text import and_more, exact, figure, plural, safe, share_text

# How many aliases and moves are shown; the JSON has them all.
_MAX_ROWS = 40
_MAX_MARKDOWN_ROWS = 20

_WHY = {
    Outcome.ONLY_UNKNOWN: "no model: a fact is unknown",
    Outcome.UNSERVED: "no model can take it",
    Outcome.NOT_THERE: "the alias is not there",
}
_COUNTED = (Outcome.MOVED, Outcome.UNSERVED, Outcome.ONLY_UNKNOWN, Outcome.NOT_THERE)

_Sums = Mapping[Outcome, Moved]


def weighed_report(weighed: WeighedLogs | None) -> Report:
    """What was read of logs, and the impact on their requests; nothing where none were given."""
    if weighed is None:
        return []
    logs, impact = weighed
    rows = logs_read_rows(logs)
    head: Section = [strong(_read_to_text(weighed)), *([Fields(rows)] if rows else [])]
    found = impact_report(impact) if impact.calls else [without_decision_section(logs)]
    return [head, *found, unreadable_section(logs)]


def _read_to_text(weighed: WeighedLogs) -> str:
    logs, impact = weighed
    calls = sum(logs.formats.values())
    text = f"{plural(calls, 'logged call')}, {impact.calls:,} with a decision of zumik"
    return f"{text}, {logs.unreadable:,} unreadable" if logs.unreadable else text


def weighed_to_markdown(weighed: WeighedLogs) -> list[str]:
    """Lines of Markdown of a bounded length: names and figures, nothing of a log itself."""
    lines = ["### Logged traffic", "", md(f"{_read_to_text(weighed)}.")]
    return [*lines, "", *impact_to_markdown(weighed.impact)] if weighed.impact.calls else lines


def weighed_to_json(weighed: WeighedLogs | None) -> dict[str, object] | None:
    """The same for machines."""
    if weighed is None:
        return None
    logs, impact = weighed
    calls = {"calls": sum(logs.formats.values()), "with_decision": impact.calls}
    return {**calls, **days_to_json(logs), **counts_to_json(logs), "impact": impact_to_json(impact)}


def impact_report(impact: Impact) -> Report:
    """How many requests would move, by alias, and from which model to which."""
    return [[strong(impact_to_text(impact)), *_aliases(impact)], _moves(impact)]


def impact_to_text(impact: Impact) -> str:
    """How many would move, and how many no model could take."""
    moved = impact.count([Outcome.MOVED])
    total = plural(impact.requests, "request")
    text = f"{_compared(impact)}: another model would answer {moved:,} of {total}"
    for outcome, words in (
        (Outcome.UNSERVED, "that no model could take"),
        (Outcome.ONLY_UNKNOWN, "left out only because a fact is unknown"),
        (Outcome.NOT_THERE, "of an alias that is not there"),
    ):
        count = impact.count([outcome])
        if count:
            text += f", {count:,} {words}"
    return text


def _compared(impact: Impact) -> str:
    against = safe(impact.against)
    return f"{safe(impact.then)} → {against}" if impact.then else f"against {against}"


def _aliases(impact: Impact) -> list[Block]:
    """One row an alias, with its cost and latency below it."""
    aliases = impact.by_alias()
    seen = [outcome for outcome in _COUNTED if impact.count([outcome])]
    columns = (
        Column("alias", whole=True),
        Column("requests", number=True),
        *(Column(_HEADS[outcome], number=True) for outcome in seen),
    )
    shown = list(aliases.items())[:_MAX_ROWS]
    rows = [(alias, *_counts(sums, seen)) for alias, sums in shown]
    notes = [_noted(_total(sums)) for _, sums in shown]
    blocks: list[Block] = [Table(columns, rows, 2, notes)] if rows else []
    return [*blocks, *and_more(len(aliases) - len(rows), "alias", "aliases"), *_notes(impact)]


_HEADS = {
    Outcome.MOVED: "moved",
    Outcome.UNSERVED: "no model",
    Outcome.ONLY_UNKNOWN: "fact unknown",
    Outcome.NOT_THERE: "not there",
}


def _counts(sums: _Sums, outcomes: Sequence[Outcome]) -> list[str]:
    counts = [sums[outcome].requests if outcome in sums else 0 for outcome in outcomes]
    return [f"{_total(sums).requests:,}", *(f"{count:,}" if count else "-" for count in counts)]


def _total(sums: _Sums) -> Moved:
    total = Moved()
    for moved in sums.values():
        total.add_sum(moved)
    return total


def _moves(impact: Impact) -> list[Block]:
    """The most frequent first, each with what it costs and takes."""
    changed = _changed(impact)
    if not changed:
        return []
    rows = [
        (
            move.alias,
            safe(move.before or _no_model(impact)),
            safe(_answer(move)),
            f"{moved.requests:,}",
            share_text(moved.requests, impact.requests),
        )
        for move, moved in changed[:_MAX_ROWS]
    ]
    notes = [_noted(moved) for _, moved in changed[:_MAX_ROWS]]
    return [Table(_MOVE_COLUMNS, rows, 2, notes), *and_more(len(changed) - len(rows), "move")]


_MOVE_COLUMNS = (
    Column("alias", whole=True),
    Column("then", identifier=True),
    Column("against", identifier=True),
    Column("requests", number=True),
    Column("share", number=True),
)


def _no_model(impact: Impact) -> str:
    """What stands in place of the model that answered before, if no model did."""
    # What is logged may be any text, and is shown where the release that is logged has it.
    return "no model" if impact.then else "(not in its release)"


def _answer(move: Move) -> str:
    return move.after or _WHY.get(move.outcome, "-")


def _changed(impact: Impact) -> list[tuple[Move, Moved]]:
    return [item for item in _ordered(impact) if item[0].outcome is not Outcome.SAME]


def _ordered(impact: Impact) -> list[tuple[Move, Moved]]:
    """The moves of most requests first. Calls come in no order, and no two moves are equal."""

    def rank(item: tuple[Move, Moved]) -> tuple[object, ...]:
        move, moved = item
        names = move.alias, move.before or "", move.after or "", move.outcome.value
        return (-moved.requests, *names)

    return sorted(impact.moves.items(), key=rank)


def _noted(moved: Moved) -> str:
    return "\n".join(f"    {part}" for part in figures_to_text(moved))


def figures_to_text(moved: Moved) -> list[str]:
    """What requests cost together and how long each takes, then and against."""
    parts = []
    if moved.measured:
        marks = [
            f"{cost_mark(gaps)} " if gaps else "" for gaps in (moved.gaps_before, moved.gaps_after)
        ]
        part = _pair("cost", moved.cost_before, moved.cost_after, "usd", marks)
        parts.append(part + _of(moved.measured, moved.requests))
    if moved.timed:
        before, after = moved.seconds_before / moved.timed, moved.seconds_after / moved.timed
        part = _pair("mean latency", before, after, "seconds")
        parts.append(
            part + ("" if moved.timed == moved.measured else _of(moved.timed, moved.requests))
        )
    return parts


def _pair(
    word: str, before: Fraction, after: Fraction, unit: str, marks: Sequence[str] = ("", "")
) -> str:
    if before == after and marks[0] == marks[1]:
        return f"{word} {marks[0]}{figure(before, unit)}"
    change = f" ({_change(before, after)})" if before and before != after else ""
    texts = [
        f"{mark}{figure(value, unit)}" for mark, value in zip(marks, (before, after), strict=True)
    ]
    return f"{word} {' → '.join(texts)}{change}"


def _change(before: Fraction, after: Fraction) -> str:
    """By what part a figure changed: `+12.5 %`, `<0.1 % less`."""
    part = share_text(abs(after - before) / before)
    if part[0] in "<>":
        return f"{part} {'more' if after > before else 'less'}"
    return f"{'+' if after > before else '-'}{part}"


def _of(counted: int, requests: int) -> str:
    """Over how many requests, where a price, a speed or the tokens of others are unknown."""
    return "" if counted == requests else f" for {counted:,} of {requests:,} requests"


def _notes(impact: Impact) -> list[str]:
    notes = []
    if impact.requests and not any(moved.measured for moved in impact.moves.values()):
        notes.append("  cost: unknown, because the log has no token counts or a price is unknown")
    sums = [moved for moved in impact.moves.values() if moved.measured]
    gaps = {gap for moved in sums for gap in moved.gaps_before | moved.gaps_after}
    if note := usage_cost_note(gaps):
        notes.append(f"  cost: {note}")
    if impact.attempts:
        joined = plural(impact.attempts, "more attempt")
        notes.append(f"  {joined} of requests that are counted once, by call id")
    if impact.targets:
        notes.append(
            f"  {plural(impact.targets, 'request')} for a model by name: no alias moves it"
        )
    if impact.unknown:
        name = "an alias" if impact.then else "an alias or release"
        notes.append(f"  {plural(impact.unknown, 'request')} of {name} that is not known here")
    return notes


def impact_to_markdown(impact: Impact) -> list[str]:
    """The same for an impact alone: at most so many rows, of names that releases have."""
    aliases = impact.by_alias()
    shown = list(aliases.items())[:_MAX_MARKDOWN_ROWS]
    lines = [md(f"{impact_to_text(impact)}.")]
    if shown:
        head = ("alias", "requests", *(_HEADS[outcome] for outcome in _COUNTED), "then → against")
        rows = [
            (
                code(alias),
                *_counts(sums, _COUNTED),
                md(", ".join(figures_to_text(_total(sums))) or "-"),
            )
            for alias, sums in shown
        ]
        lines += ["", *md_table([head, *rows], right=frozenset(range(1, len(_COUNTED) + 2)))]
    changed = _changed(impact)
    if changed:
        moves = [
            (
                code(move.alias),
                code(move.before) if move.before else md(_no_model(impact)),
                code(move.after) if move.after else md(_answer(move)),
                f"{moved.requests:,}",
            )
            for move, moved in changed[:_MAX_MARKDOWN_ROWS]
        ]
        table = md_table([("alias", "then", "against", "requests"), *moves], right=frozenset({3}))
        lines += ["", *table]
    left = max(len(aliases), len(changed)) - _MAX_MARKDOWN_ROWS
    if left > 0:
        lines += ["", f"{plural(left, 'row')} more are not shown; `--format text` has more."]
    lines += [f"\n{md(note.strip())}." for note in _notes(impact)]
    return lines


def impact_to_json(impact: Impact) -> dict[str, object]:
    """Every move, also of requests that stay; exact sums, of costs in USD, latencies in seconds."""
    return {
        "then": impact.then,
        "against": impact.against,
        "requests": impact.requests,
        "attempts": impact.attempts,
        "targets": impact.targets,
        "unknown_aliases": impact.unknown,
        "aliases": [_alias_to_json(alias, sums) for alias, sums in impact.by_alias().items()],
        "moves": [
            {
                "alias": move.alias,
                "then": move.before,
                "against": move.after,
                "outcome": move.outcome.value,
                **_sums_to_json(moved),
            }
            for move, moved in _ordered(impact)
        ],
    }


def _alias_to_json(alias: AliasName, sums: _Sums) -> dict[str, object]:
    counts = {
        outcome.value: sums[outcome].requests if outcome in sums else 0 for outcome in Outcome
    }
    return {"alias": alias, **_sums_to_json(_total(sums)), "outcomes": counts}


def _sums_to_json(moved: Moved) -> dict[str, object]:
    return {
        "requests": moved.requests,
        "requests_with_cost": moved.measured,
        "usd_then": _known(moved.cost_before, moved.measured),
        "usd_against": _known(moved.cost_after, moved.measured),
        "cost_gaps_then": [gap.value for gap in CostGap if gap in moved.gaps_before],
        "cost_gaps_against": [gap.value for gap in CostGap if gap in moved.gaps_after],
        "requests_with_latency": moved.timed,
        "seconds_then": _known(moved.seconds_before, moved.timed),
        "seconds_against": _known(moved.seconds_after, moved.timed),
    }


def _known(value: Fraction, counted: int) -> str | None:
    return exact(value) if counted else None
