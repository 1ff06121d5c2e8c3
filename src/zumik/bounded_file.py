"""A file on the disk, read up to a bound and never through a link: a pipe never ends."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from zumik.errors import CannotRun, IntegrityError


def read_bounded(path: Path, max_bytes: int) -> bytes:
    """The bytes of a regular file, not followed through a symlink, up to a size.

    Raises CannotRun, and IntegrityError for what is no regular file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK)
    except OSError as error:
        if path.is_symlink():
            raise IntegrityError(
                f"{path} is a symlink, where a file must be", hint="git checkout -- restores it"
            ) from None
        raise CannotRun(
            f"cannot read {path}: {error.strerror}", hint=f"ls -l {path.parent} shows what is there"
        ) from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise IntegrityError(
                f"{path} is not a regular file", hint="move it away; git checkout -- restores files"
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
