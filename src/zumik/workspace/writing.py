"""Writing: files that appear whole or not at all, and can be taken back.

Everything is written beside its place and flushed to the disk first; only then is it moved there.
What fails on the way is undone, so that a full disk or a refused commit leaves what was there.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from zumik.errors import CannotRun


@dataclass(frozen=True, slots=True)
class NewBytes:
    """What a file shall hold. With `must_be_new` it may not exist before: releases never change."""

    path: Path
    data: bytes
    must_be_new: bool = False


@contextlib.contextmanager
def writing(files: Sequence[NewBytes], remove: Sequence[Path] = ()) -> Iterator[None]:
    """Write all the files or none, and take them back if what is done with them then fails.

    Files to `remove` are gone once all are written, and come back likewise.

    What they replace is kept beside them until then under another name, so that taking back needs
    no space on the disk. Raises CannotRun, with nothing changed.
    """
    directories, beside, undo = (contextlib.ExitStack() for _ in range(3))
    try:
        with _translated(files):
            for file in files:
                _make_directories(file.path.parent, directories)
            _write(files, beside, undo)
            for path in remove:
                _remove(path, beside, undo)
        yield
    except BaseException:
        undo.close()
        beside.close()
        directories.close()
        raise
    finally:
        beside.close()


def write_together(files: Sequence[NewBytes]) -> None:
    """Write all the files or none. Raises CannotRun, with nothing changed."""
    with writing(files):
        pass


def _remove(path: Path, beside: contextlib.ExitStack, undo: contextlib.ExitStack) -> None:
    before = _name_beside(path)
    path.rename(before)
    beside.callback(before.unlink, missing_ok=True)
    undo.callback(before.rename, path)
    _sync(path.parent)


def _write(
    files: Sequence[NewBytes], beside: contextlib.ExitStack, undo: contextlib.ExitStack
) -> None:
    """`beside` removes what was only needed on the way, `undo` takes back what was done."""
    temporaries = []
    for file in files:
        temporaries.append(_write_beside(file.path, file.data))
        beside.callback(temporaries[-1].unlink, missing_ok=True)
    for file, temporary in zip(files, temporaries, strict=True):
        if file.must_be_new or not file.path.exists():
            os.link(temporary, file.path)
            undo.callback(file.path.unlink, missing_ok=True)
        else:
            before = _name_beside(file.path)
            os.link(file.path, before)
            beside.callback(before.unlink, missing_ok=True)
            temporary.replace(file.path)
            undo.callback(before.replace, file.path)
        _sync(file.path.parent)


def _make_directories(directory: Path, undo: contextlib.ExitStack) -> None:
    """Make a directory and those above it; `undo` removes them, unless somebody used them."""
    missing = [path for path in (directory, *directory.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(exist_ok=True)
        undo.callback(_remove_if_empty, path)


def _remove_if_empty(directory: Path) -> None:
    with contextlib.suppress(OSError):
        directory.rmdir()


def _write_beside(path: Path, data: bytes) -> Path:
    """A new file in the same directory, its bytes on the disk; gone again if that fails."""
    temporary = _name_beside(path)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(temporary, flags, 0o644)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _name_beside(path: Path) -> Path:
    return path.with_name(f".{path.name[:40]}.{secrets.token_hex(8)}.tmp")


def _sync(directory: Path) -> None:
    """Put the names in a directory on the disk."""
    with contextlib.suppress(OSError):  # some file systems cannot
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


_REASONS = {
    errno.ENOSPC: ("the disk is full", "free some space and run the command again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space and run the command again"),
    errno.EACCES: ("permission denied", "check who owns the workspace directory"),
    errno.EPERM: ("permission denied", "check who owns the workspace directory"),
    errno.EROFS: ("the file system is read-only", "work in a checkout that you can write to"),
    errno.EEXIST: ("it exists already", "somebody else made it just now: run the command again"),
}

_HINT = "see whether the disk is in order, and run the command again"


@contextlib.contextmanager
def _translated(files: Sequence[NewBytes]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason, hint = _REASONS.get(error.errno or 0, (error.strerror or str(error), _HINT))
        where = files[0].path.parent if len(files) == 1 else files[0].path.parent.parent
        raise CannotRun(
            f"cannot write in {where}: {reason}; nothing was changed", hint=hint
        ) from None
