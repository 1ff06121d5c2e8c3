"""Scanned calls: which call each line of a block is counted for, by what a scan finds in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from secrets import randbits
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.counted.apart import NONE_APART, Apart
from zumik.logs.counted.known_calls import MOST_KNOWN, CallKey, KnownCall
from zumik.logs.scan.line_scan import (
    DAY_BITS,
    HEAD_WORDS,
    PADDING,
    Found,
    Table,
    scan_lines,
)
from zumik.logs.scan.line_shape import Part, Shape
from zumik.logs.scan.raw_bytes import Bytes
from zumik.logs.scan.scan_program import block_of, program_of

_MOST_KEYS = 2**16
"""Ways in which known calls are written. With more, all are found again."""
_MOST_WORDS = 2**22
_KEY_BYTES = 2**16
_MOST_UNCOUNTED = 2**20
_DAY = 2**DAY_BITS - 1


class ScannedCalls:
    """The calls by what decides, and by the numbers that a scan gives to what it finds."""

    def __init__(
        self, shapes: Iterable[Shape], edges: TokenEdges, apart: Apart, *, days: bool
    ) -> None:
        self._edges = edges
        self._apart = apart
        self._days = days
        self._by_key: dict[CallKey, KnownCall] = {}
        self._table = _table()
        self._room = _room(0)
        self._uncounted: list[NDArray[np.int64]] = []
        self._lines = 0
        self.take(shapes)

    def take(self, shapes: Iterable[Shape]) -> None:
        """Find lines of these shapes from now on."""
        self._program, self._decisive = program_of(
            shapes, self._edges, days=self._days, is_timed=self._apart.is_timed
        )
        self._forget_numbers()

    def take_read(self, keys: Iterable[CallKey]) -> None:
        """Count the lines of calls that were read elsewhere."""
        for key in keys:
            self._by_key.setdefault(key, KnownCall(is_elsewhere=True))

    def forget(self) -> None:
        """Forget every call, with its count."""
        self._by_key = {}
        self._forget_numbers()

    @property
    def is_full(self) -> bool:
        """Whether too many calls are known to keep them all."""
        return len(self._by_key) > MOST_KNOWN

    def counted(self) -> dict[CallKey, KnownCall]:
        """The calls that were counted since the last time, by what decides."""
        self._join()
        return {key: known for key, known in self._by_key.items() if known.calls}

    def in_block(self, block: bytes) -> Found:
        """What is found in whole lines, until the next block; `call` says what numbers mean."""
        if self._table.used[0] == _MOST_KEYS or self._table.used[1] + _KEY_BYTES > _MOST_WORDS:
            self._forget_numbers()
        size = len(block) + (not block.endswith(b"\n"))
        if size > len(self._room.found.numbers):
            self._room = _room(size)
        room = self._room
        room.data[: len(block)] = block
        room.data[len(block) : size + PADDING] = b"\n" * (size + PADDING - len(block))
        found = room.found
        lines = scan_lines(room.block, size, self._program, self._table, found)
        for number in range(len(self._calls), self._table.used[0]):
            self._calls.append(self._known(*self._written(number)))
            self._is_unread[number] = not self._calls[-1].is_read
        return Found(found.starts[: lines + 1], found.numbers[:lines], found.days[:lines])

    def call(self, number: int) -> KnownCall | None:
        """The call that a line is counted for; None where the line is not known.

        A call that has not been read yet is new, or one that is read each time.
        """
        return self._calls[number] if number >= 0 else None

    def line(self, line: bytes) -> ScannedLine | None:
        """A whole line; None where it is not known."""
        found = self.in_block(line)
        call = self.call(found.numbers[0])
        return None if call is None else ScannedLine(self, found, call)

    def unread(self, found: Found) -> Iterator[int]:
        """The places of lines that may have to be read."""
        for place in np.flatnonzero(self._is_unread[found.numbers]).tolist():
            if (known := self.call(found.numbers[place])) and known.is_read:
                self._is_unread[found.numbers[place]] = False
            else:
                yield place

    def count(self, found: Found) -> None:
        """Count the lines that have a number."""
        is_known = found.numbers >= 0
        numbers, days = found.numbers[is_known], found.days[is_known]
        self._uncounted.append(numbers.astype(np.int64) << DAY_BITS | days)
        self._lines += len(numbers)
        if self._lines > _MOST_UNCOUNTED:
            self._join()

    def _join(self) -> None:
        """Count for each call: equal numbers and days of many blocks at once."""
        if self._uncounted:
            pairs, times = np.unique(np.concatenate(self._uncounted), return_counts=True)
            for pair, lines in zip(pairs.tolist(), times.tolist(), strict=True):
                self._calls[pair >> DAY_BITS].join(lines, {day_of(pair & _DAY): lines})
        self._uncounted, self._lines = [], 0

    def _forget_numbers(self) -> None:
        self._join()
        self._table.used[:] = 0
        self._table.slots[:] = -1
        self._calls: list[KnownCall] = []
        # The last place is that of the number -1.
        self._is_unread = np.ones(_MOST_KEYS + 1, np.bool_)

    def _written(self, number: int) -> tuple[CallKey, date | None]:
        """What decides in the lines of a number, and their day where it is part of that."""
        ends = self._table.ends
        start = ends[number - 1] if number else 0
        ranks, head, *_ = self._table.keys[start : start + HEAD_WORDS].tolist()
        values = self._table.keys[start + HEAD_WORDS : ends[number]].tobytes()
        return (self._decisive[head >> DAY_BITS], values, ranks), day_of(head & _DAY)

    def _known(self, key: CallKey, day: date | None) -> KnownCall:
        is_apart = False
        if self._apart.is_timed:
            # A line whose day does not exist has no time either.
            is_apart = self._apart.has_day(day)
            key = (*key, self._apart.stretch_of(day))
        return self._by_key.setdefault(key, KnownCall(is_apart=is_apart))


@dataclass(frozen=True, slots=True)
class ScannedLine:
    """One line, the call that it is of, and the calls among which it is counted."""

    calls: ScannedCalls
    found: Found
    call: KnownCall

    def count(self) -> None:
        """Count the line."""
        self.calls.count(self.found)


def day_of(ordinal: int) -> date | None:
    """The day that a scan found."""
    return date.fromordinal(ordinal) if ordinal else None


def warm_up() -> None:
    """Compile the scan, or load it. Raises what Numba does where it cannot run."""
    no_edges = TokenEdges((), (), ())
    shape = Shape((Part(None, b"{}"),), ())
    ScannedCalls((shape,), no_edges, NONE_APART, days=False).in_block(b"{}\n")


class _Room(NamedTuple):
    """Where a block is scanned: taken once, as new memory costs more than a scan of it."""

    data: bytearray
    block: Bytes
    found: Found


def _room(size: int) -> _Room:
    data = bytearray(size + PADDING)
    found = Found(np.empty(size + 1, np.int64), np.empty(size, np.int32), np.empty(size, np.int32))
    return _Room(data, block_of(data), found)


def _table() -> Table:
    """An empty table. Memory that is never written to is never taken."""
    key = np.zeros(_KEY_BYTES, np.uint8)
    return Table(
        used=np.zeros(2, np.int64),
        seed=np.array([randbits(64)], np.uint64),
        slots=np.empty(4 * _MOST_KEYS, np.int32),
        hashes=np.empty(_MOST_KEYS, np.uint64),
        ends=np.empty(_MOST_KEYS, np.int64),
        keys=np.empty(_MOST_WORDS, np.uint64),
        key=key,
        values=np.zeros(3, np.int64),
    )
