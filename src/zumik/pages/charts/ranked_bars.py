"""Values as horizontal bars, in the order of a ranking, with the band and the bounds in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from html import escape
from typing import NamedTuple

from zumik.pages.charts.limits import KEY_HEIGHT, Limit, limit_keys, limits_to_text
from zumik.pages.charts.scale import LinearScale, zero_based
from zumik.pages.charts.svg import Svg, chart, element, fitting, percent, text
from zumik.pages.charts.text_width import NARROW_PAGE, text_width
from zumik.reports.text import safe

_INSET, _ROW = 12, 48
_LABEL, _TOP, _THICK = 14, 21, 16
_OPEN_END, _GAP = 18, 8
_ZERO = Fraction(0)
_FARTHEST = Fraction(8, 5)
"""How far beyond the greatest value a limit is still drawn, so that the bars stay long."""


class Bar(NamedTuple):
    """What is ranked. `words` is its value as every report writes it; "unknown" where it has none.

    `low` and `high` are the ends of the value's error. A value `at_least` may be greater in truth,
    and one `at_most` may be less.
    """

    name: str
    value: Fraction | None
    words: str
    low: Fraction | None = None
    high: Fraction | None = None
    at_least: bool = False
    at_most: bool = False


def ranked_bars(
    name: str,
    title: str,
    bars: Sequence[Bar],
    *,
    limits: Sequence[Limit] = (),
    lower_is_better: bool | None = None,
    winner: str = "winner",
    summary: str = "",
    most: int = 30,
) -> Svg:
    """Bars in the given order, numbered, the first one marked as `winner`; not so if that is empty.

    `summary` is a sentence for the description: what parts the first bar from the next. Bars after
    the first `most` are counted and not drawn. Raises ValueError for the name.
    """
    shown = bars[:most]
    values = [
        value for bar in shown for value in (bar.value, bar.low, bar.high) if value is not None
    ]
    drawn = [limit for limit in limits if _is_near(limit, values)]
    scale = zero_based([*values, *(limit.value for limit in drawn)])
    plot = _Plot(scale, _full_length(shown), KEY_HEIGHT * len(limits), _ROW * len(shown))
    left = len(bars) - len(shown)
    note = f"and {left:,} more in the table" if left else ""
    content = [
        *(_area(limit, plot) for limit in drawn if limit.band),
        *(_row(bar, plot, place, winner) for place, bar in enumerate(shown)),
        *(_line(limit, plot) for limit in drawn),
        *limit_keys(limits, drawn),
        text(note, x=_INSET, y=plot.bottom + _LABEL, class_="quiet") if note else "",
    ]
    said = " ".join(_sentences(bars, limits, lower_is_better, winner, summary))
    height = plot.bottom + (KEY_HEIGHT if note else 0)
    return chart(name, title, said, height, filter(None, content))


class _Plot(NamedTuple):
    """Where the bars are: the share of the width that the longest has, and their rows."""

    scale: LinearScale
    full: float
    top: int
    height: int

    @property
    def bottom(self) -> int:
        return self.top + self.height

    def across(self, value: Fraction) -> float:
        return self.scale.place(value) * self.full


def _is_near(limit: Limit, values: Sequence[Fraction]) -> bool:
    return any(values) and min([*values, _ZERO]) <= limit.value <= max([*values, _ZERO]) * _FARTHEST


def _full_length(bars: Sequence[Bar]) -> float:
    """The longest bar's share of the width: the widest value has its place beside it on a phone."""
    widest = max((text_width(bar.words) for bar in bars), default=0)
    return max(0.3, 1 - (widest + _INSET + _OPEN_END + _GAP) / NARROW_PAGE)


def _row(bar: Bar, plot: _Plot, place: int, winner: str) -> str:
    """The name, the bar below it, and the value at the bar's end."""
    mark = winner if place == 0 else ""
    before = f"{place + 1}. " if winner else ""
    room = NARROW_PAGE - _INSET - text_width(before + mark) - _GAP
    label = before + fitting(bar.name, room)
    if mark:
        label += element("tspan", escape(safe(mark)), dx=_GAP, class_="mark")
    parts = [element("text", label, y=_LABEL)]
    if mark:
        parts.append(element("rect", class_="rule", x=-_INSET, width=4, height=_ROW - 10))
    if bar.value is None:
        parts.append(text(bar.words, y=_TOP + 13, class_="unknown"))
    else:
        parts += _bar(bar, bar.value, plot)
    return element(
        "g",
        "".join(parts),
        class_="winner" if mark else "row",
        transform=f"translate({_INSET} {plot.top + place * _ROW:g})",
    )


def _bar(bar: Bar, value: Fraction, plot: _Plot) -> Iterator[str]:
    zero, at = plot.across(_ZERO), plot.across(value)
    yield element(
        "rect",
        class_="bar at-most" if bar.at_most else "bar",
        x=percent(min(zero, at)),
        y=_TOP,
        width=percent(abs(at - zero)),
        height=_THICK,
    )
    ends = [plot.across(end) for end in (bar.low, bar.high) if end is not None]
    if ends:
        yield _whisker(min(ends), max(ends))
    # Texts keep their size, so what follows the bar is placed in pixels from its end.
    after = f"M0 {_TOP + 0.5}h{_OPEN_END - 4}M0 {_TOP + _THICK - 0.5}h{_OPEN_END - 4}"
    tail = element("path", class_="open", fill="none", d=after) if bar.at_least else ""
    words = text(bar.words, x=_GAP + (_OPEN_END - 4 if tail else 0), y=_TOP + 13)
    yield element("svg", tail + words, x=percent(max(zero, at, *ends)), overflow="visible")


def _whisker(low: float, high: float) -> str:
    middle, top, bottom = _TOP + _THICK / 2, _TOP + 3, _TOP + _THICK - 3
    lines = [(low, middle, high, middle), (low, top, low, bottom), (high, top, high, bottom)]
    drawn = "".join(
        element("line", x1=percent(x1), y1=y1, x2=percent(x2), y2=y2) for x1, y1, x2, y2 in lines
    )
    return element("g", drawn, class_="whisker")


def _area(limit: Limit, plot: _Plot) -> str:
    at = plot.across(limit.value)
    low, high = (0.0, at) if limit.lower_is_better else (at, plot.full)
    return element(
        "rect",
        class_="band",
        x=percent(low),
        y=plot.top,
        width=percent(high - low),
        height=plot.height,
        transform=f"translate({_INSET})",
        fill_opacity=0.12,
    )


def _line(limit: Limit, plot: _Plot) -> str:
    """The line across each bar; it leaves the names alone, which stand between the bars."""
    at = percent(plot.across(limit.value))
    lines = [
        element("line", x1=at, y1=y, x2=at, y2=y + _THICK + 4)
        for y in range(plot.top + _TOP - 2, plot.bottom, _ROW)
    ]
    return element(
        "g",
        "".join(lines),
        class_="band-edge" if limit.band else "bound",
        transform=f"translate({_INSET})",
    )


def _sentences(
    bars: Sequence[Bar],
    limits: Sequence[Limit],
    lower_is_better: bool | None,
    winner: str,
    summary: str,
) -> Iterator[str]:
    """What a sighted reader sees: which is first, which is next, how far they are apart."""
    if not bars:
        yield "There are no bars."
        return
    first, *rest = bars
    yield f"{first.name} is {f'the {winner}' if winner else 'first'}: {first.words}."
    if rest:
        yield f"Next is {rest[0].name}: {rest[0].words}."
    if summary:
        yield summary
    if lower_is_better is not None:
        yield f"{'Lower' if lower_is_better else 'Higher'} is better."
    yield from limits_to_text(limits)
    unknown = sum(bar.value is None for bar in bars)
    if unknown:
        yield f"{unknown:,} of {len(bars):,} values {'is' if unknown == 1 else 'are'} unknown."
    yield "The table below has every value."
