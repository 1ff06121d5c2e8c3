"""A release among the others: the aliases that are live at it, and whether it is withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from zumik.core.basics.names import AliasName
    from zumik.core.releases.release import VerifiedRelease
    from zumik.core.releases.release_head import VerifiedHead
    from zumik.core.releases.withdrawal import Withdrawal


class ListedRelease(NamedTuple):
    """A release, the aliases that are live at it, and its mark where it is withdrawn."""

    found: VerifiedRelease | VerifiedHead
    live: tuple[AliasName, ...]
    withdrawal: Withdrawal | None = None
