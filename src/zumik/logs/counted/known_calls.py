"""Known calls: those that were read, and how the lines are written that are counted for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache
from operator import itemgetter

from zumik.core.traffic.logged_call import LoggedCall
from zumik.core.traffic.token_edges import Ranks, TokenEdges
from zumik.logs.counted.apart import Apart
from zumik.logs.counted.line_pattern import REST_DIGITS, Group, LinePattern, Written, lines_of

CallKey = tuple[object, ...]
"""What decides in a line, as it is written, and the ranks of its counts."""

MOST_KNOWN = 50_000
"""Distinct calls in memory, at about 2 KB each. With more, all are given out and forgotten."""

_MOST_WRITTEN = 20_000
"""Ways in which known calls are written, at about 1.5 KB each. With more, all are found again."""
_EPOCH_DIGITS = 10
_DIGITS = b"0123456789"

WrittenDay = bytes | tuple[bytes, ...] | None
"""A day as a line has it; with a place for each group where lines have it in one of several."""


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
        decisive = pattern.decisive + (pattern.days if self._apart.is_timed else ())
        self._decisive = _taking(decisive)
        self._day_in: Callable[[Written], WrittenDay] = (
            itemgetter(*pattern.days) if pattern.days else _no_day
        )
        self._forget_lines()

    def forget(self) -> None:
        """Forget every call, with its count."""
        self._by_key = {}
        self._forget_lines()

    def _forget_lines(self) -> None:
        self._written: dict[Written, KnownCall] = {}

    def __len__(self) -> int:
        return len(self._by_key)

    def counted(self) -> dict[CallKey, KnownCall]:
        """The calls that were counted since the last time, by what decides."""
        return {key: known for key, known in self._by_key.items() if known.calls}

    def found_in(
        self, block: bytes, count: int
    ) -> tuple[list[Written], list[KnownCall | None], list[WrittenDay]]:
        """What is written in each line of a block, the calls of those that are known, and the days.

        Of a line without a call `of_written` may know more; where nothing is written, `of_line`.
        This takes most of the time that a large log takes.
        """
        written = self._pattern.written_in(block)
        found = [*map(self._written.get, map(self._decisive, written))]
        if len(found) != count:
            # Lines that were cut off were taken together with those behind them.
            for place in range(len(found) - 1, -1, -1):
                if found[place] is None and (lines := lines_of(written[place])) > 1:
                    written[place : place + 1] = [()] * lines
                    found[place : place + 1] = [None] * lines
            return written, found, [self._day_in(each) if each else None for each in written]
        return written, found, [*map(self._day_in, written)]

    def of_line(self, line: bytes) -> tuple[KnownCall | None, WrittenDay]:
        """The call that a line is counted for, and its day; None for a line of no known shape."""
        found = self._pattern.written_in(line if line.endswith(b"\n") else line + b"\n")
        if len(found) != 1:
            return None, None
        return self.of_written(found[0]), self._day_in(found[0])

    def of_written(self, written: Written) -> KnownCall | None:
        """The call that lines are counted for in which this is written.

        A call that has not been read yet is new, or one that is read each time.
        """
        pattern = self._pattern
        places = *pattern.inputs, *pattern.outputs
        exact = tuple(
            written[place].rstrip(_DIGITS) if place in places else written[place]
            for place in pattern.decisive
            if written[place]
        )
        if not exact:
            return None
        tokens_in = _count_in(written, pattern.inputs, REST_DIGITS[Group.INPUT])
        tokens_out = _count_in(written, pattern.outputs, REST_DIGITS[Group.OUTPUT])
        least, ranks, most = map(self._edges.ranks, tokens_in, tokens_out)
        known = self._by_values(exact, ranks, self._day_in(written))
        # A rank only grows with a count, so that all between two counts of one rank have it.
        if known.call is not None and least == most:
            self._written[self._decisive(written)] = known
            if len(self._written) > _MOST_WRITTEN:
                self._forget_lines()
        return known

    def _by_values(self, exact: tuple[bytes, ...], ranks: Ranks, written: WrittenDay) -> KnownCall:
        is_apart = False
        key: CallKey = (*exact, ranks)
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


def _taking(places: tuple[int, ...]) -> Callable[[Written], Written]:
    """What takes some groups of those that are written; for several it is many times as fast."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda written: tuple(written[place] for place in places)


def _no_day(written: Written) -> None:
    return None


def _count_in(written: Written, places: Sequence[int], rest: int) -> tuple[int, int, int]:
    """A count of tokens, between the least and the most with which it shares its first digits.

    No count is as 0.
    """
    for place in places:
        if text := written[place]:
            first, last = text[len(text.rstrip(_DIGITS)) :], written[place + 1]
            if last:
                least = max(1, int(first + b"0" * rest))
                return least, int(first + last), int(first + b"9" * rest)
            count = int(first or b"0")
            return count, count, count
    return 0, 0, 0


@lru_cache(10_000)
def _day(written: WrittenDay) -> date | None:
    """The day that a line has: as a date, or in seconds since 1970."""
    text = next(filter(None, written), None) if isinstance(written, tuple) else written
    if not text:
        return None
    if len(text) == _EPOCH_DIGITS and text.isdigit():
        return datetime.fromtimestamp(int(text), UTC).date()
    try:
        return date.fromisoformat(text.decode())
    except ValueError:
        return None
