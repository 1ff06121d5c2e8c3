"""Which calls are values of their own, though others are equal to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from zumik.core.traffic.logged_call import LoggedCall
from zumik.core.traffic.selection import EVERY_CALL, Selection
from zumik.logs.formats.gateway_formats import ZUMIK

IsApart = Callable[[LoggedCall], bool]
"""Says the same of all calls that are equal, so that it looks only at the decision and the format.
It is given to other processes, and so can be pickled."""


class Apart(NamedTuple):
    """Of the calls that one value counts, a selection takes all or none.

    Each call of a day (UTC) of which only a part is asked about, and each that one of `each_of`
    names, is a value of its own.
    """

    selection: Selection = EVERY_CALL
    each_of: tuple[IsApart, ...] = ()

    @property
    def is_timed(self) -> bool:
        """Whether calls of two days may not be counted together."""
        return self.selection.is_timed

    @property
    def is_by_format(self) -> bool:
        """Whether no call of zumik's own format is a value of its own."""
        return not self.is_timed and all(is_apart is logs_usage for is_apart in self.each_of)

    def stretch_of(self, day: date | None) -> object:
        """Days of one stretch are asked about all, or none of them."""
        if self.has_day(day):
            return day
        return self.selection.takes_time(datetime.combine(day, time(), UTC)) if day else None

    def has_day(self, day: date | None) -> bool:
        """Whether each call of a day is a value of its own; None where its line shows no day."""
        return self.is_timed and (day is None or day in self._days_in_part)

    def has(self, call: LoggedCall) -> bool:
        """Whether a call is a value of its own by what it says."""
        return any(is_apart(call) for is_apart in self.each_of)

    @property
    def _days_in_part(self) -> frozenset[date]:
        bounds = (self.selection.since, self.selection.until)
        return frozenset(bound.date() for bound in bounds if bound and bound.time() != time())


NONE_APART = Apart()


def logs_usage(call: LoggedCall) -> bool:
    """Whether a call's log may say what it used: of all formats only zumik's own says nothing."""
    return call.format != ZUMIK.name
