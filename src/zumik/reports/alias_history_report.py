"""The history of an alias as text and JSON: each move that landed, or the one at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from zumik.core.basics.names import AliasName
from zumik.core.basics.times import moment_text
from zumik.core.live.landed_pointer import AliasHistory, LandedPointer, LiveThen
from zumik.core.live.move_people import MovePeople
from zumik.core.live.pointer import Pointer, pointer_to_json
from zumik.reports.alias_report import moved
from zumik.reports.blocks import (
    Column,
    Fields,
    Report,
    Table,
    bad,
    doubtful,
    quiet,
    strong,
)
from zumik.reports.move_people_report import people_to_json, people_to_text, proposer_to_text


def history_report(found: AliasHistory) -> Report:
    """One line a move, newest first, with its reason and its people below.

    Above them is what has not landed. What is to say of the people of all moves alike is said once.
    """
    above = [
        [f"{doubtful('not landed')}: {moved(pointer)}{_target(pointer, winner)}"]
        for pointer, winner in found.waiting
    ]
    if not found.landed:
        return [*above, [f"no move has landed on {found.ref} yet"]]
    columns = (
        Column("landed", whole=True),
        Column("proposed by"),
        Column("commit"),
        Column("move"),
        Column("release"),
        Column("answers", identifier=True),
    )
    moves = [(past, found.people.get(past.commit or "")) for past in found.landed]
    said = [people and people_to_text(people) for _, people in moves]
    alike = said[0] if len(said) > 1 and len(set(said)) == 1 else None
    rows = [_past_row(past, people) for past, people in moves]
    notes = [
        _past_note(past, None if text == alike else text)
        for (past, _), text in zip(moves, said, strict=True)
    ]
    below = [[f"each move: {alike}"]] if alike else []
    return [*above, [Table(columns, rows, notes=notes)], *below]


def _target(pointer: Pointer, winner: str | None) -> str:
    if pointer.is_retired:
        return ""
    return f" → {pointer.target.id}, which answers {winner or 'a model that is not known'}"


def past_report(found: LiveThen, moment: datetime) -> Report:
    """The pointer that was live at a moment, and how it came there."""
    past, people = found.landed, found.people.get(found.landed.commit or "")
    pointer = past.pointer
    assert pointer is not None
    landed = f"on {found.ref} since {past.landed_at:%Y-%m-%d %H:%M} by commit {past.commit}"
    if past.commit is None:
        landed = f"on {found.ref} before {past.landed_at:%Y-%m-%d %H:%M}; by whom is not here"
    facts = [
        ("release", f"{pointer.target.id}  {pointer.target.sha256.short}…"),
        ("landed", landed),
        *([("clock", doubtful(wrong))] if (wrong := _wrong_clock(past)) else []),
        ("moved", moved(pointer)),
        *([("by", f"{proposer_to_text(people)}; {people_to_text(people)}")] if people else []),
    ]
    head = f"{strong(pointer.alias)} → {strong(past.winner or 'not known here')}"
    return [[f"{head}  {quiet(f'at {moment_text(moment.replace(microsecond=0))}')}", Fields(facts)]]


def _past_note(past: LandedPointer, people: str | None) -> str:
    """What the row leaves out: a clock that cannot be true, the move, its reason and its people."""
    lines = []
    if wrong := _wrong_clock(past):
        lines.append(doubtful(f"    {wrong}"))
    if past.pointer is not None:
        lines.append(quiet(f"    {moved(past.pointer)}"))
    if people is not None:
        lines.append(f"    {people}")
    return "\n".join(lines)


def _wrong_clock(past: LandedPointer) -> str:
    """What a commit claims of its time, where that cannot be true; empty where it can be."""
    clock = past.clock
    if past.commit is None or clock.holds:
        return ""
    claimed = clock.claimed_at
    said = f"{claimed:%Y-%m-%d %H:%M}" if claimed else f"{clock.claimed} seconds after 1970"
    return f"the commit claims {said}, which cannot be true; by its place it landed then or later"


def _past_row(past: LandedPointer, people: MovePeople | None) -> list[str]:
    pointer = past.pointer
    return [
        f"{past.landed_at:%Y-%m-%d %H:%M}{'' if past.clock.holds else ' ?'}"
        if past.commit
        else "earlier",
        proposer_to_text(people) if people else "not here",
        past.commit or "not here",
        pointer.kind if pointer else bad("no readable pointer"),
        pointer.target.id if pointer else "-",
        past.winner or "-",
    ]


def alias_history_to_json(alias: AliasName, found: AliasHistory) -> dict[str, object]:
    """Every move that landed on the ref, newest first, and where the history begins."""
    return {
        "alias": alias,
        "ref": found.ref,
        "ref_is_not_live_ref": found.stand_in,
        "at": None,
        "history_from": found.boundary and moment_text(found.boundary),
        "moves": [_move_to_json(past, found.people) for past in found.landed],
    }


def live_then_to_json(alias: AliasName, found: LiveThen, moment: datetime) -> dict[str, object]:
    """The same with the one move that was live at a moment."""
    return {
        "alias": alias,
        "ref": found.ref,
        "ref_is_not_live_ref": found.stand_in,
        "at": moment_text(moment.replace(microsecond=0)),
        "history_from": None,
        "moves": [_move_to_json(found.landed, found.people)],
    }


def _move_to_json(past: LandedPointer, people: Mapping[str, MovePeople]) -> dict[str, object]:
    return {**past_to_json(past), "people": people_to_json(people.get(past.commit or ""))}


def past_to_json(past: LandedPointer) -> dict[str, object]:
    """One move that landed; commit, times and author are null where they are not known.

    `committed_at` is what the commit claims, and `clock_holds` whether that can be true.
    """
    known = past.commit is not None
    claimed = past.clock.claimed_at if known else None
    return {
        "commit": past.commit,
        "committed_at": moment_text(claimed) if claimed is not None else None,
        "clock_holds": past.clock.holds if known else None,
        "landed_at": moment_text(past.landed_at) if known else None,
        "author": past.author if known else None,
        "pointer": past.pointer and pointer_to_json(past.pointer),
        "winner": past.winner,
    }
