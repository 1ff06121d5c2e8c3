"""What `live_ref` has beside what the work tree has: which of the two is newer, and where.

Live is what has landed. The work tree of a branch is ahead of it, an old checkout behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from zumik.core.basics.names import AliasName, ModelId, ReleaseId
    from zumik.core.live.drains import Drains
    from zumik.core.live.pointer import Pointer


class PointerPair(NamedTuple):
    """The pointers of one alias, here and on `live_ref`, which differ; None where there is none.

    `landed_winner` is what the landed one answers, None where its release is not here. `update` is
    the command that brings what landed here.
    """

    alias: AliasName
    live_ref: str
    here: Pointer | None
    landed: Pointer | None
    landed_winner: ModelId | None
    update: str

    @property
    def is_behind(self) -> bool:
        """Whether something landed that this checkout does not have.

        A move increases the generation. With the same one on both, both were moved, and the two
        cannot be merged.
        """
        if self.landed is None:
            return False
        return self.here is None or self.landed.generation >= self.here.generation

    @property
    def is_ahead(self) -> bool:
        """Whether the pointer here is a move that has not landed."""
        if self.here is None:
            return False
        return self.landed is None or self.here.generation >= self.landed.generation

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
