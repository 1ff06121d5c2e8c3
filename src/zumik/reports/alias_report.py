"""Aliases as text and JSON: what they point to now, moves, and their history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from zumik.core.basics.times import moment_text
from zumik.core.decisions.alias_table import Rederived
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.facts.policy import COST, LATENCY, deprecation_to_json
from zumik.core.facts.policy import alias_to_json as policy_to_json
from zumik.core.live.drains import DrainStatus
from zumik.core.live.live_retirement import LiveRetirement
from zumik.core.live.pointer import Pointer, pointer_to_json
from zumik.core.live.pointer_move import MovedPointer
from zumik.core.live.pointer_pair import PointerPair
from zumik.core.releases.withdrawal import Withdrawal
from zumik.reports import sentences
from zumik.reports.blocks import (
    Column,
    Fields,
    Report,
    Section,
    Table,
    bad,
    doubtful,
    strong,
)
from zumik.reports.drain_report import (
    IGNORED,
    answered_to_json,
    drain_to_text,
    drains_to_rows,
)
from zumik.reports.live_ref_report import only_landed_to_lines, pair_to_json, pair_to_text
from zumik.reports.ranking_table import table_sections, table_to_json
from zumik.reports.resolver_report import resolver_to_text
from zumik.reports.retirement_report import retirement_to_json, retirement_to_text
from zumik.reports.text import safe
from zumik.reports.withdrawal_report import withdrawal_to_json, withdrawal_to_text

if TYPE_CHECKING:
    from zumik.core.decisions.drained_decision import DrainedDecision


def lives_section(lives: Sequence[LiveAlias], missing: Sequence[PointerPair] = ()) -> Section:
    """One line an alias; below them those that only `live_ref` has."""
    below = [doubtful(line) for line in only_landed_to_lines(missing)]
    if not lives:
        return below or ["no alias is live; freeze a release and promote it: zumik release create"]
    columns = (
        Column("alias"),
        Column("answers", identifier=True),
        Column("release", identifier=True),
        Column("cost\nper request", number=True),
        Column("latency", number=True),
        Column(""),
    )
    note = sentences.cost_note(live.answers for live in lives)
    rows = [_live_row(live) for live in lives]
    return [Table(columns, rows), *([note] if note else []), *below]


def overruled(lives: Sequence[LiveAlias]) -> list[str]:
    """The aliases for which what is drained is ignored."""
    return [live.pointer.alias for live in lives if live.ignores_drains]


def _live_row(live: LiveAlias) -> list[str]:
    answers, table = live.answers, live.known_table
    if table is None or answers is None:
        why = bad(safe(live.problem))
        return [strong(live.pointer.alias), "-", live.pointer.target.id, "-", "-", why]
    return [
        strong(live.pointer.alias),
        answers.model.id,
        live.pointer.target.id,
        sentences.value(answers, COST, table.units),
        sentences.value(answers, LATENCY, table.units),
        ", ".join(notes_of(live)),
    ]


def notes_of(live: LiveAlias) -> list[str]:
    """What somebody should know of a live alias."""
    notes = []
    answered, table = live.answered, live.known_table
    winner = table.winner if table else None
    if answered is not None and answered.decision.drain_ignored:
        notes.append(bad(IGNORED))
    elif answered is not None and winner is not None and answered.decision.model != winner.model.id:
        notes.append(doubtful(f"{winner.model.id} is drained"))
    if live.deprecated is not None:
        said = sentences.deprecation(live.deprecated, overdue=live.overdue)
        notes.append(doubtful(f"deprecated: {said}"))
    if live.withdrawal is not None:
        notes.append(bad("at a WITHDRAWN release"))
    if live.retirement is not None:
        shade = bad if live.retirement.is_over else doubtful
        notes.append(shade(retirement_to_text(live.retirement)))
    if live.new_price_on is not None:
        notes.append(doubtful(f"its price changes on {live.new_price_on}"))
    if live.beside is not None:
        notes.append(doubtful(pair_to_text(live.beside)))
    return notes


def lives_to_json(lives: Sequence[LiveAlias]) -> list[dict[str, object]]:
    """Every alias with its pointer."""
    return [
        {
            **pointer_to_json(live.pointer),
            "winner": _winner(live),
            "landed": live.landed,
            "landed_instead": pair_to_json(live.beside),
            "retirement": retirement_to_json(live.retirement),
            "price_changes_on": live.new_price_on and live.new_price_on.isoformat(),
            "problem": live.problem,
            "withdrawn": withdrawal_to_json(live.withdrawal),
            "deprecated": deprecation_to_json(live.deprecated),
            **answered_to_json(live.answered),
        }
        for live in lives
    ]


def _winner(live: LiveAlias) -> str | None:
    found = live.known_table
    return found.winner.model.id if found and found.winner else None


def alias_report(
    pointer: Pointer,
    found: Rederived,
    withdrawal: Withdrawal | None = None,
    answered: DrainedDecision | None = None,
    shown: DrainStatus | None = None,
    beside: PointerPair | None = None,
    retirement: LiveRetirement | None = None,
) -> Report:
    """One alias: where it points, why its winner won, and the ranking.

    `shown` is the list of drains, where it was looked at; `beside` is what has landed, where that
    is another pointer; `retirement` says that the model that answers retires.
    """
    what, said = found.table, found.table.alias.deprecated
    facts = [
        ("promise", safe(what.alias.description or "")),
        ("release", f"{pointer.target.id}  {pointer.target.sha256.short}…"),
        ("withdrawn", bad(withdrawal_to_text(withdrawal)) if withdrawal else ""),
        ("deprecated", doubtful(sentences.deprecation(said)) if said else ""),
        ("moved", moved(pointer)),
        ("live", doubtful(pair_to_text(beside)) if beside else ""),
        ("retires", bad(retirement_to_text(retirement)) if retirement else ""),
        *_drained(answered, shown),
        ("why", sentences.why(what)),
        ("margin", sentences.margin(what)),
        ("workload", sentences.workload(what) or ""),
        ("note", sentences.latency_note(what) or ""),
        ("note", sentences.cost_note(what.ranked) or ""),
        ("resolver", resolver_to_text(found.resolver)),
    ]
    winner = found.frozen.winner
    answers = answered.decision.model if answered else winner
    head = f"{strong(pointer.alias)} → {strong(answers)}"
    if answers != winner:
        head += f", {doubtful(f'while {winner} is drained')}"
    fields = Fields([(name, text) for name, text in facts if text], width=10 if said else 9)
    return [[head, fields], *table_sections(what)]


def _drained(answered: DrainedDecision | None, shown: DrainStatus | None) -> list[tuple[str, str]]:
    """The drains in force that name what the alias ranks, or why they are not known."""
    if shown is not None and shown.problem is not None:
        return drains_to_rows(shown)
    if answered is None:
        return []
    rows = [("drained", doubtful(drain_to_text(d, answered.at))) for d in answered.drains]
    if answered.decision.drain_ignored:
        rows.append(("ignored", bad(IGNORED)))
    return rows


def alias_to_json(
    pointer: Pointer,
    found: Rederived,
    withdrawal: Withdrawal | None = None,
    answered: DrainedDecision | None = None,
    beside: PointerPair | None = None,
    retirement: LiveRetirement | None = None,
) -> dict[str, object]:
    """One alias with its pointer, its policy as frozen, its table and what it answers now."""
    return {
        "pointer": pointer_to_json(pointer),
        **answered_to_json(answered),
        "withdrawn": withdrawal_to_json(withdrawal),
        "landed_instead": pair_to_json(beside),
        "retirement": retirement_to_json(retirement),
        "policy": policy_to_json(found.frozen.policy),
        "rederived": found.matches,
        "resolver": found.resolver,
        "table": table_to_json(found.table),
    }


def moves_section(moves: Sequence[MovedPointer]) -> Section:
    """One line a move."""
    if not moves:
        return ["nothing to move"]
    columns = (
        Column("alias"),
        Column("release"),
        Column("answered", identifier=True),
        Column("answers", identifier=True),
        Column(""),
    )
    return [Table(columns, [_move_row(move) for move in moves])]


def _move_row(move: MovedPointer) -> list[str]:
    before = move.previous.target.id if move.previous else "new"
    return [
        strong(move.pointer.alias),
        f"{before} → {move.pointer.target.id if move.winner_after else 'retired'}",
        move.answers.before or "-",
        move.answers.after or "no model",
        _move_note(move),
    ]


def _move_note(move: MovedPointer) -> str:
    """Why another model answers than the first in the ranking, or why a drained one does."""
    if move.drain_ignored:
        return bad(IGNORED)
    is_first = move.answers.after == move.winner_after
    return "" if is_first else doubtful(f"{move.winner_after} is drained")


def moves_to_json(moves: Sequence[MovedPointer]) -> list[dict[str, object]]:
    """Every move with the pointer it wrote."""
    return [
        {
            **pointer_to_json(move.pointer),
            "release_before": move.previous.target.id if move.previous else None,
            "winner_before": move.winner_before,
            "winner_after": move.winner_after,
            "answered": move.answers.before,
            "answers": move.answers.after,
            "drain_ignored": move.drain_ignored,
        }
        for move in moves
    ]


def moved(pointer: Pointer) -> str:
    """How and when a pointer was moved, and the reason."""
    reason = f": {safe(pointer.reason)}" if pointer.reason else ""
    return (
        f"{pointer.kind} {pointer.generation}, proposed {moment_text(pointer.proposed_at)}{reason}"
    )
