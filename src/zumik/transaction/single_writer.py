"""The one writer: takes the lock, refuses while a command is interrupted, and recovers one.

All work trees of a repository share one lock; each has its own journal. Without git both are in the
workspace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from zumik.errors import CannotRun
from zumik.git.repository import Repository
from zumik.transaction.journal import Journal, read_journal, remove_journal
from zumik.transaction.lock import Holder, is_locked, writers_lock
from zumik.transaction.recovery import RecoveryOutcome, finish_or_take_back, outcome_of

_NAME = "zumik"


@dataclass(frozen=True)
class Writer:
    """The one process that may write, while it holds the lock.

    Paths in the journal are relative to `root`; `state` is the journal's directory. `head` is the
    commit of HEAD when the lock was taken, before anything was read.
    """

    holder: Holder
    root: Path
    state: Path
    repository: Repository | None
    head: str | None


class Recovery(NamedTuple):
    """An interrupted command, and how its recovery ended or would end."""

    journal: Journal
    outcome: RecoveryOutcome


@contextmanager
def writer(
    workspace: Path,
    repository: Repository | None,
    me: Holder,
    waiting: Callable[[str], None],
) -> Iterator[Writer]:
    """Become the one writer. Raises CannotRun while another writes, or was interrupted."""
    with _alone(workspace, repository, me, waiting):
        root, state, _ = _places(workspace, repository)
        journal = read_journal(state, root)
        if journal is not None:
            raise CannotRun(
                f"{journal.holder} was interrupted before it was done",
                hint="zumik recover finishes it or takes it back",
            )
        head = repository.parsed("HEAD^{commit}") if repository is not None else None
        yield Writer(me, root, state, repository, head)


def interrupted(workspace: Path, repository: Repository | None) -> Journal | None:
    """The journal of an interrupted command; None for none, and while a command writes.

    Raises CannotRun.
    """
    root, state, lock = _places(workspace, repository)
    return None if is_locked(lock) else read_journal(state, root)


def recover(
    workspace: Path,
    repository: Repository | None,
    me: Holder,
    waiting: Callable[[str], None],
    *,
    dry_run: bool,
) -> Recovery | None:
    """Finish or take back the interrupted command; None where none is.

    Waits for a git that outlived the command. Raises CannotRun.
    """
    with _alone(workspace, repository, me, waiting):
        root, state, _ = _places(workspace, repository)
        journal = read_journal(state, root)
        if journal is None:
            remove_journal(state)  # a kill came before the journal was whole
            return None
        if dry_run:
            return Recovery(journal, outcome_of(repository, journal))
        try:
            return Recovery(journal, finish_or_take_back(repository, state, journal))
        except OSError as error:
            raise CannotRun(
                f"{error.filename or state}: {error.strerror or error}",
                hint="check whether the disk is full and who may write there; then: zumik recover",
            ) from None


def _places(workspace: Path, repository: Repository | None) -> tuple[Path, Path, Path]:
    """The root that paths are relative to, the journal's directory, and the lock."""
    if repository is None:
        state = workspace / f".{_NAME}"
        return workspace, state, state / "lock"
    return repository.root, repository.git_dir / _NAME, repository.common_dir / _NAME / "lock"


@contextmanager
def _alone(
    workspace: Path, repository: Repository | None, me: Holder, waiting: Callable[[str], None]
) -> Iterator[None]:
    *_, lock = _places(workspace, repository)
    with writers_lock(lock, me, waiting) as descriptor:
        if repository is not None:
            repository.lock = descriptor
        try:
            yield
        finally:
            if repository is not None:
                repository.lock = None
