"""Log files, by name: their lines as bytes, each with its place, bounded in length."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO

from zumik.core.decisions.log_line import MAX_LINE_BYTES
from zumik.core.traffic.logged_call import Place
from zumik.errors import CannotRun


def lines_of(name: str) -> Iterator[tuple[Place, bytes]]:
    """The lines of one file. Raises CannotRun where it cannot be read."""
    try:
        with Path(name).open("rb") as file:
            yield from lines_in(file, name)
    except OSError as error:
        raise CannotRun(
            f"cannot read {name}: {error.strerror}",
            hint="a file of log lines, a log line in quotes, or - for stdin",
        ) from None


def lines_in(file: IO[bytes], name: str) -> Iterator[tuple[Place, bytes]]:
    """The lines of an open file. A line that is too long is cut, so that memory stays bounded."""
    number = 0
    while line := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        rest = line
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES + 1)
        if line.strip():
            yield Place(name, number), line
