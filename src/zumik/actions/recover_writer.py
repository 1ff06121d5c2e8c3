"""Recover: finish or take back what a command left that was killed."""

from __future__ import annotations

from collections.abc import Callable

from zumik.actions.session import Session
from zumik.core.reviews.outcomes import RecoveredWrite
from zumik.transaction import single_writer
from zumik.transaction.lock import this_process


def recover_writer(
    session: Session, waiting: Callable[[str], None], *, dry_run: bool
) -> RecoveredWrite:
    """Finish it where its change was complete, as on a branch with its commit; else take it back.

    `waiting` is called once with the process that still holds the lock, since that wait is long.
    Raises CannotRun.
    """
    root, repository = session.store.root, session.repository_or_none
    me = this_process("recover", session.now())
    found = single_writer.recover(root, repository, me, waiting, dry_run=dry_run)
    if found is None:
        return RecoveredWrite(dry_run)
    holder, base = found.journal.holder, repository.root if repository else root
    paths = found.journal.plan.paths
    files = tuple(path.relative_to(base).as_posix() for path in paths)
    return RecoveredWrite(dry_run, str(holder), holder.to_json(), found.outcome.value, files)
