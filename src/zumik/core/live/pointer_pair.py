"""What `live_ref` has beside what the work tree has: which of the two is newer, and where.

Live is what has landed. The work tree of a branch is ahead of it, an old checkout behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from zumik.core.basics.unknown import Unknown

if TYPE_CHECKING:
    from zumik.core.basics.names import AliasName, ModelId, ReleaseId
    from zumik.core.live.drains import Drains
    from zumik.core.live.pointer import Pointer


class PointerPair(NamedTuple):
    """The differing pointers of one alias, here and on `live_ref`; None for one that is not there.

    `landed_winner` is what the landed one answers, None where its release is not here. `update` is
    the command that brings what landed here. `fork` is the pointer that both were made from.
    """

    alias: AliasName
    live_ref: str
    here: Pointer | None
    landed: Pointer | None
    landed_winner: ModelId | None
    update: str
    fork: Pointer | Unknown | None = Unknown("git was not asked")

    @property
    def is_behind(self) -> bool:
        """Whether something landed that this checkout does not have.

        Where both were moved since the fork, the two cannot be merged. Where that is not known, the
        generation decides, which a move increases: with the same one on both, both were moved.
        """
        if self.landed is None:
            return False
        if not isinstance(self.fork, Unknown):
            return self.landed != self.fork
        return self.here is None or self.landed.generation >= self.here.generation

    @property
    def is_ahead(self) -> bool:
        """Whether the pointer here is a move that has not landed."""
        if self.here is None:
            return False
        if not isinstance(self.fork, Unknown):
            return self.here != self.fork
        return self.landed is None or self.here.generation >= self.landed.generation

    @property
    def is_same_release(self) -> bool:
        """Whether the release here is the one that is live, after moves that brought it back."""
        here, landed = self.here, self.landed
        if here is None or landed is None or here.is_retired or landed.is_retired:
            return False
        return here.target == landed.target

    @property
    def landed_release(self) -> ReleaseId | None:
        """The release that is live; None where the alias is not."""
        if self.landed is None or self.landed.is_retired:
            return None
        return self.landed.target.id


class LiveOnRef(NamedTuple):
    """Where the work tree and `live_ref` differ, by alias.

    `drains` is the list that landed, None where it cannot be read; `drains_behind` says that this
    checkout has not seen its last change. `update` is the command that brings here what landed.
    """

    live_ref: str
    pairs: Mapping[AliasName, PointerPair]
    drains: Drains | None
    drains_behind: bool
    update: str

    @property
    def only_landed(self) -> tuple[PointerPair, ...]:
        """The aliases that only `live_ref` has."""
        return tuple(pair for pair in self.pairs.values() if pair.here is None)
