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
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import NamedTuple

from zumik.core.traffic.logged_call import LoggedCall, Place, ReadEntry
from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.calls import calls_of
from zumik.logs.counted.apart import NONE_APART, Apart
from zumik.logs.counted.line_blocks import BlockLines, LineBlocks, NeedsMoreLines
from zumik.logs.counted.line_pattern import LinePattern
from zumik.logs.counted.line_shape import NoShape, Shape, shape_of
from zumik.logs.counted.line_slots import slots_by_format
from zumik.logs.files.entry import Entry
from zumik.logs.files.entry_reader import entries_of_line
from zumik.logs.files.log_files import MAX_ENTRY_BYTES, NumberedLines
from zumik.logs.files.runtime_parts import RuntimeParts
from zumik.logs.formats.log_format import LogFormat

Tuple = tuple[bytes, ...]
CallKey = tuple[object, ...]
"""What decides in a line, as it is written, and the ranks of its counts."""

MOST_KNOWN = 50_000
"""Distinct calls in memory, at about 2 KB each. With more, all are given out and forgotten."""

_MOST_SHAPES = 24
_TRIES, _FEW_TRIES, _MANY = 64, 16, 0.05
"""How many unknown lines of a block are looked at for new shapes: few where few are unknown."""
_RUNTIME_PART = re.compile(rb" std(?:out|err) [PF]")
"""What a container runtime writes behind the first blank of a line; see RuntimeParts."""
_LOOK_AGAIN = 64
"""After how many blocks they are looked at for new shapes at the latest."""
_EPOCH_DIGITS = 10
_LEAST_SHARE = 0.002
"""How frequent a shape is in a block, at least: a rare one costs more than it saves."""


@dataclass(slots=True)
class KnownCall:
    """A call, and how many lines were equal to it since the last time that it was given out.

    Without a `call`, each such line is read by itself: it has a fault to be listed, or its time
    decides.
    """

    call: LoggedCall | None
    calls: int = 0
    days: set[bytes] = field(default_factory=set)

    def taken(self) -> Iterator[LoggedCall]:
        """The call with its number, and apart one of its first day and one of its last."""
        if self.call is None or not self.calls:
            return
        days = {day for text in self.days if (day := _day(text))}
        ends = {min(days), max(days)} if days else set()
        if self.call.at is not None:
            ends.discard(self.call.at.date())
        for day in sorted(ends):
            at = datetime(day.year, day.month, day.day, tzinfo=UTC)
            yield self.call._replace(calls=1, at=at)
        if self.calls > len(ends):
            yield self.call._replace(calls=self.calls - len(ends))
        self.calls, self.days = 0, set()


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


@dataclass(slots=True)
class _New:
    """What decides in lines that come up for the first time, as one block has them."""

    tuples: list[Tuple]
    known: KnownCall
    is_apart: bool

    def read(self, reading: _Reading) -> LoggedCall | None:
        """Take up what the first line of them says; None where each is to be read."""
        self.known.call = None if self.is_apart else reading.call
        self.known.calls *= self.known.call is not None
        return self.known.call


class KnownLines:
    """What was learnt of lines so far, and how many lines of each kind there were."""

    def __init__(
        self,
        edges: TokenEdges,
        form: LogFormat | None = None,
        *,
        days: bool = False,
        apart: Apart = NONE_APART,
    ) -> None:
        self._edges = edges
        self._form = form
        self._apart = apart
        self._slots = slots_by_format()
        self._shapes: dict[Shape, None] = {}
        self._known: dict[CallKey, KnownCall] = {}
        self._by_tuple: dict[Tuple, tuple[KnownCall, bytes]] = {}
        self._days = days or apart.is_timed
        self._pattern = LinePattern((), edges)
        self._is_compact = False
        self._is_utf8 = False
        self._blocks = 0
        self.parts = RuntimeParts()

    def calls_in(self, blocks: LineBlocks, name: str) -> Iterator[ReadEntry]:
        """The calls of the lines that are not known, one by one. The others are counted."""
        while True:
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
            if self.is_full:
                yield from self.taken()

    def taken(self) -> Iterator[LoggedCall]:
        """The calls that were counted, each with its number. Every call is forgotten."""
        counted = self.counted()
        self.forget()
        for known in counted.values():
            yield from known.taken()

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
        return {key: known for key, known in self._known.items() if known.calls}

    def forget(self) -> None:
        """Forget every call, with its count. Shapes are kept."""
        self._known = {}
        self._by_tuple = {}

    def _of_block_or_lines(
        self, block: bytes, blocks: LineBlocks, name: str
    ) -> Iterable[ReadEntry]:
        before = deepcopy(self.parts)
        try:
            if self._is_compact and _RUNTIME_PART.search(block):
                raise NeedsMoreLines
            with without_collection():
                return self._of_block(block, blocks, name)
        except NeedsMoreLines:
            self.parts = before
            blocks.put_back(block)
            return self._line_by_line(blocks, name, BlockLines(block, blocks).count)

    def _of_block(self, block: bytes, blocks: LineBlocks, name: str) -> list[ReadEntry]:
        """The items of a block. Nothing is counted before it is sure that no line needs others."""
        end = len(block) - block.endswith(b"\n")
        tuples = self._pattern.tuples_in(block, end, utf8=self._is_utf8)
        lines = BlockLines(block, blocks)
        if len(tuples) != lines.count:
            # A text that no quote ends was taken on into the next line.
            raise NeedsMoreLines
        unknown = [place for place, found in enumerate(tuples) if found[-1]]
        read = self._readings(lines, unknown, name, tuples)
        new, apart = self._count(tuples)
        first = _first_places(tuples, new)
        for place, reading in self._readings(lines, sorted(first), name).items():
            each = new[first[place]]
            self._known[first[place]] = each.known
            if each.read(reading) is None:
                apart.update(each.tuples)
        if apart:
            places = [place for place, found in enumerate(tuples) if found in apart]
            read |= self._readings(lines, places, name)
        blocks.number += len(tuples)
        self._learn([read[place] for place in unknown if place in read], len(tuples))
        return [item for place in sorted(read) for item in read[place].items]

    def _count(self, tuples: list[Tuple]) -> tuple[dict[CallKey, _New], set[Tuple]]:
        """Count lines that are known; what comes up for the first time, and what is read apart."""
        new: dict[CallKey, _New] = {}
        apart: set[Tuple] = set()
        for found, lines in Counter(tuples).items():
            if found not in self._by_tuple:
                if found[-1] or not any(found):
                    continue
                key, day = self._key(found)
                known = self._known.get(key)
                if known is None:
                    each = new.get(key) or _New([], KnownCall(None), self._apart.has_day(_day(day)))
                    new[key] = each
                    each.tuples.append(found)
                    each.known.calls += lines
                    each.known.days.add(day)
                    continue
                if len(self._by_tuple) > MOST_KNOWN:
                    self._by_tuple = {}
                self._by_tuple[found] = known, day
            known, day = self._by_tuple[found]
            if known.call is None:
                apart.add(found)
            else:
                known.calls += lines
                known.days.add(day)
        return new, apart

    def _key(self, found: Tuple) -> tuple[CallKey, bytes]:
        """What decides, with the ranks of counts in place of them; and the day as it is written."""
        pattern = self._pattern
        tokens_in = next((found[group] for group in pattern.inputs if found[group]), b"")
        tokens_out = next((found[group] for group in pattern.outputs if found[group]), b"")
        day = next((found[group] for group in pattern.times if found[group]), b"")
        rest: list[object] = [found[group] for group in pattern.exact if found[group]]
        if self._apart.is_timed:
            # A line whose day does not exist has no time either.
            rest.append(self._apart.stretch_of(_day(day)))
        if not tokens_in and not tokens_out:
            return (*rest, None), day
        ranks = self._edges.ranks(int(tokens_in or 0), int(tokens_out or 0))
        return (*rest, (ranks, bool(tokens_in), bool(tokens_out))), day

    def _readings(
        self,
        lines: BlockLines,
        places: list[int],
        name: str,
        tuples: list[Tuple] | None = None,
    ) -> dict[int, _Reading]:
        """What the reader says of the lines at some places of a block. Raises NeedsMoreLines.

        A line into which an earlier one goes on has no tuple any more.
        """
        readings = {}
        done = 0
        for place in places:
            if place < done:
                continue
            number, line, rest = lines.at(place)
            readings[place] = self._line_reading(rest, Place(name, number), line)
            done = lines.place_after(rest)
            if tuples is not None and done > place + 1:
                nothing = (b"",) * len(tuples[place])
                tuples[place + 1 : done] = [nothing] * (done - place - 1)
        return readings

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
            (found, *more) = self._pattern.tuples_in(line, len(line) - line.endswith(b"\n"))
            if (
                more
                or found[-1]
                or _RUNTIME_PART.search(line)
                or not any(found)
                or len(line) > MAX_ENTRY_BYTES
            ):
                yield from self._line_reading(lines, Place(name, number), line).items
                continue
            new, apart = self._count([found])
            if new or apart:
                is_read = bool(apart)
                reading = self._reading(lines, Place(name, number), line)
                for key, each in new.items():
                    self._known[key] = each.known
                    is_read |= each.read(reading) is None
                if is_read:
                    yield from reading.items
        blocks.number = lines.number

    def _learn(self, unknown: list[_Reading], lines: int) -> None:
        """New shapes, from the lines of a block that were read, of as many as it has.

        A pattern takes long to build, so that blocks are looked at ever less often.
        """
        self._blocks += 1
        if self._blocks & (self._blocks - 1) and self._blocks % _LOOK_AGAIN:
            return
        others = sum(not reading.line.isascii() for reading in unknown)
        self._is_utf8 = self._is_utf8 or others > _MANY * lines
        usable = [
            (reading.line, self._slots[call.format])
            for reading in unknown
            if (call := reading.call) and call.format in self._slots and _is_bare(reading.line)
        ]
        if not usable or len(self._shapes) == _MOST_SHAPES:
            return
        seen: Counter[Shape] = Counter()
        tries = _TRIES if len(usable) > _MANY * lines else _FEW_TRIES
        for line, slots in usable[:tries]:
            with suppress(NoShape):
                seen[shape_of(line, slots.slot_of, slots.needs)] += 1
        least = max(2, _LEAST_SHARE * lines * min(tries, len(usable)) / len(usable))
        new = [shape for shape, times in seen.most_common() if times >= least]
        if new:
            self._shapes |= dict.fromkeys(new[: _MOST_SHAPES - len(self._shapes)])
            self._pattern = LinePattern(self._shapes, self._edges, days=self._days)
            # Else the first blank of each line stands before a value, which no bare word is.
            self._is_compact = any(b" " not in shape[0].text for shape in self._shapes)
            self._by_tuple = {}


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


def _is_bare(line: bytes) -> bool:
    """Whether no line of this shape can be part of one that a container runtime split."""
    return not line.startswith(b'{"log"')


def _first_places(tuples: list[Tuple], new: dict[CallKey, _New]) -> dict[int, CallKey]:
    """Where each of the new keys stands first in a block."""
    if not new:
        return {}
    keys = {each.tuples[0]: key for key, each in new.items()}
    last = len(tuples) - 1
    first = {found: last - place for place, found in enumerate(reversed(tuples)) if found in keys}
    return {place: keys[found] for found, place in first.items()}


def _day(text: bytes) -> date | None:
    """The day that a line has: as a date, or in seconds since 1970."""
    if len(text) == _EPOCH_DIGITS and text.isdigit():
        return datetime.fromtimestamp(int(text), UTC).date()
    try:
        return date.fromisoformat(text.decode())
    except ValueError:
        return None


def _is_countable(call: LoggedCall) -> bool:
    """Whether equal lines may be counted: nothing is wrong with them, and no time decides."""
    return call.decision is not None and not call.decision.needs_time
