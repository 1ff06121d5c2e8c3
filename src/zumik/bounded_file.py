"""A file on the disk, read up to a size, never through a link and never from a pipe."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from zumik.errors import CannotRun, IntegrityError


def read_bounded(path: Path, max_bytes: int) -> bytes:
    """The bytes of a regular file up to a size, without following a symlink.

    Raises CannotRun, and IntegrityError for a link, a pipe or another special file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise IntegrityError(
                f"{path} is a symlink; it must be a file",
                hint="put the file itself in its place",
            ) from None
        raise CannotRun(
            f"cannot read {path}: {error.strerror}",
            hint=f"ls -l {_quoted(path.parent)} shows the files there",
        ) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise IntegrityError(
                f"{path} is not a regular file", hint="move it away, and put a file in its place"
            )
        if status.st_size > max_bytes:
            raise CannotRun(
                f"{path} has {status.st_size:,} bytes, more than the {max_bytes:,} that are read",
                hint="git log shows who made it grow",
            )
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(max_bytes + 1)
    finally:
        os.close(descriptor)


def _quoted(path: Path) -> str:
    from shlex import quote  # start-up is measured, and only an error needs it

    return quote(str(path))
