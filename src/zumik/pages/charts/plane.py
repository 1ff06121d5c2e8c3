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
_ZERO = Fraction(0)
_MARGIN = Fraction(1, 12)
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

    The scale of cost is logarithmic where the greatest is more than thirty times the least.
    `summary` is a sentence for the description. Raises ValueError for the name.
    """
    limits = [*quality_limits, *cost_limits]
    frame = _frame(points, cost_limits, quality_limits, quality.unit, KEY_HEIGHT * len(limits))
    drawn = [limit for limit in cost_limits if _holds(frame.x, limit)]
    drawn += [limit for limit in quality_limits if _holds(frame.y, limit)]
    known = [
        (rank, point)
        for rank, point in enumerate(points, 1)
        if point.cost is not None and point.quality is not None
    ]
    unknown = len(points) - len(known)
    content = [
        *limit_keys(limits, drawn, level=quality_limits),
        *(_limit(limit, frame, upright=limit in cost_limits) for limit in drawn if limit.band),
        *_axes(frame, cost, quality),
        *(_limit(limit, frame, upright=limit in cost_limits) for limit in drawn if not limit.band),
        *_points(known, frame),
        *([text(_unknown(unknown), y=frame.bottom + 60, class_="quiet")] if unknown else []),
    ]
    height = frame.bottom + 46 + (_ROW if unknown else 0)
    said = " ".join(_sentences(points, known, frame, cost, quality, limits, summary))
    return chart(name, title, said, height, content, role="group")


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
    points: Sequence[Point],
    cost_limits: Sequence[Limit],
    quality_limits: Sequence[Limit],
    unit: str,
    top: int,
) -> _Frame:
    known = [point for point in points if point.cost is not None and point.quality is not None]
    costs = [point.cost for point in known if point.cost is not None]
    ends = [end for point in known for end in (point.quality, point.low, point.high)]
    y = LinearScale(*_margin(*_reach([end for end in ends if end is not None], quality_limits)))
    low, high = _reach(costs, cost_limits)
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


def _limit(limit: Limit, frame: _Frame, *, upright: bool) -> str:
    """A band from its value to the better end, or a line from edge to edge."""
    place = frame.across(limit.value) if upright else frame.down(limit.value)
    if not limit.band:
        x1, x2 = (place, place) if upright else (frame.left, _RIGHT)
        y1, y2 = (frame.top, frame.bottom) if upright else (place, place)
        line = element("line", x1=percent(x1), y1=y1, x2=percent(x2), y2=y2)
        return element("g", line, class_="bound")
    left, right, top, bottom = frame.left, _RIGHT, float(frame.top), float(frame.bottom)
    if upright:
        left, right = (left, place) if limit.lower_is_better else (place, right)
    else:
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


def _points(known: Sequence[tuple[int, Point]], frame: _Frame) -> Iterator[str]:
    """Each point with its name, which all but the winner's show on focus."""
    spots = [
        Spot(
            rank,
            frame.across(point.cost or _ZERO),
            frame.down(point.quality or _ZERO),
            18 if point.at_least else 7,
        )
        for rank, point in known
    ]
    names = [
        name_lines(spot, [_named(rank, point), safe(point.words)], spots, frame.left, frame.top)
        for spot, (rank, point) in zip(spots, known, strict=True)
    ]
    taken = [name[0].box for spot, name in zip(spots, names, strict=True) if spot.rank == 1]
    numbers = number_places(spots, taken)
    for spot, name, number, (_, point) in zip(spots, names, numbers, known, strict=True):
        yield _point(spot, name, number, point, frame)


def _named(rank: int, point: Point) -> str:
    return f"{rank}. {safe(point.name)}{' (winner)' if rank == 1 else ''}"


def _point(
    spot: Spot, name: Sequence[Line], number: NumberPlace, point: Point, frame: _Frame
) -> str:
    wins = spot.rank == 1
    # The circle without colour is what a finger or a pointer meets.
    parts = [element("circle", class_="touch", r=14, fill_opacity=0)]
    if point.low is not None and point.high is not None:
        top, bottom = (frame.down(end) - spot.down for end in (point.high, point.low))
        error = f"M-4 {top:.2f}h8M0 {top:.2f}V{bottom:.2f}M-4 {bottom:.2f}h8"
        parts.append(element("path", class_="whisker", d=error))
    if point.at_least:
        parts.append(element("path", class_="open", d="M8-4h10M8 4h10"))
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
        aria_label=f"{_named(spot.rank, point)}: {safe(point.words)}",
    )


def _sentences(
    points: Sequence[Point],
    known: Sequence[tuple[int, Point]],
    frame: _Frame,
    cost: Axis,
    quality: Axis,
    limits: Sequence[Limit],
    summary: str,
) -> Iterator[str]:
    if points:
        yield f"{points[0].name} is the winner: {points[0].words}."
    if points[1:]:
        yield f"Next is {points[1].name}: {points[1].words}."
    if summary:
        yield summary
    log = ", on a logarithmic scale" if isinstance(frame.x, LogScale) else ""
    yield f"{plural(len(known), 'point')}: {cost.measure} from left to right{log}, {_better(cost)};"
    yield f"{quality.measure} from the bottom up, {_better(quality)}."
    yield from limits_to_text(limits)
    if len(known) < len(points):
        yield f"{_unknown(len(points) - len(known))}."
    yield "The table below has every figure."


def _better(axis: Axis) -> str:
    return f"{'lower' if axis.lower_is_better else 'higher'} is better"


def _unknown(count: int) -> str:
    return f"{plural(count, 'model has', 'models have')} no place, as a figure is unknown"
