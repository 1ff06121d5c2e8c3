"""Log files, by name: their lines as bytes, each with its place, bounded in length."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from zumik.core.traffic.logged_call import Place
from zumik.errors import CannotRun
from zumik.logs.files.byte_streams import CHUNK_BYTES, LogStream, log_stream
from zumik.logs.files.log_names import STDIN

MAX_ENTRY_BYTES = 16 * 1024 * 1024
"""A logged call with its prompt may take megabytes; a longer line is cut, and reported as cut."""


class Seen(Protocol):
    """Takes how much was read since it was called last, for a bar."""

    def __call__(self, size: int, lines: int = 0) -> None:
        """Bytes of the files, and lines that were counted and are no items."""


def unseen(size: int, lines: int = 0) -> None:
    """Where no person watches."""


@contextmanager
def opened(name: str, seen: Seen = unseen) -> Iterator[LogStream]:
    """A log as a stream of UTF-8, up to the size that it has now. Raises CannotRun."""
    if name == STDIN:
        with _stdin() as file:
            yield log_stream(_counted(_piped(file), seen), "stdin")
        return
    try:
        file = open(name, "rb", buffering=0)  # noqa: SIM115, PTH123 (names may be descriptors)
    except OSError as error:
        raise CannotRun(
            f"cannot read {name}: {error.strerror}",
            hint="a file of log lines, a log line in quotes, or - for stdin",
        ) from None
    with file:
        yield log_stream(_counted(_raw(file, name), seen), name)


def _counted(chunks: Iterator[bytes], seen: Seen) -> Iterator[bytes]:
    for data in chunks:
        seen(len(data))
        yield data


@contextmanager
def _stdin() -> Iterator[IO[bytes] | None]:
    """What is piped in. It is not closed: it is the process's own."""
    yield sys.stdin.buffer if sys.stdin else None


def _piped(file: IO[bytes] | None) -> Iterator[bytes]:
    while file is not None and (data := file.read1(CHUNK_BYTES)):  # type: ignore[attr-defined]
        yield data


def _raw(file: IO[bytes], name: str) -> Iterator[bytes]:
    """The bytes of a file as it was when it was opened, or of a pipe until it ends."""
    status = os.fstat(file.fileno())
    if stat.S_ISBLK(status.st_mode) or (
        # A device such as /dev/zero never ends.
        stat.S_ISCHR(status.st_mode) and not file.isatty() and status.st_rdev != _null()
    ):
        raise CannotRun(f"{name} is a device", hint="a file of log lines, or - for stdin")
    if not stat.S_ISREG(status.st_mode):
        while data := file.read(CHUNK_BYTES):
            yield data
        return
    left = status.st_size
    while left > 0 and (data := file.read(min(CHUNK_BYTES, left))):
        left -= len(data)
        yield data


def _null() -> int:
    try:
        return Path(os.devnull).stat().st_rdev
    except OSError:
        return -1


class HasLines(Protocol):
    """Anything that gives lines one by one."""

    def readline(self, limit: int, /) -> bytes:
        """The next line, or its first bytes; empty at the end."""


class NumberedLines:
    """The lines of a stream, numbered from 1, in pieces of at most MAX_ENTRY_BYTES + 1."""

    def __init__(self, file: HasLines) -> None:
        self._file = file
        self._put_back: deque[tuple[int, bytes]] = deque()
        self.number = 0
        self._is_inside = False

    def next(self) -> tuple[int, bytes] | None:
        """The next line, or the next piece of one that is longer; None at the end."""
        if self._put_back:
            return self._put_back.popleft()
        data = self._file.readline(MAX_ENTRY_BYTES + 1)
        if not data:
            return None
        if not self._is_inside:
            self.number += 1
        self._is_inside = not data.endswith(b"\n")
        return self.number, data

    def skip_rest(self, data: bytes) -> int:
        """Pass over the rest of the line that begins with `data`; the whole length in bytes."""
        size = len(data)
        while not data.endswith(b"\n") and not self._put_back:
            data = self._file.readline(CHUNK_BYTES)
            if not data:
                break
            size += len(data)
        self._is_inside = False
        return size

    def taken_back(self) -> bytes:
        """The lines that were put back, for another reader."""
        data = b"".join(line for _, line in self._put_back)
        self._put_back.clear()
        return data

    @property
    def next_number(self) -> int:
        """The number of the line that `next` gives, where it begins one."""
        return self._put_back[0][0] if self._put_back else self.number + 1

    def put_back(self, number: int, data: bytes) -> None:
        """Give lines once more; `number` is that of the first."""
        # Only a newline ends a line: a carriage return may stand anywhere between tokens.
        lines = [line for line in re.findall(rb"[^\n]*\n?", data) if line]
        self._put_back.extendleft(reversed(list(enumerate(lines, number))))


def lines_of(name: str) -> Iterator[tuple[Place, bytes]]:
    """The lines of one file that are not blank; one that is too long is cut. Raises CannotRun."""
    with opened(name) as stream:
        lines = NumberedLines(stream.file)
        while piece := lines.next():
            number, data = piece
            lines.skip_rest(data)
            if data.strip():
                yield Place(name, number), data
