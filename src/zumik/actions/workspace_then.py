"""The workspace as it was live at a moment: the commit that had landed by then, read from git."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from zumik.actions.landed_pointers import LandedPointers
from zumik.actions.session import Session
from zumik.errors import AnswerIsNo
from zumik.workspace.store import Store


class WorkspaceThen(NamedTuple):
    """What was live on `ref` at a moment, by the commit that had landed last.

    `stand_in` says why `ref` is not the live_ref; None where it is.
    """

    at: datetime
    ref: str
    commit: str
    landed_at: datetime
    store: Store
    stand_in: str | None


def workspace_then(session: Session, moment: datetime) -> WorkspaceThen:
    """The workspace of a moment, with the pointers, drains and withdrawals of then.

    Raises AnswerIsNo where nothing had landed by then, CannotRun where a shallow clone does not
    reach back that far.
    """
    from zumik.git.commit_tree import CommitTree

    pointers = LandedPointers(session)
    line = pointers.line
    found = line.commit_at(moment)
    directory = session.store.root.relative_to(line.repository.root).as_posix()
    store = None
    if found is not None:
        commit, landed_at = found
        tree = CommitTree(line.repository, commit, directory, revision=commit[:10])
        store = Store(session.store.root, tree) if tree.files else None
    if found is None or store is None:
        raise AnswerIsNo(
            f"nothing of this workspace had landed on {line.ref} at {moment:%Y-%m-%dT%H:%M:%SZ}",
            hint=f"git log --first-parent {line.ref} shows what landed when",
        )
    return WorkspaceThen(
        moment.replace(microsecond=0), line.ref, commit[:10], landed_at, store, pointers.stand_in
    )
