"""Ranges of a large file that may be read apart, so that several processes read it at once."""

from __future__ import annotations

import os
import stat
from itertools import pairwise
from pathlib import Path
from typing import IO, NamedTuple

from zumik.core.basics.foreign_json import foreign_json
from zumik.core.basics.strict_json import MalformedJson

RANGE_BYTES = 16 * 1024 * 1024
"""How many bytes a range has at least."""
_RANGES = 24
_MOST_BYTES = 256 * 1024 * 1024
"""A large file has few ranges, as each gives out what it counted, however little differs in it; but
none so large that the person who waits sees nothing of it for long."""
_LOOKED_AT = (64 * 1024, 2 * 1024 * 1024)
"""How far a place is looked for at which a range may end."""


class LineRange(NamedTuple):
    """Whole lines of a file: `size` bytes from `start` on; `file_size` is where the file ended."""

    name: str
    start: int
    size: int
    file_size: int

    @property
    def is_last(self) -> bool:
        """Whether nothing of the file comes after it."""
        return self.start + self.size == self.file_size


def ranges_of(name: str) -> list[LineRange]:
    """The ranges of a plain file of lines that are objects; none where it has to be read whole.

    Two ranges meet between two lines that are one object each: no value that began before the first
    of them can go on in the second.
    """
    try:
        with Path(name).open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode) or status.st_size < 2 * RANGE_BYTES:
                return []
            first = file.readline(_LOOKED_AT[0])
            if not is_object(first):
                return []
            size = status.st_size
            step = max(RANGE_BYTES, min(size // _RANGES, _MOST_BYTES))
            ends = [_meeting(file, at) for at in range(step, size, step)]
    except OSError:
        return []
    starts = sorted({0, *filter(None, ends)})
    return [
        LineRange(name, start, stop - start, size)
        for start, stop in zip(starts, (*starts[1:], size), strict=True)
    ]


def _meeting(file: IO[bytes], at: int) -> int | None:
    """Where the second of two objects begins, each in a line of its own, from a place on."""
    for size in _LOOKED_AT:
        file.seek(at)
        lines = file.read(size).split(b"\n")
        start = at + len(lines[0]) + 1
        # The first line began before, and the last may go on.
        for line, following in pairwise(lines[1:-1]):
            start += len(line) + 1
            if is_object(line + b"\n") and is_object(following + b"\n"):
                return start
    return None


def is_object(line: bytes) -> bool:
    """Whether a whole line is one object."""
    if not line.startswith(b"{") or not line.endswith(b"\n"):
        return False
    try:
        return isinstance(foreign_json(line).value, dict)
    except MalformedJson:
        return False


class BoundedFile:
    """A file from a place on, up to the size that it had."""

    def __init__(self, file: IO[bytes], start: int, stop: int) -> None:
        file.seek(start)
        self._file = file
        self._left = stop - start

    def read(self, size: int, /) -> bytes:
        """The next bytes."""
        data = self._file.read(min(size, self._left))
        self._left -= len(data)
        return data

    def readline(self, limit: int, /) -> bytes:
        """The next line, or its first bytes."""
        data = self._file.readline(min(limit, self._left))
        self._left -= len(data)
        return data
