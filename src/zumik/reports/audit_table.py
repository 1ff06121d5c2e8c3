"""Aliases and their moves as rows for a spreadsheet, and which commit they are as of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from zumik.core.basics.names import AliasName
from zumik.core.basics.times import moment_text
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.live.move_people import MovePeople
from zumik.reports.alias_history_report import past_to_json
from zumik.reports.alias_report import lives_to_json
from zumik.reports.move_people_report import PEOPLE_COLUMNS, people_to_row

Then = tuple[datetime, str, str, datetime]
"""The moment that was asked for; the ref, its commit of then, and when that landed."""

_POINTER = ("release", "sha256", "generation", "kind", "reason", "proposed_at")
ALIAS_COLUMNS = (
    *("alias", *_POINTER, "winner", "answers", "drained", "withdrawn_at", "withdrawn_reason"),
    *("at", "ref", "commit"),
)
HISTORY_COLUMNS = (
    *("alias", "landed_at", "committed_at", "clock_holds", "commit", "author"),
    *(*_POINTER, "winner"),
    *PEOPLE_COLUMNS,
)


def then_to_json(then: Then | None) -> dict[str, object]:
    """As of when, and by which commit; nulls for now."""
    if then is None:
        return {"at": None, "ref": None, "commit": None, "landed_at": None}
    at, ref, commit, landed_at = then
    return {
        "at": moment_text(at),
        "ref": ref,
        "commit": commit,
        "landed_at": moment_text(landed_at),
    }


def then_to_text(then: Then) -> str:
    """The same in a sentence."""
    at, ref, commit, landed_at = then
    return (
        f"at {moment_text(at)} on {ref}, by commit {commit}, which landed {moment_text(landed_at)}"
    )


def aliases_to_rows(
    lives: Sequence[LiveAlias], then: Then | None = None
) -> Iterator[dict[str, object]]:
    """One row an alias."""
    for live, row in zip(lives, lives_to_json(lives), strict=True):
        mark = live.withdrawal
        yield {
            **row,
            "withdrawn_at": mark and moment_text(mark.withdrawn_at),
            "withdrawn_reason": mark and mark.reason,
            **then_to_json(then),
        }


def history_to_rows(
    alias: AliasName, history: Sequence[LandedPointer], people: Mapping[str, MovePeople]
) -> Iterator[dict[str, object]]:
    """One row a move, newest first."""
    for past in history:
        row = past_to_json(past)
        pointer = row.pop("pointer")
        facts = pointer if isinstance(pointer, dict) else dict.fromkeys(_POINTER)
        moved_by = people_to_row(people.get(past.commit or ""))
        yield {**facts, **row, **moved_by, "alias": alias}
