"""A copy of git's index to work on, which replaces the index at the end, so that a crash leaves it.

Git locks its index with a file `index.lock` and replaces the index by a rename; this module keeps
to that. Our lock is a hard link to a file of ours. After a crash that link proves whose the lock
is, so that zumik never removes the lock of another git.
"""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from zumik.core.basics.display import neutral
from zumik.disk import sync
from zumik.errors import CannotRun
from zumik.git.repository import Repository


class IndexLocked(CannotRun):
    """Another git process holds the lock of the index."""


@contextmanager
def own_index(repository: Repository, state: Path) -> Iterator[Mapping[str, str]]:
    """An environment in which git works on a copy of the index, in the directory `state`.

    The copy replaces the index when the block ends well, and is deleted when it does not. Raises
    IndexLocked.
    """
    index, copy = repository.git_dir / "index", state / "index"
    _lock(repository, state)
    try:
        if index.exists():
            # With its modification time, from which git knows which entries it must compare again.
            shutil.copy2(index, copy)
        yield {"GIT_INDEX_FILE": str(copy)}
        if copy.exists():
            copy.replace(index)
            sync(index.parent)
    finally:
        drop_index(repository, state)


def drop_index(repository: Repository, state: Path) -> None:
    """Remove the copy, and the lock if it is ours. Raises OSError."""
    lock, mark = repository.git_dir / "index.lock", state / "mark"
    for name in ("index", "index.lock"):
        (state / name).unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        if lock.samefile(mark):
            lock.unlink()
    mark.unlink(missing_ok=True)


def _lock(repository: Repository, state: Path) -> None:
    lock, mark, since = repository.git_dir / "index.lock", state / "mark", ""
    os.close(os.open(mark, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644))
    try:
        os.link(mark, lock)
    except FileExistsError:
        mark.unlink()
        with suppress(OSError):
            since = (
                f" since {datetime.fromtimestamp(lock.stat().st_mtime, UTC):%Y-%m-%d %H:%M:%S} UTC"
            )
        raise IndexLocked(
            f"another git works on the index{since}: {neutral(str(lock))} exists; nothing was "
            "changed",
            hint="wait for it to end, or close it (an editor with a commit message?); if no git "
            f"runs here, a crash left the lock: rm {shlex.quote(neutral(str(lock)))}",
        ) from None
