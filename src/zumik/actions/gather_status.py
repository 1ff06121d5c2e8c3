"""The status of a workspace, gathered from its files, its settings and git."""

from __future__ import annotations

from zumik.actions.live.live_aliases import drain_status, live_aliases, only_on_live_ref
from zumik.actions.releases.proposal import propose, unreleased
from zumik.actions.session import Session
from zumik.core.reviews.workspace_status import WorkspaceStatus
from zumik.errors import ZumikError


def gather_status(session: Session) -> WorkspaceStatus:
    """Everything that is known of the workspace now.

    Raises Invalid and CannotRun for settings, and for marks that cannot be read. What else is wrong
    with a release, a pointer or an alias is a part of the status.
    """
    store = session.store
    drains = drain_status(session)
    unread = store.unread_pointers()
    aliases = tuple(live_aliases(session, drains, unread))
    newest = store.newest
    return WorkspaceStatus(
        directory=str(store.root),
        releases=len(store.releases),
        newest=newest and newest.id,
        withdrawal=store.withdrawal(newest.id) if newest else None,
        unreleased=_unreleased(session),
        live_ref=session.settings.live_ref,
        live_ref_problem=_live_ref_problem(session),
        interrupted=_interrupted(session),
        drains=drains,
        aliases=aliases,
        only_landed=only_on_live_ref(session),
        unread=tuple(unread.values()),
    )


def _unreleased(session: Session) -> bool | None:
    try:
        return unreleased(session.store, propose(session, session.now().date()))
    except ZumikError:
        return None


def _live_ref_problem(session: Session) -> str | None:
    """Why live_ref can name no branch of its remote, and what to do; None where it may name one.

    A remote of which no branch is known was never fetched from or pushed to: that is how a new
    repository begins.
    """
    from zumik.git.remotes import remote_branches, unknown_ref

    repository, live_ref = session.repository_or_none, session.settings.live_ref
    try:
        if repository is None or live_ref is None or repository.has_ref(live_ref):
            return None
        if not remote_branches(repository, live_ref.partition("/")[0]):
            return None
        return ": ".join(unknown_ref(repository, live_ref))
    except ZumikError as error:
        return error.message


def _interrupted(session: Session) -> str | None:
    """The command that was killed before it ended, or why that is not known."""
    from zumik.transaction.single_writer import interrupted

    try:
        journal = interrupted(session.store.root, session.repository_or_none)
    except ZumikError as error:
        return error.message
    return f"{journal.holder} was interrupted" if journal else None
