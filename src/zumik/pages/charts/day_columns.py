"""A column a day, on one scale of days; a day without a value has none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from zumik.pages.charts.date_axis import day_ticks
from zumik.pages.charts.scale import LinearScale, zero_based
from zumik.pages.charts.svg import Svg, at, chart, element, percent, text
from zumik.pages.charts.text_width import NARROW_PAGE, text_width
from zumik.reports.text import plural, short_count

_TOP, _PLOT, _AXIS, _GAP = 30, 180, 22, 8
_FEWEST, _MOST = 14, 400
_MOST_EDGED = 62
"""Days whose columns have an edge; more of them are too thin for one."""


class DayCount(NamedTuple):
    """How many there were on a day, and the same in words, as every report writes it."""

    day: date
    number: int
    words: str


def day_columns(name: str, title: str, counts: Sequence[DayCount]) -> Svg:
    """The counts of days, in order of the day. The greatest is named.

    Only the newest four hundred days are drawn. Raises ValueError for the name.
    """
    last = counts[-1].day if counts else date.min
    shown = [each for each in counts if (last - each.day).days < _MOST]
    content = [*_content(shown)] if shown else []
    said = " ".join(_sentences(counts, shown))
    return chart(name, title, said, _TOP + _PLOT + _AXIS + 4, content)


class _Frame(NamedTuple):
    """From the first day on, so many days share the width, and counts the height."""

    first: date
    days: int
    width: float
    scale: LinearScale

    def across(self, day: date) -> float:
        """Where the column of a day begins."""
        return (day - self.first).days / self.days * self.width

    def down(self, value: Fraction) -> float:
        return _TOP + (1 - self.scale.place(value)) * _PLOT


def _content(shown: Sequence[DayCount]) -> Iterator[str]:
    first, last = shown[0].day, shown[-1].day
    most = max(shown, key=lambda each: each.number)
    scale = zero_based([Fraction(most.number)])
    ticks = [tick for tick in scale.ticks() if tick.denominator == 1]
    widest = max(text_width(short_count(int(tick))) for tick in ticks)
    days = max(_FEWEST, (last - first).days + 1)
    frame = _Frame(first, days, 1 - (widest + _GAP) / NARROW_PAGE, scale)
    yield text(f"most: {_said(most)}", y=14)
    for tick in ticks:
        y = frame.down(tick)
        yield element("line", class_="grid" if tick else "axis", x1=0, y1=y, x2="100%", y2=y)
        if tick:
            words = short_count(int(tick))
            yield text(words, x="100%", y=y + 14, text_anchor="end", class_="quiet")
    width = frame.width * 0.8 / days
    for each in shown:
        yield _column(each, frame, width, "column most" if each == most else "column")
    sign = element("path", class_="sign", d="M-5-9H5L0-2Z")
    yield at(frame.across(most.day) + width / 2, frame.down(Fraction(most.number)), sign)
    y = _TOP + _PLOT
    for day in day_ticks(first, last, lambda day: frame.across(day) + width / 2):
        x = percent(day.across)
        yield element("line", class_="axis", x1=x, y1=y, x2=x, y2=y + 4)
        yield text(day.words, x=x, y=y + _AXIS, text_anchor=day.anchor, class_="quiet")


def _column(each: DayCount, frame: _Frame, width: float, kind: str) -> str:
    y = frame.down(Fraction(each.number))
    return element(
        "rect",
        class_=kind if frame.days <= _MOST_EDGED else f"{kind} dense",
        x=percent(frame.across(each.day)),
        y=y,
        width=percent(width),
        height=_TOP + _PLOT - y,
    )


def _said(each: DayCount) -> str:
    return f"{each.day.isoformat()}: {each.words}"


def _sentences(counts: Sequence[DayCount], shown: Sequence[DayCount]) -> Iterator[str]:
    if not shown:
        yield "No day is known."
        return
    most = max(shown, key=lambda each: each.number)
    first, last = shown[0].day, shown[-1].day
    yield f"A column a day from {first.isoformat()} to {last.isoformat()}, in UTC."
    yield f"The most is on {_said(most)}."
    missing = (last - first).days + 1 - len(shown)
    if missing:
        yield f"{plural(missing, 'day has', 'days have')} none."
    if len(shown) < len(counts):
        yield f"{plural(len(counts) - len(shown), 'earlier day is', 'earlier days are')} not drawn."
    yield "The table below has every day."
