"""What refreezing did: the drafts that it dropped, the release that it made, the pointers moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from zumik.core.basics.names import AliasName
    from zumik.core.live.pointer_move import MovedPointer
    from zumik.core.releases.refreeze import WinnerChange
    from zumik.core.releases.release import ReleaseRef


class Refrozen(NamedTuple):
    """The result of refreezing a branch.

    `onto` is the newest release on `live_ref`. `made` is None where no release is needed, because
    `onto` already holds what policy and catalog say. `staying` are aliases that are left as they
    are on `live_ref`, and why; `in_conflict` the pointers that people have to settle.
    `digest_is_final` is false for a dry run whose real run would have another time.
    """

    live_ref: str
    onto: ReleaseRef | None
    dropped: tuple[ReleaseRef, ...]
    made: ReleaseRef | None
    changed: tuple[WinnerChange, ...]
    moves: tuple[MovedPointer, ...] = ()
    staying: tuple[tuple[AliasName, str], ...] = ()
    in_conflict: tuple[str, ...] = ()
    digest_is_final: bool = True
