"""The workspace as `live_ref` has it, read from git's objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zumik.workspace.settings_in_text import live_ref_setting
from zumik.workspace.store import Store

if TYPE_CHECKING:
    from zumik.actions.session import Session


def landed_store(session: Session) -> Store | None:
    """What has landed; None without git, and where `live_ref` is not set or not known here.

    Settings with a fault elsewhere do not hide it. Raises GitFailed where git stops working.
    """
    store, repository = session.store, session.repository_or_none
    live_ref = live_ref_setting(store.tree)
    if repository is None or live_ref is None:
        return None
    from zumik.git.commit_tree import CommitTree

    commit = repository.parsed(f"{live_ref}^{{commit}}")
    if commit is None:
        return None
    directory = store.root.relative_to(repository.root).as_posix()
    return Store(store.root, CommitTree(repository, commit, directory, revision=live_ref))


def live_store(session: Session) -> Store:
    """Where aliases are live: what has landed, and the work tree where that is not known.

    Raises CannotRun and IntegrityError for a pointer of the work tree, or its release, that cannot
    be read: nothing is built on a broken checkout.
    """
    landed = landed_store(session)
    if landed is not None:
        for live in session.store.live_releases():
            _ = live.source
    return landed or session.store
