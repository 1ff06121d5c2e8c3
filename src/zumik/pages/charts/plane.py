"""Cost against quality: the winner named, the others by their rank, and on focus by their name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from zumik.pages.charts.limits import KEY_HEIGHT, Limit, limit_keys, limits_to_text
from zumik.pages.charts.point_labels import (
    Line,
    NumberPlace,
    Spot,
    name_lines,
    name_texts,
    number_places,
)
from zumik.pages.charts.scale import LinearScale, LogScale, Scale
from zumik.pages.charts.svg import Svg, at, chart, element, percent, text
from zumik.pages.charts.text_width import NARROW_PAGE, shortened, text_width
from zumik.reports.text import figure, plural, safe

_ROW, _PLOT = 22, 300
_RIGHT = 0.97
_LOG_FROM = 30
_MOST = 30
_TABLE = "The table below has every figure."
_MARGIN = Fraction(1, 12)
_OPEN_END = 18
_DIAMOND = "M0-8L8 0L0 8L-8 0Z"


class Axis(NamedTuple):
    """What one direction means, the unit of its figures, and which end is better."""

    measure: str
    unit: str
    lower_is_better: bool


class Point(NamedTuple):
    """A model at its cost and quality. `words` are both, as every report writes them.

    `low` and `high` are the ends of the quality's error. A cost `at_least` may be greater in truth.
    """

    name: str
    cost: Fraction | None
    quality: Fraction | None
    words: str
    low: Fraction | None = None
    high: Fraction | None = None
    at_least: bool = False


def plane(
    name: str,
    title: str,
    points: Sequence[Point],
    cost: Axis,
    quality: Axis,
    *,
    cost_limits: Sequence[Limit] = (),
    quality_limits: Sequence[Limit] = (),
    summary: str = "",
) -> Svg:
    """Cost across and quality upwards, of points in the order of rank: the first one wins.

    The scale of cost is logarithmic where the greatest is more than thirty times the least. Points
    after the first thirty are counted and not drawn. `summary` is a sentence for the description.
    Raises ValueError for the name.
    """
    known = [
        _Known(rank, point, point.cost, point.quality)
        for rank, point in enumerate(points, 1)
        if point.cost is not None and point.quality is not None
    ]
    shown = known[:_MOST]
    limits = [*quality_limits, *cost_limits]
    frame = _frame(shown, cost_limits, quality_limits, quality.unit, KEY_HEIGHT * len(limits))
    upright = [limit for limit in cost_limits if _holds(frame.x, limit)]
    level = [limit for limit in quality_limits if _holds(frame.y, limit)]
    notes = [*_notes(len(points) - len(known), len(known) - len(shown))]
    content = [
        *limit_keys(limits, [*upright, *level], level=quality_limits),
        *(_band(limit, frame, upright=True) for limit in upright if limit.band),
        *(_band(limit, frame, upright=False) for limit in level if limit.band),
        *_axes(frame, cost, quality),
        *(_bound(limit, frame, upright=True) for limit in upright if not limit.band),
        *(_bound(limit, frame, upright=False) for limit in level if not limit.band),
        *_points(shown, frame),
        *(
            text(note, y=frame.bottom + 60 + _ROW * place, class_="quiet")
            for place, note in enumerate(notes)
        ),
    ]
    height = frame.bottom + 46 + _ROW * len(notes)
    parts = _description(points, len(shown), frame, (cost, quality), limits, summary)
    said = " ".join([*parts, *(f"{note}." for note in notes), _TABLE])
    return chart(name, title, said, height, content, role="group")


class _Known(NamedTuple):
    """A point that has a place in the plane."""

    rank: int
    point: Point
    cost: Fraction
    quality: Fraction


class _Frame(NamedTuple):
    """Where the plane is: its scales, the share of the width left of it, and its upper edge."""

    x: Scale
    y: Scale
    left: float
    top: int

    @property
    def bottom(self) -> int:
        return self.top + _PLOT

    def across(self, value: Fraction) -> float:
        return self.left + self.x.place(value) * (_RIGHT - self.left)

    def down(self, value: Fraction) -> float:
        return self.top + (1 - self.y.place(value)) * _PLOT


def _frame(
    shown: Sequence[_Known],
    cost_limits: Sequence[Limit],
    quality_limits: Sequence[Limit],
    unit: str,
    top: int,
) -> _Frame:
    ends = [end for each in shown for end in (each.quality, each.point.low, each.point.high)]
    y = LinearScale(*_margin(*_reach([end for end in ends if end is not None], quality_limits)))
    low, high = _reach([each.cost for each in shown], cost_limits)
    x: Scale
    if low > 0 and high > low * _LOG_FROM:
        x = LogScale(low * Fraction(4, 5), high * Fraction(5, 4), 5)
    elif low >= 0:
        x = LinearScale(Fraction(0), high * (1 + _MARGIN) or Fraction(1), 4)
    else:
        x = LinearScale(*_margin(low, high), 4)
    widest = max((text_width(figure(tick, unit)) for tick in y.ticks()), default=0)
    return _Frame(x, y, min(0.3, (widest + 10) / NARROW_PAGE), top + _ROW)


def _reach(values: Sequence[Fraction], limits: Sequence[Limit]) -> tuple[Fraction, Fraction]:
    """The least and the greatest value, and the limits that are no farther than these are apart."""
    if not values:
        return Fraction(0), Fraction(0)
    low, high = min(values), max(values)
    apart = (high - low) or abs(high)
    near = [limit.value for limit in limits if low - apart <= limit.value <= high + apart]
    return min([low, *near]), max([high, *near])


def _margin(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    free = (high - low) * _MARGIN or abs(high) * _MARGIN or Fraction(1)
    return low - free, high + free


def _holds(scale: Scale, limit: Limit) -> bool:
    return scale.low <= limit.value <= scale.high


def _axes(frame: _Frame, cost: Axis, quality: Axis) -> Iterator[str]:
    """Lines at round values, their figures, and what each direction means."""
    for tick in frame.y.ticks():
        y = frame.down(tick)
        yield element("line", class_="grid", x1=percent(frame.left), y1=y, x2=percent(_RIGHT), y2=y)
        label = text(figure(tick, quality.unit), x=-6, y=4, text_anchor="end", class_="quiet")
        yield at(frame.left, y, label)
    for tick in frame.x.ticks():
        x = percent(frame.across(tick))
        yield element("line", class_="grid", x1=x, y1=frame.top, x2=x, y2=frame.bottom + 4)
        yield text(
            figure(tick, cost.unit),
            x=x,
            y=frame.bottom + 18,
            text_anchor="middle",
            class_="quiet",
        )
    yield text(_direction(quality, "↑", "↓"), y=frame.top - 8)
    scale = " (log scale)" if isinstance(frame.x, LogScale) else ""
    yield text(
        _direction(cost, "→", "←", scale), x=percent(_RIGHT), y=frame.bottom + 38, text_anchor="end"
    )


def _direction(axis: Axis, more: str, less: str, scale: str = "") -> str:
    arrow = less if axis.lower_is_better else more
    after = f", {_better(axis)}{scale}"
    room = NARROW_PAGE * _RIGHT - text_width(f"{arrow} {after}")
    return f"{arrow} {shortened(safe(axis.measure), room)}{after}"


def _bound(limit: Limit, frame: _Frame, *, upright: bool) -> str:
    """A line from edge to edge."""
    x1, x2, y1, y2 = frame.left, _RIGHT, float(frame.top), float(frame.bottom)
    if upright:
        x1 = x2 = frame.across(limit.value)
    else:
        y1 = y2 = frame.down(limit.value)
    return element(
        "g", element("line", x1=percent(x1), y1=y1, x2=percent(x2), y2=y2), class_="bound"
    )


def _band(limit: Limit, frame: _Frame, *, upright: bool) -> str:
    """The area from its value to the better end."""
    left, right, top, bottom = frame.left, _RIGHT, float(frame.top), float(frame.bottom)
    if upright:
        place = frame.across(limit.value)
        left, right = (left, place) if limit.lower_is_better else (place, right)
    else:
        place = frame.down(limit.value)
        top, bottom = (place, bottom) if limit.lower_is_better else (top, place)
    return element(
        "rect",
        class_="band",
        x=percent(left),
        y=top,
        width=percent(right - left),
        height=bottom - top,
        fill_opacity=0.12,
    )


def _points(shown: Sequence[_Known], frame: _Frame) -> Iterator[str]:
    """Each point with its name, which all but the winner's show on focus."""
    spots = [_spot(each, frame) for each in shown]
    names = [
        name_lines(spot, _lines(each), spots, frame.left, frame.top)
        for spot, each in zip(spots, shown, strict=True)
    ]
    named = (name for spot, name in zip(spots, names, strict=True) if spot.rank == 1)
    taken = [line.box for name in named for line in name]
    numbers = number_places(spots, taken)
    for spot, name, number, each in zip(spots, names, numbers, shown, strict=True):
        yield _point(spot, name, number, each, frame)


def _spot(known: _Known, frame: _Frame) -> Spot:
    down, point = frame.down(known.quality), known.point
    up = below = 7.0
    if point.low is not None and point.high is not None:
        up, below = max(up, down - frame.down(point.high)), max(below, frame.down(point.low) - down)
    right = _OPEN_END if point.at_least else 7
    return Spot(known.rank, frame.across(known.cost), down, right, up, below)


def _lines(known: _Known) -> tuple[str, str]:
    winner = "winner: " if known.rank == 1 else ""
    return f"{known.rank}. {safe(known.point.name)}", f"{winner}{safe(known.point.words)}"


def _point(
    spot: Spot, name: Sequence[Line], number: NumberPlace, known: _Known, frame: _Frame
) -> str:
    point, wins = known.point, known.rank == 1
    # The circle without colour is what a finger or a pointer meets.
    parts = [element("circle", class_="touch", r=14, fill_opacity=0)]
    if point.low is not None and point.high is not None:
        top, bottom = (frame.down(end) - spot.down for end in (point.high, point.low))
        error = f"M-4 {top:.2f}h8M0 {top:.2f}V{bottom:.2f}M-4 {bottom:.2f}h8"
        parts.append(element("path", class_="whisker", d=error))
    if point.at_least:
        parts.append(element("path", class_="open", d=f"M8-4H{_OPEN_END}M8 4H{_OPEN_END}"))
    if wins:
        parts.append(element("path", class_="dot", d=_DIAMOND))
    else:
        parts.append(element("circle", class_="dot", r=5))
        parts.append(text(f"{spot.rank}", x=number.dx, y=number.dy, text_anchor=number.anchor))
    return element(
        "g",
        at(spot.across, spot.down, "".join(parts)) + "".join(name_texts(name)),
        class_="point winner" if wins else "point",
        tabindex=0,
        role="img",
        aria_label=", ".join(_lines(known)),
    )


def _description(
    points: Sequence[Point],
    shown: int,
    frame: _Frame,
    axes: tuple[Axis, Axis],
    limits: Sequence[Limit],
    summary: str,
) -> Iterator[str]:
    """What a sighted reader sees: who wins, who is next, and what the two directions are."""
    cost, quality = axes
    if points:
        yield f"{points[0].name} is the winner: {points[0].words}."
    if points[1:]:
        yield f"Next is {points[1].name}: {points[1].words}."
    if summary:
        yield summary
    log = ", on a logarithmic scale" if isinstance(frame.x, LogScale) else ""
    yield f"{plural(shown, 'point')}: {cost.measure} from left to right{log}, {_better(cost)};"
    yield f"{quality.measure} from the bottom up, {_better(quality)}."
    yield from limits_to_text(limits)


def _better(axis: Axis) -> str:
    return f"{'lower' if axis.lower_is_better else 'higher'} is better"


def _notes(unknown: int, left: int) -> Iterator[str]:
    """Who has no point, and why."""
    if unknown:
        yield f"{plural(unknown, 'model has', 'models have')} no place, as a figure is unknown"
    if left:
        yield f"{plural(left, 'lower rank is', 'lower ranks are')} not drawn"
