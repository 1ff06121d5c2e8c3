"""Lines in blocks of a megabyte: thousands of them are split, found and counted in few steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from zumik.logs.files.log_files import MAX_ENTRY_BYTES, HasLines, NumberedLines

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_FIRST_BYTES = 64 * 1024
"""The first block is small: what is learnt from it serves for the second."""
_BLOCK_BYTES = 1024 * 1024


class NeedsMoreLines(Exception):
    """Lines that have to be read one by one, because what one holds may go on in the next."""


class HasBytes(HasLines, Protocol):
    """Anything that gives lines, and bytes."""

    def read(self, size: int, /) -> bytes:
        """The next bytes; empty at the end."""


class LineBlocks:
    """The lines of a file, or of its next `size` bytes, in blocks; each may be put back.

    `number` is that of the last line that was done with. A reader of lines may read on beyond the
    size, because what begins before it may end behind it.
    """

    def __init__(self, file: HasBytes, size: int | None = None) -> None:
        self._file = file
        self._left = size
        self._back = b""
        self._at = 0
        self._block_bytes = _FIRST_BYTES
        self.number = 0

    def next(self) -> bytes:
        """The next lines, of which only the last of the file may lack its end; empty at the end.

        Raises NeedsMoreLines where the next line is too long to be one entry.
        """
        wanted = self._block_bytes
        if self._left is not None:
            wanted = max(0, min(wanted, self._left))
        self._block_bytes = _BLOCK_BYTES
        block = self._taken(wanted)
        if block and not block.endswith(b"\n"):
            block += self.readline(MAX_ENTRY_BYTES + 1)
            if not block.endswith(b"\n") and self.following():
                whole = block.rfind(b"\n") + 1
                self.put_back(block[whole:])
                block = block[:whole]
                if not block:
                    raise NeedsMoreLines
        return block

    def readline(self, limit: int, /) -> bytes:
        """The next line, or the first `limit` bytes of it."""
        stop = min(self._at + limit, len(self._back))
        line = self._back[self._at : self._back.find(b"\n", self._at, stop) + 1 or stop]
        self._at += len(line)
        if not line.endswith(b"\n") and len(line) < limit:
            line += self._file.readline(limit - len(line))
        self._count(-len(line))
        return line

    def following(self) -> bytes:
        """The next line, which is not taken; empty at the end of the file."""
        line = self.readline(MAX_ENTRY_BYTES + 1)
        self.put_back(line)
        return line

    def put_back(self, data: bytes) -> None:
        """Give bytes that were taken once more."""
        self._back = data + self._back[self._at :]
        self._at = 0
        self._count(len(data))

    def _taken(self, size: int) -> bytes:
        data = self._back[self._at : self._at + size]
        self._at += len(data)
        if len(data) < size:
            data += self._file.read(size - len(data))
        self._count(-len(data))
        return data

    def _count(self, size: int) -> None:
        if self._left is not None:
            self._left += size


class _Rest:
    """The lines of a block from a place on, and a look at the one after the block."""

    def __init__(self, lines: BlockLines, place: int, blocks: LineBlocks) -> None:
        self._lines = lines
        self._place = place
        self._blocks = blocks
        self._part = b""
        self._has_looked = False

    def readline(self, limit: int, /) -> bytes:
        """The next line. Raises NeedsMoreLines for the second after the block."""
        line = self._part
        if not line and self._place < self._lines.count:
            line = self._lines.line(self._place)
            self._place += 1
        if line:
            self._part = line[limit:]
            return line[:limit]
        if self._has_looked:
            raise NeedsMoreLines
        line = self._blocks.following()
        self._has_looked = bool(line)
        return line


def line_starts(block: bytes) -> list[int]:
    """Where each line of a block begins, and where the last one ends."""
    starts = [0]
    while at := block.find(b"\n", starts[-1]) + 1:
        starts.append(at)
    if starts[-1] < len(block):
        starts.append(len(block))
    return starts


class BlockLines:
    """The lines of a block by their place in it, from 0."""

    def __init__(
        self, block: bytes, starts: Sequence[int] | NDArray[np.int64], blocks: LineBlocks
    ) -> None:
        """The last of the `starts` is the end of the block."""
        self._block = block
        self._blocks = blocks
        self._starts = starts
        self.count = len(starts) - 1

    def at(self, place: int) -> tuple[int, bytes, NumberedLines]:
        """The number of a line, its bytes, and the lines after it."""
        number = self._blocks.number + place + 1
        rest = NumberedLines(_Rest(self, place + 1, self._blocks))
        rest.number = number
        return number, self.line(place), rest

    def line(self, place: int) -> bytes:
        """A line with its end."""
        return self._block[self._starts[place] : self._starts[place + 1]]

    def place_after(self, rest: NumberedLines) -> int:
        """The place from which on no line was used. Raises NeedsMoreLines beyond the block."""
        place = rest.next_number - self._blocks.number - 1
        if place > self.count:
            raise NeedsMoreLines
        return place
