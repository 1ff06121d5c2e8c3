"""Known calls: those that were read, and how many lines were counted for each since."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import Enum

from zumik.core.traffic.logged_call import LoggedCall

CallKey = tuple[object, ...]
"""What decides in a line, as it is written, and the ranks of its counts."""

MOST_KNOWN = 50_000
"""Distinct calls in memory, at about 2 KB each. With more, all are given out and forgotten."""


class Days(Enum):
    """What is kept of the days (UTC) of equal calls."""

    NONE = "nothing"
    ENDS = "the first and the last"
    EACH = "how many calls each has"


@dataclass(slots=True, eq=False)
class KnownCall:
    """A call, and how many lines were equal to it since the last time that it was given out.

    A line of one that is not read is read by itself: its call is new, or it has a fault to be
    listed, or its time decides, or it `is_apart`.
    """

    call: LoggedCall | None = None
    calls: int = 0
    days: dict[date | None, int] = field(default_factory=dict)
    is_apart: bool = False
    is_elsewhere: bool = False
    """Whether another process has read it."""

    @property
    def is_read(self) -> bool:
        """Whether its lines are counted without reading them."""
        return self.call is not None or self.is_elsewhere

    def join(self, calls: int, days: Mapping[date | None, int]) -> None:
        """Count what another counted; `days` are those that it kept."""
        self.calls += calls
        for day, number in days.items():
            self.days[day] = self.days.get(day, 0) + number

    def read(self, call: LoggedCall | None) -> bool:
        """Take up what one of the lines says; False where each is to be read."""
        self.call = None if self.is_apart else call
        return self.call is not None

    def taken(self, of_days: Days) -> Iterator[LoggedCall]:
        """The call with its number, and the days apart of which something is kept."""
        if self.call is None or not self.calls:
            return
        by_day = Counter(self.kept(of_days))
        if of_days is not Days.EACH:
            by_day = Counter(day for day in by_day if day and not _is_on(self.call, day))
            if left := self.calls - by_day.total():
                yield self.call._replace(calls=left)
        for day, calls in by_day.items():
            yield _on_day(self.call, day)._replace(calls=calls)
        self.calls, self.days = 0, {}

    def kept(self, of_days: Days) -> dict[date | None, int]:
        """The days of which something is kept."""
        if of_days is Days.EACH:
            return self.days
        days = [day for day in self.days if day]
        return {day: self.days[day] for day in {min(days), max(days)}} if days else {}


def _is_on(call: LoggedCall, day: date) -> bool:
    return call.at is not None and call.at.date() == day


def _on_day(call: LoggedCall, day: date | None) -> LoggedCall:
    """The call at some time of a day; without a time where the day is not known."""
    if day is not None and _is_on(call, day):
        return call
    return call._replace(at=datetime(day.year, day.month, day.day, tzinfo=UTC) if day else None)
