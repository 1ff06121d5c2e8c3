"""Where the names and the numbers of points stand.

Places are found for the narrowest page; on a wider one the points are farther apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from zumik.pages.charts.svg import percent, text
from zumik.pages.charts.text_width import NARROW_PAGE, shortened, text_width

LINE = 16
"""Pixels from one line of a label to the next."""

_NEAR = 10
_TALL = 11
_BOLD = 1.1


class Spot(NamedTuple):
    """A point's rank, its place across from 0 to 1, and its pixels down.

    Its shape reaches so many pixels from there to the `right`, upwards and downwards.
    """

    rank: int
    across: float
    down: float
    right: float = 7
    up: float = 7
    below: float = 7


class Line(NamedTuple):
    """A line of a name: where it begins, ends or has its middle, and its baseline."""

    words: str
    anchor: str
    across: float
    down: float

    @property
    def box(self) -> Box:
        """Its area on the narrowest page."""
        width = text_width(self.words) * _BOLD
        left = self.across * NARROW_PAGE - _before(self.anchor, width)
        return Box(left, self.down - _TALL, left + width, self.down + 4)


class NumberPlace(NamedTuple):
    """Where a number stands, in pixels from its point."""

    anchor: str
    dx: float
    dy: float


class Box(NamedTuple):
    """An area on the narrowest page, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two have a part in common."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def name_lines(
    spot: Spot, lines: Sequence[str], spots: Iterable[Spot], left: float, top: float
) -> Sequence[Line]:
    """The lines above the point, or below it where there is no room or less in the way.

    They stay below `top`, and right of `left`, a place from 0 to 1, if they are short enough.
    """
    high = LINE * (len(lines) - 1)
    above = _lines(spot, lines, left, -_NEAR - 4 - high)
    below = _lines(spot, lines, left, _NEAR + _TALL + 2)
    if above[0].down - _TALL < top:
        return below
    others = [_spot_box(other) for other in spots if other != spot]
    return min(above, below, key=lambda found: sum(_met(line.box, others) for line in found))


def _lines(spot: Spot, lines: Sequence[str], left: float, first: float) -> Sequence[Line]:
    found = []
    middle = spot.across * NARROW_PAGE
    for place, line in enumerate(lines):
        words = shortened(line, NARROW_PAGE / _BOLD)
        half = text_width(words) * _BOLD / 2
        edge = max(0.0, min(left, 1 - half * 2 / NARROW_PAGE))
        anchor, across = "middle", spot.across
        if middle - half < edge * NARROW_PAGE:
            anchor, across = "start", edge
        elif middle + half > NARROW_PAGE:
            anchor, across = "end", 1.0
        found.append(Line(words, anchor, across, spot.down + first + LINE * place))
    return found


def name_texts(lines: Sequence[Line]) -> Iterator[str]:
    """The lines as texts."""
    for line in lines:
        yield text(
            line.words,
            class_="name",
            x=percent(line.across),
            y=line.down,
            text_anchor=line.anchor,
        )


def anchor_at(across: float) -> str:
    """What part of a short text stands at a place across, so that all of it is in the chart."""
    return "start" if across < 0.13 else "end" if across > 0.87 else "middle"


def number_places(spots: Sequence[Spot], taken: Sequence[Box]) -> Iterator[NumberPlace]:
    """Beside each point, where a number meets the fewest points, numbers and `taken` areas."""
    boxes = [*map(_spot_box, spots), *taken]
    for place, spot in enumerate(spots):
        width = text_width(str(spot.rank))
        sides = (
            NumberPlace("start", spot.right + 3, 4),
            NumberPlace("end", -_NEAR, 4),
            NumberPlace("middle", 0, -spot.up - 3),
            NumberPlace("middle", 0, spot.below + _TALL + 2),
        )
        others = boxes[:place] + boxes[place + 1 :]
        best = min(sides, key=lambda side: _met(_number_box(spot, side, width), others))
        boxes.append(_number_box(spot, best, width))
        yield best


def _number_box(spot: Spot, side: NumberPlace, width: float) -> Box:
    left = spot.across * NARROW_PAGE + side.dx
    left -= _before(side.anchor, width)
    bottom = spot.down + side.dy
    return Box(left, bottom - _TALL, left + width, bottom)


def _before(anchor: str, width: float) -> float:
    return {"start": 0.0, "middle": width / 2, "end": width}[anchor]


def _spot_box(spot: Spot) -> Box:
    middle = spot.across * NARROW_PAGE
    return Box(middle - 7, spot.down - spot.up, middle + spot.right, spot.down + spot.below)


def _met(box: Box, others: Iterable[Box]) -> int:
    outside = box.left < 0 or box.right > NARROW_PAGE
    return outside + sum(box.meets(other) for other in others)
