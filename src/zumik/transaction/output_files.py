"""`--output`: where a result goes. A file is there whole, or as it was before; stdout, a pipe and a
device are written into; a link is refused.

A file is replaced by its name, which would leave a file where a device or a pipe was. A link is not
followed either, because a branch can hold one that leads out of its checkout.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from errno import EISDIR, ENOENT
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryFile
from typing import IO

from zumik.errors import CannotRun, UsageError
from zumik.transaction.file_plan import NewBytes, write_together

_STDOUT = frozenset({"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})


def is_stdout(path: Path) -> bool:
    """Whether `--output` names stdout, so that all else that the command says goes to stderr."""
    return str(path) in _STDOUT


def is_written_into(path: Path) -> bool:
    """Whether the path is stdout, a pipe or a device. Raises CannotRun for a link or a disk."""
    if is_stdout(path):
        return True
    try:
        # What the system itself links, such as /dev/stderr, is the stream behind it.
        of_system = path.is_absolute() and path.parts[1:2] in (("dev",), ("proc",))
        mode = (path.stat() if of_system else path.lstat()).st_mode
    except OSError:
        return False
    if stat.S_ISLNK(mode):
        raise CannotRun(
            f"cannot write {path}: it is a link, which is neither replaced nor followed",
            hint="name the file that it points to, or remove the link",
        )
    if stat.S_ISBLK(mode) or stat.S_ISSOCK(mode):
        raise CannotRun(f"cannot write {path}: it is a disk or a socket", hint="name a file")
    # A file that the system links to is open already, and keeps what it has.
    return of_system or not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def form_of(path: Path, *endings: str) -> str:
    """The form that a file's name ends in; the first where what is written into says none.

    It is asked before hours of logs are read. Raises UsageError for a file whose name says none of
    the forms, and CannotRun where no file can be: for a link, a directory, or in no directory.
    """
    if is_written_into(path):
        return path.suffix if path.suffix in endings else endings[0]
    if path.suffix in endings:
        if path.is_dir():
            raise _cannot_write(path, IsADirectoryError(EISDIR, os.strerror(EISDIR)))
        if not path.parent.is_dir():
            raise _cannot_write(path, FileNotFoundError(ENOENT, os.strerror(ENOENT)))
        return path.suffix
    forms = [f"FILE{ending}" for ending in endings]
    raise UsageError(
        f"--output {path.name}: the name says no form",
        hint=f"{', '.join(forms[:-1])} or {forms[-1]}",
    )


def write_outputs(files: Sequence[NewBytes]) -> None:
    """Write all the files or none, and then what is written into. Raises CannotRun."""
    into = [is_written_into(file.path) for file in files]
    plain = [file for file, special in zip(files, into, strict=True) if not special]
    write_together([NewBytes(file.path.absolute(), file.data) for file in plain])
    for file, special in zip(files, into, strict=True):
        if special:
            with _opened(file.path) as opened:
                opened.write(file.data)


@contextmanager
def output_file(path: Path) -> Iterator[IO[bytes]]:
    """A file to write bit by bit, which comes to its place, or into it, when all is written.

    Raises CannotRun where it cannot be written.
    """
    if is_written_into(path):
        with TemporaryFile() as kept:
            yield kept
            kept.seek(0)
            with _opened(path) as opened:
                shutil.copyfileobj(kept, opened)
        return
    beside = path.with_name(f".{path.name}.{token_hex(4)}")
    try:
        # Opened as any new file is, so that it gets the rights that the umask leaves.
        with beside.open("x+b") as file:
            try:
                if path.is_file():
                    beside.chmod(stat.S_IMODE(path.stat().st_mode))
                yield file
                file.flush()
                os.fsync(file.fileno())
                beside.replace(path)
            except BaseException:
                beside.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise _cannot_write(path, error) from None


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """Stdout, a pipe or a device, which is neither made nor emptied."""
    if is_stdout(path):
        sys.stdout.flush()
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND), "wb") as opened:
            yield opened
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _cannot_write(path, error) from None


def _cannot_write(path: Path, error: OSError) -> CannotRun:
    hint = "check the folder, its rights and space"
    return CannotRun(f"cannot write {path}: {error.strerror}", hint=hint)
