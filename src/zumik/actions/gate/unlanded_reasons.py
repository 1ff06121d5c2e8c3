"""Reasons in a work tree: those of what has yet to land, by what `live_ref` demands."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.actions.gate.branch_trees import readable_settings
from zumik.actions.gate.checked_workspace import directory, is_same
from zumik.actions.live.landed_store import landed_store
from zumik.actions.session import Session
from zumik.checks.demanded_reasons import check_reasons
from zumik.checks.release_chain import ReleaseChain
from zumik.core.basics.findings import Finding
from zumik.core.basics.tree import FROZEN, LIVE, MARKER, WITHDRAWN, Tree, entries_of


def check_unlanded_reasons(session: Session, chain: ReleaseChain) -> Iterator[Finding]:
    """What the work tree moves, drains, withdraws or makes, and says no reason for.

    Nothing where git cannot say what has landed: what did before reasons were required stays.
    Raises GitFailed.
    """
    trees = _landed_and_fork(session)
    if trees is None or not _is_required(session, trees[0]):
        return
    here, landed = session.store.tree, trees[0]
    changed = [
        f"{folder}/{name}"
        for folder in (LIVE, WITHDRAWN)
        for name in entries_of(here, folder)
        # A checkout that is behind has pointers of before, which are no moves of its own.
        if not any(is_same(here, tree, f"{folder}/{name}") for tree in trees)
    ]
    names = entries_of(landed, FROZEN)
    new = [ref for ref in chain.releases.values() if ref.file_name not in names]
    yield from check_reasons(landed, here, changed, chain, new)


def _landed_and_fork(session: Session) -> tuple[Tree, Tree] | None:
    """The workspace on `live_ref`, and where HEAD forked off it; None where git has neither."""
    from zumik.git.commit_tree import CommitTree

    landed = landed_store(session)
    if landed is None:
        return None
    repository = session.repository
    live_ref = session.settings.live_ref
    commit = repository.parsed(f"{live_ref}^{{commit}}") or ""
    fork = repository.run_any("merge-base", commit, "HEAD").text.split()
    return (landed.tree, CommitTree(repository, fork[0], directory(session))) if fork else None


def _is_required(session: Session, landed: Tree) -> bool:
    """Whether reasons are required by what landed, as the check of a branch has it."""
    if landed.kind(MARKER) is None:
        return session.settings.reasons_required
    settings = readable_settings(landed)
    return settings is None or settings.reasons_required
