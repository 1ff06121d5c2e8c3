"""A winner that was taken back: an alias was rolled back from it, or its release was withdrawn.

The policy does not know that, so the next release can bring the same model again. What landed
remembers it, until somebody promotes that model again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId

if TYPE_CHECKING:
    from zumik.core.live.pointer import Pointer
    from zumik.core.releases.withdrawal import Withdrawal

ROLLED_BACK, WITHDRAWN = "rolled back", "withdrawn"


class TakenBack(NamedTuple):
    """The model, the release that it answered by, and when and why that was taken back.

    `how` is `rolled back` or `withdrawn`. `has_landed` is False for a rollback that is only here.
    """

    alias: AliasName
    model: ModelId
    release: ReleaseId
    how: str
    at: datetime
    reason: str | None
    has_landed: bool = True


class PastPointer(NamedTuple):
    """A pointer that an alias had, what it answered (None where not known), and since when.

    No pointer where it was removed or could not be read. `has_landed` is False for the pointer of a
    checkout that is another than the one that landed.
    """

    pointer: Pointer | None
    winner: ModelId | None
    since: datetime
    has_landed: bool = True

    @property
    def release(self) -> ReleaseId | None:
        """The release that answered; None where none did."""
        if self.pointer is None or self.pointer.is_retired:
            return None
        return self.pointer.target.id


def taken_back(
    alias: AliasName,
    winner: ModelId,
    history: Sequence[PastPointer],
    withdrawn: Iterable[Withdrawal] = (),
) -> TakenBack | None:
    """Whether a proposed winner of an alias was taken back and has not been promoted since.

    `history` are the alias's pointers, newest first; `withdrawn` are the marks of those releases
    that had the same winner for it. A withdrawal is named before a rollback: it is there for ever,
    and its reason is about the release.
    """
    if history and history[0].winner == winner:
        return None  # it answers now, so it does not come back
    again = [past.release.order for past in history if past.winner == winner and past.release]
    for mark in withdrawn:
        # A later release with the same winner that was live says that people decided for it again.
        if not any(order > mark.target.id.order for order in again):
            return TakenBack(
                alias, winner, mark.target.id, WITHDRAWN, mark.withdrawn_at, mark.reason
            )
    for newer, older in pairwise(history):
        if newer.winner == winner:
            return None
        pointer, left = newer.pointer, older.release
        if pointer is None or pointer.kind != "rollback" or left is None:
            continue
        if older.winner == winner:
            at, landed = newer.since, newer.has_landed
            return TakenBack(alias, winner, left, ROLLED_BACK, at, pointer.reason, landed)
    return None
