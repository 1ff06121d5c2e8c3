"""One state of a pointer that landed: since when it was live, and who brought it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from zumik.core.basics.names import ReleaseId
    from zumik.core.live.commit_clocks import CommitClock
    from zumik.core.live.move_people import MovePeople
    from zumik.core.live.pointer import Pointer

UNSHALLOW = "git fetch --unshallow"
"""What brings the history that a shallow clone lacks."""


class LandedPointer(NamedTuple):
    """A pointer as one commit left it; no pointer where the commit removed or broke it.

    No `commit` where the history begins with the pointer there already, as in a shallow clone: who
    brought it is then not known. `clock` is what the commit claims of its time, and when it landed.
    `winner` is None where the release is missing or not intact.
    """

    commit: str | None
    clock: CommitClock
    author: str
    pointer: Pointer | None
    winner: str | None

    @property
    def landed_at(self) -> datetime:
        """Since when it was live: never before the landing that precedes it."""
        return self.clock.landed_at

    @property
    def release(self) -> ReleaseId | None:
        """The release that was live from then on; None where none was."""
        if self.pointer is None or self.pointer.is_retired:
            return None
        return self.pointer.target.id


class AliasHistory(NamedTuple):
    """What landed for an alias on `ref`, newest first.

    `waiting` is the pointer in the work tree, where that has not landed, and its winner if known.
    `boundary` is when a shallow clone begins: what landed before is not known. `stand_in` says why
    `ref` is not the live_ref. `people` is who moved it, by commit; none for a move without one.
    """

    ref: str
    landed: tuple[LandedPointer, ...]
    people: Mapping[str, MovePeople]
    waiting: tuple[tuple[Pointer, str | None], ...]
    boundary: datetime | None
    stand_in: str | None


class LiveThen(NamedTuple):
    """The pointer that was live on `ref` at a time; the rest as in AliasHistory."""

    ref: str
    landed: LandedPointer
    people: Mapping[str, MovePeople]
    stand_in: str | None
