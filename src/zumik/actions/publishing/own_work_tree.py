"""A work tree of its own: what a command does there touches no file of the checkout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from zumik.actions.session import Session
from zumik.core.basics.tree import MARKER
from zumik.errors import CannotRun


@contextmanager
def own_work_tree(
    session: Session, command: str, waiting: Callable[[str], None], revision: str = "HEAD"
) -> Iterator[Session]:
    """The session of a writer in a new work tree of a revision, which is removed in the end.

    A branch that is made there stays. Raises CannotRun where there is no commit, or another command
    writes.
    """
    from shutil import rmtree

    from zumik.transaction import single_writer
    from zumik.transaction.lock import this_process

    repository = session.repository
    place = session.store.root.resolve().relative_to(repository.root)
    top = Path(mkdtemp(prefix="zumik-"))
    try:
        commit = repository.parsed(f"{revision}^{{commit}}") or revision
        repository.change("worktree", "add", "--quiet", "--detach", str(top / "tree"), commit)
        inner = Session(top / "tree" / place, checkout=session)
        if not (top / "tree" / place / MARKER).is_file():
            raise CannotRun(f"{revision} has no workspace at {place}", hint="git commit it first")
        with single_writer.writer(
            inner.store.root,
            inner.repository,
            this_process(command, session.now()),
            waiting,
        ) as inner.writer:
            yield inner
    finally:
        with suppress(CannotRun):
            repository.change("worktree", "remove", "--force", str(top / "tree"))
        rmtree(top, ignore_errors=True)
