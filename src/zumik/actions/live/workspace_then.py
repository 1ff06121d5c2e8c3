"""The workspace as it was live at a moment: the commit that had landed by then, read from git."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from zumik.actions.live.landed_pointers import LandedPointers
from zumik.actions.session import Session
from zumik.errors import AnswerIsNo
from zumik.workspace.store import Store

if TYPE_CHECKING:
    from zumik.git.first_parent_history import FirstParentHistory


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
            hint=_since(line, session.store.root / "zumik.yaml"),
        )
    return WorkspaceThen(
        moment.replace(microsecond=0), line.ref, commit[:10], landed_at, store, pointers.stand_in
    )


def _since(line: FirstParentHistory, settings: Path) -> str:
    """What to ask instead: since when the workspace is there, and where earlier days are said."""
    landed = line.versions_of(settings)
    if not landed:
        return f"git log --first-parent {line.ref} shows what landed when"
    # The moves of a workspace that was set up afterwards were proposed for days before it landed.
    first = f"{landed[-1].clock.landed_at:%Y-%m-%dT%H:%M:%SZ}"
    return f"it landed first at {first}; zumik alias history ALIAS says when each move was proposed"
