"""Aliases as text and JSON: what they stand for now, moves, and their history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from zumik.core.explanation import AliasTable, Rederived
from zumik.core.names import ReleaseId
from zumik.core.pointer import Pointer, pointer_to_json
from zumik.core.policy import COST, LATENCY
from zumik.core.policy import alias_to_json as policy_to_json
from zumik.core.reading import moment_text
from zumik.core.withdrawal import Withdrawal
from zumik.reports import sentences
from zumik.reports.tables import (
    excluded_to_text,
    flips_to_text,
    not_compared_to_text,
    ranking_to_text,
    table_to_json,
)
from zumik.reports.text import PLAIN, Style, safe, table
from zumik.reports.withdrawals import withdrawal_to_json, withdrawal_to_text


class Live(NamedTuple):
    """An alias's pointer and the table behind it; `landed` is None where nobody can say.

    `withdrawal` is the mark of the release that it stands for, where that is withdrawn.
    """

    pointer: Pointer
    table: AliasTable | None
    landed: bool | None
    problem: str | None = None
    withdrawal: Withdrawal | None = None


class Move(NamedTuple):
    """A pointer that was moved, and who answered before and answers now; None for nobody."""

    pointer: Pointer
    winner_before: str | None
    winner_after: str | None
    previous: Pointer | None


class Past(NamedTuple):
    """One landing of a pointer; no pointer where the commit removed or broke it.

    No `commit` where the history begins with the pointer there already, as in a shallow clone: who
    brought it is then not known. `landed_at` is never before the landing that precedes it.
    """

    commit: str | None
    committed_at: datetime
    landed_at: datetime
    author: str
    pointer: Pointer | None
    winner: str | None

    @property
    def release(self) -> ReleaseId | None:
        """The release that was live from then on; None where nothing was."""
        if self.pointer is None or self.pointer.kind == "retire":
            return None
        return self.pointer.target.id


def lives_to_text(lives: Sequence[Live], style: Style = PLAIN) -> str:
    """One line an alias."""
    if not lives:
        return "no alias is live; freeze a release and promote it: zumik release create"
    rows = [[style.dim(cell) for cell in ("alias", "answers", "release", "cost", "latency", "")]]
    rows += [_live_row(live, style) for live in lives]
    return table(rows, indent="", right=frozenset({3, 4}))


def _live_row(live: Live, style: Style) -> list[str]:
    note = style.doubtful("NOT LIVE yet") if live.landed is False else ""
    if live.withdrawal is not None:
        note = style.bad("at a WITHDRAWN release") + (f", {note}" if note else "")
    winner = live.table.winner if live.table else None
    if live.table is None or winner is None:
        return [
            style.bold(live.pointer.alias),
            style.bad(safe(live.problem)),
            live.pointer.target.id,
        ]
    return [
        style.bold(live.pointer.alias),
        winner.model.id,
        live.pointer.target.id,
        sentences.value(winner, COST, live.table.units),
        sentences.value(winner, LATENCY, live.table.units),
        note,
    ]


def lives_to_json(lives: Sequence[Live]) -> list[dict[str, object]]:
    """Every alias with its pointer."""
    return [
        {
            **pointer_to_json(live.pointer),
            "winner": live.table.winner.model.id if live.table and live.table.winner else None,
            "landed": live.landed,
            "problem": live.problem,
            "withdrawn": withdrawal_to_json(live.withdrawal),
        }
        for live in lives
    ]


def alias_to_text(
    pointer: Pointer,
    found: Rederived,
    style: Style = PLAIN,
    withdrawal: Withdrawal | None = None,
) -> str:
    """One alias: where it points, why its winner won, and the ranking."""
    what = found.table
    facts = [
        ("promise", safe(what.alias.description or "")),
        ("release", f"{pointer.target.id}  {pointer.target.sha256.short}…"),
        ("withdrawn", style.bad(withdrawal_to_text(withdrawal)) if withdrawal else ""),
        ("moved", _moved(pointer)),
        ("why", sentences.why(what)),
        ("margin", sentences.margin(what)),
        ("workload", sentences.workload(what) or ""),
    ]
    head = f"{style.bold(pointer.alias)} → {style.bold(found.frozen.winner)}"
    lines = [head, *(f"  {style.dim(f'{name:<9}')} {text}" for name, text in facts if text)]
    blocks = ["\n".join(lines), ranking_to_text(what, style)]
    flips = flips_to_text(what)
    if flips:
        flip_lines = [style.bold("What would change the winner"), *(f"  {x}" for x in flips)]
        blocks.append("\n".join(flip_lines))
    if what.excluded:
        head = style.bold(f"{len(what.excluded)} excluded, nearest first")
        blocks.append(f"{head}\n{excluded_to_text(what, style)}")
    missing = not_compared_to_text(what)
    return "\n\n".join([*blocks, *([missing] if missing else [])])


def alias_to_json(
    pointer: Pointer, found: Rederived, withdrawal: Withdrawal | None = None
) -> dict[str, object]:
    """One alias with its pointer, its policy as frozen and its table."""
    return {
        "pointer": pointer_to_json(pointer),
        "withdrawn": withdrawal_to_json(withdrawal),
        "policy": policy_to_json(found.frozen.policy),
        "rederived": found.matches,
        "table": table_to_json(found.table),
    }


def moves_to_text(moves: Sequence[Move], style: Style = PLAIN) -> str:
    """One line a move."""
    rows = [[style.dim(cell) for cell in ("alias", "release", "answered", "answers")]]
    for move in moves:
        before = move.previous.target.id if move.previous else "new"
        rows.append(
            [
                style.bold(move.pointer.alias),
                f"{before} → {move.pointer.target.id if move.winner_after else 'retired'}",
                move.winner_before or "-",
                move.winner_after or "nobody",
            ]
        )
    return table(rows, indent="", right=frozenset()) if moves else "nothing to move"


def moves_to_json(moves: Sequence[Move]) -> list[dict[str, object]]:
    """Every move with the pointer it wrote."""
    return [
        {
            **pointer_to_json(move.pointer),
            "release_before": move.previous.target.id if move.previous else None,
            "winner_before": move.winner_before,
            "winner_after": move.winner_after,
        }
        for move in moves
    ]


def history_to_text(
    history: Sequence[Past],
    waiting: Sequence[tuple[Pointer, str | None]],
    ref: str,
    style: Style = PLAIN,
) -> str:
    """One line a move, newest first, with its reason below; above them what has not landed."""
    told = [
        f"{style.doubtful('not landed')}: {_moved(pointer)}{_target(pointer, winner)}\n"
        for pointer, winner in waiting
    ]
    if not history:
        return "\n".join([*told, f"no move has landed on {ref} yet"])
    rows = [[style.dim(cell) for cell in ("landed", "by", "commit", "move", "release", "answers")]]
    rows += [_past_row(past, style) for past in history]
    lines = table(rows, indent="", right=frozenset()).splitlines()
    told.append(lines[0])
    for line, past in zip(lines[1:], history, strict=True):
        told.append(line)
        if past.pointer is not None:
            told.append(style.dim(f"    {_moved(past.pointer)}"))
    return "\n".join(told)


def _target(pointer: Pointer, winner: str | None) -> str:
    if pointer.kind == "retire":
        return ""
    return f" → {pointer.target.id}, which answers {winner or 'nobody knows what'}"


def past_to_text(past: Past, moment: datetime, ref: str, style: Style = PLAIN) -> str:
    """The pointer that was live at a moment, and how it came there."""
    pointer = past.pointer
    assert pointer is not None
    landed = f"on {ref} since {past.landed_at:%Y-%m-%d %H:%M}, by {safe(past.author)} in "
    if past.commit is None:
        landed = f"on {ref} before {past.landed_at:%Y-%m-%d %H:%M}; by whom is not here"
    facts = [
        ("release", f"{pointer.target.id}  {pointer.target.sha256.short}…"),
        ("landed", f"{landed}{past.commit or ''}"),
        ("moved", _moved(pointer)),
    ]
    head = f"{style.bold(pointer.alias)} → {style.bold(past.winner or 'not known here')}"
    lines = [f"{head}  {style.dim(f'at {moment_text(moment.replace(microsecond=0))}')}"]
    return "\n".join([*lines, *(f"  {style.dim(f'{name:<8}')} {text}" for name, text in facts)])


def _past_row(past: Past, style: Style) -> list[str]:
    pointer = past.pointer
    return [
        f"{past.landed_at:%Y-%m-%d %H:%M}" if past.commit else "earlier",
        safe(past.author) if past.commit else "not here",
        past.commit or "not here",
        pointer.kind if pointer else style.bad("no readable pointer"),
        pointer.target.id if pointer else "-",
        past.winner or "-",
    ]


def _moved(pointer: Pointer) -> str:
    reason = f": {safe(pointer.reason)}" if pointer.reason else ""
    return (
        f"{pointer.kind} {pointer.generation}, proposed {moment_text(pointer.proposed_at)}{reason}"
    )


def history_to_json(history: Sequence[Past]) -> list[dict[str, object]]:
    """Every move that landed, newest first."""
    return [past_to_json(past) for past in history]


def past_to_json(past: Past) -> dict[str, object]:
    """One move that landed; commit, times and author are null where they are not known."""
    known = past.commit is not None
    return {
        "commit": past.commit,
        "committed_at": moment_text(past.committed_at) if known else None,
        "landed_at": moment_text(past.landed_at) if known else None,
        "author": past.author if known else None,
        "pointer": past.pointer and pointer_to_json(past.pointer),
        "winner": past.winner,
    }
