"""The status of a workspace: what is newest, what is live, what is drained, and what is waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from zumik.core.basics.names import ReleaseId
    from zumik.core.decisions.live_alias import LiveAlias
    from zumik.core.live.drains import DrainStatus
    from zumik.core.live.pointer_pair import PointerPair
    from zumik.core.releases.withdrawal import Withdrawal
    from zumik.errors import ZumikError


class WorkspaceStatus(NamedTuple):
    """All that `zumik status` shows.

    `withdrawal` is the mark of the newest release, where it is withdrawn. `unreleased` says whether
    policy and catalog differ from the newest release; None where they are not valid, or a release
    is not intact. `live_ref_problem` says that the remote has no such branch, as far as it is known
    here. `interrupted` names the command that was killed before it ended, or says why that is not
    known. `only_landed` are the aliases that `live_ref` has and this checkout does not.
    `unread` says which pointers cannot be read, and why.
    """

    directory: str
    releases: int
    newest: ReleaseId | None
    withdrawal: Withdrawal | None
    live_ref: str | None
    live_ref_problem: str | None
    unreleased: bool | None
    interrupted: str | None
    drains: DrainStatus
    aliases: tuple[LiveAlias, ...]
    only_landed: tuple[PointerPair, ...] = ()
    unread: tuple[ZumikError, ...] = ()
