"""Known lines: calls are counted by lines that are written as lines that were read before.

A line is taken without reading it only where that is proven: its shape is that of a line which was
read, and all that decides in it was read before, byte for byte, but for counts between the same
limits. Every other line goes to the one reader, alone; so a line gets the reader's verdict, always.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from zumik.core.basics.display import shown
from zumik.core.traffic.logged_call import LoggedCall, Place, ReadEntry
from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.calls import calls_of
from zumik.logs.counted.apart import NONE_APART, Apart
from zumik.logs.counted.known_calls import CallKey, Days, KnownCall
from zumik.logs.counted.line_blocks import BlockLines, LineBlocks, NeedsMoreLines, line_starts
from zumik.logs.files.entry import Entry
from zumik.logs.files.entry_reader import entries_of_line
from zumik.logs.files.log_files import MAX_ENTRY_BYTES, NumberedLines, Seen, unseen
from zumik.logs.files.runtime_parts import RuntimeParts
from zumik.logs.formats.log_format import LogFormat
from zumik.logs.scan.learnt_shapes import TRIES, LearntShapes, Usable
from zumik.logs.scan.line_slots import slots_by_format

if TYPE_CHECKING:
    from zumik.logs.counted.scanned_calls import ScannedCalls

LEAST_BYTES = 16 * 1024 * 1024
"""A smaller log is read line by line before Numba is loaded."""

_RUNTIME_PART = re.compile(rb" std(?:out|err) [PF]")
"""What a container runtime writes behind the first blank of a line; see RuntimeParts."""


class _Reading(NamedTuple):
    """What the reader says of one line; `is_plain` where nothing was opened to come to it, and its
    call is no value of its own.
    """

    line: bytes
    items: list[ReadEntry]
    is_plain: bool

    @property
    def call(self) -> LoggedCall | None:
        """The call that lines of the same shape and values are counted for."""
        call = self.items[0] if self.is_plain and len(self.items) == 1 else None
        return call if isinstance(call, LoggedCall) and _is_countable(call) else None


class KnownLines:
    """What was learnt of lines so far, and how many lines of each kind there were.

    Without Numba each line is read, and `say` is given why. So is each of the first LEAST_BYTES, if
    not `at_once`.
    """

    def __init__(
        self,
        edges: TokenEdges,
        form: LogFormat | None = None,
        say: Callable[[str], None] = lambda note: None,
        *,
        days: Days = Days.NONE,
        apart: Apart = NONE_APART,
        at_once: bool = False,
    ) -> None:
        self._form = form
        self._say = say
        self._slots = slots_by_format()
        self._edges = edges
        self._days = days
        self._apart = apart
        self._left = 0 if at_once else LEAST_BYTES
        self._shapes = LearntShapes()
        self._found: ScannedCalls | None = None
        self._read_elsewhere: list[CallKey] = []
        self.parts = RuntimeParts()

    def calls_in(self, blocks: LineBlocks, name: str, seen: Seen = unseen) -> Iterator[ReadEntry]:
        """The calls of the lines that are not known, one by one. The others are counted.

        `seen` takes how many lines are read; who opened the file says how many bytes.
        """
        while True:
            before = blocks.number
            items: Iterable[ReadEntry]
            try:
                block = blocks.next()
            except NeedsMoreLines:
                items = self._line_by_line(blocks, name, 1)
            else:
                if not block:
                    return
                self._left -= len(block)
                items = self._of_block_or_lines(block, blocks, name)
            yield from items
            seen(0, blocks.number - before)
            if self.is_full:
                yield from self.taken()

    def taken(self) -> Iterator[LoggedCall]:
        """The calls that were counted, each with its number. Every call is forgotten."""
        counted = self.counted()
        self.forget()
        for known in counted.values():
            yield from known.taken(self._days)

    def rest(self, blocks: LineBlocks, name: str) -> Iterator[ReadEntry]:
        """The calls of what a runtime split and never ended, at the end of a file."""
        lines = NumberedLines(blocks)
        for number, data in self.parts.rest():
            yield from self._reading(lines, Place(name, number), data).items

    @property
    def is_full(self) -> bool:
        """Whether too many calls are known to keep them all."""
        return self._found is not None and self._found.is_full

    def counted(self) -> dict[CallKey, KnownCall]:
        """The calls that were counted since the last time, by what decides."""
        return {} if self._found is None else self._found.counted()

    def take_read(self, keys: Iterable[CallKey]) -> None:
        """Count the lines of calls that were read elsewhere."""
        self._read_elsewhere += keys
        if self._found is not None:
            self._found.take_read(self._read_elsewhere)
            self._read_elsewhere = []

    def forget(self) -> None:
        """Forget every call, with its count. Shapes are kept."""
        if self._found is not None:
            self._found.forget()

    def _of_block_or_lines(
        self, block: bytes, blocks: LineBlocks, name: str
    ) -> Iterable[ReadEntry]:
        before = deepcopy(self.parts)
        try:
            if self._found is None or (self._shapes.is_compact and _RUNTIME_PART.search(block)):
                raise NeedsMoreLines
            return self._of_block(block, blocks, name, self._found)
        except NeedsMoreLines:
            self.parts = before
            blocks.put_back(block)
            return self._line_by_line(blocks, name, len(line_starts(block)) - 1)

    def _of_block(
        self, block: bytes, blocks: LineBlocks, name: str, calls: ScannedCalls
    ) -> list[ReadEntry]:
        """The items of a block. Nothing is counted before it is sure that no line needs others."""
        found = calls.in_block(block)
        lines = BlockLines(block, found.starts, blocks)
        items: list[ReadEntry] = []
        unknown: list[_Reading] = []
        done = 0
        for place in calls.unread(found):
            if place < done:
                # An earlier line goes on into this one.
                continue
            known = calls.call(found.numbers[place])
            number, line, rest = lines.at(place)
            reading = self._line_reading(rest, Place(name, number), line)
            done = lines.place_after(rest)
            found.numbers[place + 1 : done] = -1
            if known is None:
                unknown.append(reading)
            if known is None or not known.read(reading.call):
                found.numbers[place] = -1
                items += reading.items
        calls.count(found)
        blocks.number += lines.count
        self._learn(unknown)
        return items

    def _line_reading(self, rest: NumberedLines, place: Place, line: bytes) -> _Reading:
        """What the reader says of a line, where it is no part of one."""
        whole = self.parts.add(place.line, line)
        if whole is None:
            return _Reading(line, [], False)
        return self._reading(rest, place._replace(line=whole[0]), whole[1])

    def _reading(self, rest: NumberedLines, place: Place, line: bytes) -> _Reading:
        entries = list(entries_of_line(rest, self._form, place, line))
        items = [item for entry in entries for item in calls_of(entry, self._form)]
        is_plain = [
            isinstance(entry, Entry) and not entry.opened and entry.place == place
            for entry in entries
        ] == [True]
        is_apart = any(isinstance(item, LoggedCall) and self._apart.has(item) for item in items)
        return _Reading(line, items, is_plain and not is_apart)

    def _line_by_line(self, blocks: LineBlocks, name: str, count: int) -> Iterator[ReadEntry]:
        """The items of the next lines, and of those that go on from them."""
        lines = NumberedLines(blocks)
        lines.number = blocks.number
        end = lines.next_number + count
        unknown: list[_Reading] = []
        while lines.next_number < end:
            piece = lines.next()
            if piece is None:
                break
            number, line = piece
            known = None if self._found is None or _is_odd(line) else self._found.line(line)
            if known is None or not known.call.is_read:
                reading = self._line_reading(lines, Place(name, number), line)
                if known is None and len(unknown) < TRIES:
                    unknown.append(reading)
                if known is None or not known.call.read(reading.call):
                    yield from reading.items
                    continue
            known.count()
        # What was looked at behind the end is of the next block, or of another range of the file.
        blocks.number = lines.next_number - 1
        blocks.put_back(lines.taken_back())
        self._learn(unknown)

    def _learn(self, unknown: Sequence[_Reading]) -> None:
        """New shapes, from lines of a block that were read."""
        if self._left > 0 or not self._shapes.is_looking():
            return
        usable = (
            Usable(reading.line, self._slots[call.format])
            for reading in unknown
            if (call := reading.call) and call.format in self._slots and _is_bare(reading.line)
        )
        if not self._shapes.learn(usable):
            return
        if self._found is not None:
            self._found.take(self._shapes.shapes)
            return
        make = scanning()
        if isinstance(make, str):
            self._say(f"each line is read, which takes long; {make}")
            return
        days = self._days is not Days.NONE or self._apart.is_timed
        self._found = make(self._shapes.shapes, self._edges, self._apart, days=days)
        self.take_read(())


@cache
def scanning() -> type[ScannedCalls] | str:
    """What finds lines without reading them; or why nothing can, and what helps."""
    if sys.byteorder != "little":
        return "the scan is for processors that store the low byte first"
    try:
        import numba

        if getattr(numba.config, "DISABLE_JIT", False):
            return "NUMBA_DISABLE_JIT is set"
        from zumik.logs.counted.scanned_calls import ScannedCalls, warm_up

        warm_up()
    except ModuleNotFoundError:
        return "pip install 'zumik[logs]' adds Numba"
    except Exception as error:  # noqa: BLE001 (Numba has no base for its own)
        # It does not fit its libraries: to read each line takes longer, and says the same.
        return f"Numba cannot run: {type(error).__name__}: {shown(str(error), 200)}"
    return ScannedCalls


def _is_odd(line: bytes) -> bool:
    """Whether the reader may take a line as a part of one, or not as a whole."""
    return len(line) > MAX_ENTRY_BYTES or bool(_RUNTIME_PART.search(line))


def _is_bare(line: bytes) -> bool:
    """Whether no line of this shape can be part of one that a container runtime split."""
    return not line.startswith(b'{"log"')


def _is_countable(call: LoggedCall) -> bool:
    """Whether equal lines may be counted: nothing is wrong with them, and no time decides."""
    return call.decision is not None and not call.decision.needs_time
