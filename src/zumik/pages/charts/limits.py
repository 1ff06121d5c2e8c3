"""Limits: the bands and the requirements that a chart draws, and its key to them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from zumik.pages.charts.svg import element, fitting
from zumik.pages.charts.text_width import NARROW_PAGE, text_width

KEY_HEIGHT = 22
"""Pixels down that the key to one limit takes."""

_SIGN = 14


class Limit(NamedTuple):
    """A value that parts what is good enough from the rest, and its name with the value in words.

    A requirement is drawn as a line, a `band` as the area from its value to its better end.
    """

    name: str
    value: Fraction
    band: bool = False
    lower_is_better: bool = True


def limit_keys(
    limits: Sequence[Limit], drawn: Container[Limit], level: Container[Limit] = ()
) -> Iterator[str]:
    """What each area or line means, one below the other from the top of the chart.

    Lines are upright but for `level` ones. What is not `drawn` is too far from the values.
    """
    for place, limit in enumerate(limits):
        far = "" if limit in drawn else " (beyond this chart)"
        words = fitting(limit.name, NARROW_PAGE - _SIGN - 8 - text_width(far)) + far
        y = KEY_HEIGHT * place
        sign = _sign(limit, y, level=limit in level)
        yield element("g", sign + element("text", words, x=_SIGN + 8, y=y + 14), class_="key")


def _sign(limit: Limit, y: float, *, level: bool) -> str:
    if limit.band:
        return element("rect", class_="band", y=y + 3, width=_SIGN, height=12, fill_opacity=0.12)
    middle = _SIGN / 2
    return _line(0, y + 9, _SIGN, y + 9) if level else _line(middle, y + 2, middle, y + 16)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return element("g", element("line", x1=x1, y1=y1, x2=x2, y2=y2), class_="bound")


def limits_to_text(limits: Iterable[Limit]) -> Iterator[str]:
    """A sentence for each."""
    for limit in limits:
        yield f"The {'shaded area' if limit.band else 'line'} is {limit.name}."
