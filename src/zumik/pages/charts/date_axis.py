"""Days along an axis: their places, and the ones to name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import NamedTuple

from zumik.pages.charts.point_labels import anchor_at
from zumik.pages.charts.text_width import NARROW_PAGE, text_width

_DAYS, _DAY_TICKS = (1, 2, 7, 14, 28), 3
_MONTHS, _MONTH_TICKS = (1, 2, 3, 6, 12, 24, 60, 120, 600, 1200, 6000, 30000), 5
_MOST_DAYS = 70
_GAP = 10
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment(time: datetime) -> Fraction:
    """A time as days since 1970, in UTC."""
    return Fraction((time - _EPOCH) // timedelta(microseconds=1), 86_400_000_000)


def midnight(day: date) -> Fraction:
    """The beginning of a day, as days since 1970."""
    return Fraction((day - _EPOCH.date()).days)


class DayTick(NamedTuple):
    """A day to name: its place across, from 0 to 1, and what part of the name stands there."""

    words: str
    across: float
    anchor: str


def day_ticks(first: date, last: date, across: Callable[[date], float]) -> Iterator[DayTick]:
    """Days from `first` to `last` and their names, as many as are legible on a phone.

    Within ten weeks they are at equal distance, such as `2026-11-12`; beyond, they begin a month,
    such as `2026-11`. `across` gives the place of a day.
    """
    end = 0.0
    for day, words in _round_days(first, last):
        place = across(day)
        anchor = anchor_at(place)
        width = (text_width(words) + _GAP) / NARROW_PAGE
        begin = place - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        if begin >= end:
            end = begin + width
            yield DayTick(words, place, anchor)


def _round_days(first: date, last: date) -> Iterator[tuple[date, str]]:
    days = (last - first).days
    if days <= _MOST_DAYS:
        step = next(step for step in _DAYS if days // step < _DAY_TICKS)
        for count in range(0, days + 1, step):
            day = first + timedelta(count)
            yield day, day.isoformat()
        return
    months = _month(last) - _month(first)
    step = next(step for step in _MONTHS if months // step < _MONTH_TICKS)
    for count in range(_month(first) + (first.day > 1), _month(last) + 1):
        if count % step == 0:
            day = date(count // 12, count % 12 + 1, 1)
            yield day, day.isoformat()[:7]


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
