"""Known lines: calls are counted by lines that are written as lines that were read before.

A line is taken without reading it only where that is proven: its shape is that of a line which was
read, and all that decides in it was read before, byte for byte, but for counts between the same
limits. Every other line goes to the one reader, alone; so a line gets the reader's verdict, always.
"""

from __future__ import annotations

import gc
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import NamedTuple

from zumik.core.traffic.logged_call import LoggedCall, Place, ReadEntry
from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.calls import calls_of
from zumik.logs.counted.apart import NONE_APART, Apart
from zumik.logs.counted.known_calls import (
    MOST_KNOWN,
    CallKey,
    Days,
    KnownCall,
    KnownCalls,
    WrittenDay,
)
from zumik.logs.counted.learnt_shapes import MANY, LearntShapes, Usable
from zumik.logs.counted.line_blocks import BlockLines, LineBlocks, NeedsMoreLines
from zumik.logs.counted.line_slots import slots_by_format
from zumik.logs.files.entry import Entry
from zumik.logs.files.entry_reader import entries_of_line
from zumik.logs.files.log_files import MAX_ENTRY_BYTES, NumberedLines, Seen, unseen
from zumik.logs.files.runtime_parts import RuntimeParts
from zumik.logs.formats.log_format import LogFormat

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
    """What was learnt of lines so far, and how many lines of each kind there were."""

    def __init__(
        self,
        edges: TokenEdges,
        form: LogFormat | None = None,
        *,
        days: Days = Days.NONE,
        apart: Apart = NONE_APART,
    ) -> None:
        self._form = form
        self._slots = slots_by_format()
        self._apart = apart
        self._shapes = LearntShapes(edges, days=days is not Days.NONE or apart.is_timed)
        self._days = days
        self._known = KnownCalls(edges, apart)
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
        return len(self._known) > MOST_KNOWN

    def counted(self) -> dict[CallKey, KnownCall]:
        """The calls that were counted since the last time, by what decides."""
        return self._known.counted()

    def forget(self) -> None:
        """Forget every call, with its count. Shapes are kept."""
        self._known.forget()

    def _of_block_or_lines(
        self, block: bytes, blocks: LineBlocks, name: str
    ) -> Iterable[ReadEntry]:
        before = deepcopy(self.parts)
        try:
            if self._shapes.is_compact and _RUNTIME_PART.search(block):
                raise NeedsMoreLines
            with without_collection():
                return self._of_block(block, blocks, name)
        except NeedsMoreLines:
            self.parts = before
            blocks.put_back(block)
            return self._line_by_line(blocks, name, BlockLines(block, blocks).count)

    def _of_block(self, block: bytes, blocks: LineBlocks, name: str) -> list[ReadEntry]:
        """The items of a block. Nothing is counted before it is sure that no line needs others."""
        lines = BlockLines(block, blocks)
        written, found, days = self._known.found_in(self._in_utf8(block), lines.count)
        items: list[ReadEntry] = []
        unknown: list[_Reading] = []
        done = 0
        for place in [place for place, known in enumerate(found) if known is None]:
            if place < done:
                # An earlier line goes on into this one.
                continue
            if written[place]:
                known = self._known.of_written(written[place])
            else:
                known, days[place] = self._known.of_line(self._in_utf8(lines.line(place)))
            if known is None or known.call is None:
                number, line, rest = lines.at(place)
                reading = self._line_reading(rest, Place(name, number), line)
                done = lines.place_after(rest)
                found[place + 1 : done] = [None] * (done - place - 1)
                if known is None:
                    unknown.append(reading)
                if known is None or known.read(reading.call) is None:
                    items += reading.items
                    continue
            found[place] = known
        _count(found, days)
        blocks.number += lines.count
        self._learn(unknown, lines.count)
        return items

    def _in_utf8(self, block: bytes) -> bytes:
        """Whole lines, with an empty one, which is never known, for each that is not UTF-8."""
        if not block.endswith(b"\n"):
            block += b"\n"
        if not self._shapes.is_utf8 or _is_utf8(block):
            return block
        return b"\n".join(line if _is_utf8(line) else b"" for line in block.split(b"\n"))

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
        while lines.next_number < end or lines.has_waiting:
            piece = lines.next()
            if piece is None:
                break
            number, line = piece
            is_odd = _RUNTIME_PART.search(line) or len(line) > MAX_ENTRY_BYTES
            known, day = (None, None) if is_odd else self._known.of_line(self._in_utf8(line))
            if known is None:
                yield from self._line_reading(lines, Place(name, number), line).items
                continue
            if known.call is None:
                reading = self._reading(lines, Place(name, number), line)
                if known.read(reading.call) is None:
                    yield from reading.items
                    continue
            known.join(1, {day: 1})
        blocks.number = lines.number

    def _learn(self, unknown: list[_Reading], lines: int) -> None:
        """New shapes, from the lines of a block that were read, of as many as it has."""
        if not self._shapes.is_looking():
            return
        others = sum(not reading.line.isascii() for reading in unknown)
        is_new = others > MANY * lines and self._shapes.take_utf8()
        usable = [
            Usable(reading.line, self._slots[call.format])
            for reading in unknown
            if (call := reading.call) and call.format in self._slots and _is_bare(reading.line)
        ]
        if self._shapes.learn(usable, lines) or is_new:
            self._known.take(self._shapes.pattern)


def _count(found: list[KnownCall | None], days: list[WrittenDay]) -> None:
    """Count lines of known calls."""
    for (known, day), lines in Counter(zip(found, days, strict=True)).items():
        if known is not None:
            known.join(lines, {day: lines})


@contextmanager
def without_collection() -> Iterator[None]:
    """Leave the garbage alone meanwhile: a block makes thousands of tuples, and no cycles."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_bare(line: bytes) -> bool:
    """Whether no line of this shape can be part of one that a container runtime split."""
    return not line.startswith(b'{"log"')


def _is_countable(call: LoggedCall) -> bool:
    """Whether equal lines may be counted: nothing is wrong with them, and no time decides."""
    return call.decision is not None and not call.decision.needs_time
