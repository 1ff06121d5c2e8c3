"""Known calls: those that were read, and how the lines are written that are counted for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache

from zumik.core.traffic.logged_call import LoggedCall
from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.counted.apart import Apart
from zumik.logs.counted.line_pattern import LinePattern, Section

CallKey = tuple[object, ...]
"""What decides in a line, as it is written, and the ranks of its counts."""

MOST_KNOWN = 50_000
"""Distinct calls in memory, at about 2 KB each. With more, all are given out and forgotten."""

_PREFIX_BYTES = 192
"""By how many of its bytes a head is looked up: they are hashed, and all of them are compared."""
_MOST_HEADS = 10_000
_HEAD_BYTES = 2_000
"""How long a head may be: before that, a line of another gateway has ids and prompts."""
_EPOCH_DIGITS = 10

WrittenDay = bytes | tuple[bytes | None, ...] | None
"""A day as a line has it; with a place for each shape where several have one."""


class Days(Enum):
    """What is kept of the days (UTC) of equal calls."""

    NONE = "nothing"
    ENDS = "the first and the last"
    EACH = "how many calls each has"


@dataclass(slots=True, eq=False)
class KnownCall:
    """A call, and how many lines were equal to it since the last time that it was given out.

    Without a `call`, each such line is read by itself: it has a fault to be listed, or its time
    decides, or it `is_apart`.
    """

    call: LoggedCall | None = None
    calls: int = 0
    days: dict[WrittenDay, int] = field(default_factory=dict)
    is_apart: bool = False

    def join(self, calls: int, days: Mapping[WrittenDay, int]) -> None:
        """Count what another counted; `days` are those that it kept."""
        self.calls += calls
        for day, number in days.items():
            self.days[day] = self.days.get(day, 0) + number

    def read(self, call: LoggedCall | None) -> LoggedCall | None:
        """Take up what one of the lines says; None where each is to be read."""
        self.call = None if self.is_apart else call
        return self.call

    def taken(self, of_days: Days) -> Iterator[LoggedCall]:
        """The call with its number, and the days apart of which something is kept."""
        if self.call is None or not self.calls:
            return
        by_day: Counter[date | None] = Counter()
        for written, calls in self.kept(of_days).items():
            by_day[_day(written)] += calls
        if of_days is not Days.EACH:
            by_day = Counter(day for day in by_day if day and not _is_on(self.call, day))
            if left := self.calls - by_day.total():
                yield self.call._replace(calls=left)
        for day, calls in by_day.items():
            yield _on_day(self.call, day)._replace(calls=calls)
        self.calls, self.days = 0, {}

    def kept(self, of_days: Days) -> dict[WrittenDay, int]:
        """The days of which something is kept, as they are written."""
        if of_days is Days.EACH:
            return self.days
        days = {day: written for written in self.days if (day := _day(written))}
        ends = {min(days), max(days)} if days else set()
        return {days[day]: self.days[days[day]] for day in ends}


class _Head:
    """How lines begin, to the byte, and what was found behind it. `exact` is what decides in it.

    A line that begins so is of a known shape where what follows matches the section. `known` is by
    what is captured of it, `ranked` the same with ranks in place of counts.
    """

    __slots__ = ("days", "exact", "groups", "known", "match", "ranked", "section", "size", "text")

    def __init__(
        self, text: bytes, section: Section, exact: tuple[bytes, ...] = (), *, timed: bool
    ) -> None:
        self.text = text
        self.size = len(text)
        self.exact = exact
        self.section = section
        self.match = section.match
        self.groups = section.decisive + (section.days if timed else ())
        self.days = section.days
        self.known: dict[object, KnownCall] = {}
        self.ranked: dict[object, KnownCall] = {}


class KnownCalls:
    """The calls by what decides, and by how lines are written."""

    def __init__(self, edges: TokenEdges, apart: Apart) -> None:
        self._edges = edges
        self._apart = apart
        self._by_key: dict[CallKey, KnownCall] = {}
        self.take(LinePattern((), edges))

    def take(self, pattern: LinePattern) -> None:
        """Find lines by another pattern from now on."""
        self._pattern = pattern
        self._forget_lines()

    def forget(self) -> None:
        """Forget every call, with its count."""
        self._by_key = {}
        self._forget_lines()

    def _forget_lines(self) -> None:
        # A line whose head is not known is known as a whole, behind an empty head.
        self._whole = _Head(b"", self._pattern.whole, timed=self._apart.is_timed)
        self._heads: dict[bytes, list[_Head]] = {}
        self._number = self._number_of_heads = 0

    def __len__(self) -> int:
        return len(self._by_key)

    def counted(self) -> dict[CallKey, KnownCall]:
        """The calls that were counted since the last time, by what decides."""
        return {key: known for key, known in self._by_key.items() if known.calls}

    def found_in(self, lines: Iterable[bytes]) -> tuple[list[KnownCall | None], list[WrittenDay]]:
        """The calls and the days of lines without their ends; None where `of_line` may know more.

        This is the loop that decides how long a large log takes.
        """
        heads, whole, nothing = self._heads, self._whole, list[_Head]()
        found: list[KnownCall | None] = []
        days: list[WrittenDay] = []
        for line in lines:
            head = whole
            for each in heads.get(line[:_PREFIX_BYTES], nothing):
                if line.startswith(each.text):
                    head = each
                    break
            match = head.match(line, head.size)
            if match is None:
                found.append(None)
                days.append(None)
                continue
            groups = match.group(*head.groups)
            known = head.known.get(groups)
            if known is None and head is not whole:
                known = self._known_as(head, match, groups)
            found.append(known if known is None or known.call else None)
            days.append(match.group(*head.days) if head.days else None)
        return found, days

    def of_line(self, line: bytes) -> tuple[KnownCall | None, WrittenDay]:
        """The call that a line is counted for, and its day; None for a line of no known shape.

        A call that has not been read yet is new, or one that is read each time.
        """
        head = self._head_of(line)
        match = head.match(line, head.size)
        if match is None:
            return None, None
        groups = match.group(*head.groups)
        known = head.known.get(groups) or self._known_as(head, match, groups)
        return known, match.group(*head.days) if head.days else None

    def _head_of(self, line: bytes) -> _Head:
        """The head of a line, also where it is new."""
        prefix = line[:_PREFIX_BYTES]
        for head in self._heads.get(prefix, ()):
            if line.startswith(head.text):
                return head
        whole = self._pattern.whole
        match = whole.match(line) if self._number_of_heads < _MOST_HEADS else None
        if match is not None:
            for group, tail in self._pattern.tails.items():
                size = match.end(group)
                if _PREFIX_BYTES <= size <= _HEAD_BYTES:
                    exact = whole.exact_in(match, group + 1)
                    head = _Head(line[:size], tail, exact, timed=self._apart.is_timed)
                    self._heads.setdefault(prefix, []).append(head)
                    self._number_of_heads += 1
                    return head
        return self._whole

    def _known_as(self, head: _Head, match: re.Match[bytes], groups: object) -> KnownCall:
        """The call of equal values, and of counts between the same limits."""
        section = head.section
        tokens_in, tokens_out = _first(match, section.inputs), _first(match, section.outputs)
        counts = None
        if tokens_in or tokens_out:
            ranks = self._edges.ranks(int(tokens_in or 0), int(tokens_out or 0))
            counts = ranks, bool(tokens_in), bool(tokens_out)
        day = match.group(*head.days) if self._apart.is_timed and head.days else None
        written = match.group(*section.exact), counts, day
        known = head.ranked.get(written)
        if known is None:
            exact = (*head.exact, *section.exact_in(match))
            known = head.ranked[written] = self._by_values(exact, counts, day)
        if known.call is not None:
            head.known[groups] = known
            self._number += 1
            if self._number > MOST_KNOWN:
                self._forget_lines()
        return known

    def _by_values(
        self, exact: tuple[bytes, ...], counts: object, written: WrittenDay
    ) -> KnownCall:
        is_apart, key = False, (*exact, counts)
        if self._apart.is_timed:
            # A line whose day does not exist has no time either.
            day = _day(written)
            is_apart = self._apart.has_day(day)
            key = (*key, self._apart.stretch_of(day))
        known = self._by_key.get(key)
        if known is None:
            known = self._by_key[key] = KnownCall(is_apart=is_apart)
        return known


def _is_on(call: LoggedCall, day: date) -> bool:
    return call.at is not None and call.at.date() == day


def _on_day(call: LoggedCall, day: date | None) -> LoggedCall:
    """The call at some time of a day; without a time where the day is not known."""
    if day is not None and _is_on(call, day):
        return call
    return call._replace(at=datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None)


def _first(match: re.Match[bytes], groups: tuple[int, ...]) -> bytes | None:
    for group in groups:
        if found := match[group]:
            return found
    return None


@lru_cache(10_000)
def _day(written: WrittenDay) -> date | None:
    """The day that a line has: as a date, or in seconds since 1970."""
    text = next(filter(None, written), None) if isinstance(written, tuple) else written
    if text is None:
        return None
    if len(text) == _EPOCH_DIGITS and text.isdigit():
        return datetime.fromtimestamp(int(text), UTC).date()
    try:
        return date.fromisoformat(text.decode())
    except ValueError:
        return None
