"""Each chart as it is: a changed place or word is seen in the file's difference.

Run with UPDATE_EXPECTED=1 in the environment to write the files again, and then look at them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from tests.pages.charts.drawing import drawing

from zumik.pages.charts.day_columns import DayCount, day_columns
from zumik.pages.charts.limits import Limit
from zumik.pages.charts.plane import Axis, Point, plane
from zumik.pages.charts.ranked_bars import Bar, ranked_bars
from zumik.pages.charts.step_line import Move, step_line
from zumik.pages.charts.svg import Svg

GOLDEN = Path(__file__).parent / "golden"
STYLES = Path(__file__).parents[3] / "src" / "zumik" / "pages" / "charts" / "charts.css"


def _bars() -> Svg:
    bars = [
        Bar("acme/small", Fraction("0.0006"), "$0.0006"),
        Bar("globex/steady", Fraction("0.00062"), "≥ $0.00062", at_least=True),
        Bar("acme/large", Fraction("0.0028"), "≤ $0.0028", at_most=True),
        Bar("initech/new", None, "unknown"),
    ]
    band = Limit("within 5 % of the best: up to $0.00063", Fraction("0.00063"), band=True)
    bound = Limit("required: at most $0.003", Fraction("0.003"))
    return ranked_bars("bars", "Cost per request", bars, limits=[band, bound], lower_is_better=True)


def _plane() -> Svg:
    low, high = Fraction(82), Fraction(86)
    points = [
        Point("acme/small", Fraction("0.0006"), Fraction(84), "$0.0006, 84", low, high),
        Point("globex/steady", Fraction("0.02"), Fraction(90), "≥ $0.02, 90", at_least=True),
        Point("acme/large", Fraction("0.04"), Fraction(89), "$0.04, 89"),
        Point("initech/new", None, Fraction(70), "unknown, 70"),
    ]
    band = Limit("within 10 % of the best: from 81", Fraction(81), band=True, lower_is_better=False)
    cost, quality = Axis("cost per request", "usd", True), Axis("quality", "", False)
    return plane("plane", "Cost against quality", points, cost, quality, quality_limits=[band])


def _line() -> Svg:
    start = datetime(2026, 6, 9, 9, tzinfo=UTC)
    moves = [
        Move(start, "promote", "alr_2026_06_09_001", "acme/small"),
        Move(start + timedelta(50), "promote", "alr_2026_07_29_001", "acme/large"),
        Move(start + timedelta(60), "rollback", "alr_2026_06_09_001", "acme/small"),
        Move(start + timedelta(160), "retire", "alr_2026_06_09_001", None),
    ]
    releases = [date(2026, 6, 9), date(2026, 7, 29), date(2026, 10, 1)]
    return step_line("line", "Which model answered code.fast", moves, releases)


def _columns() -> Svg:
    first = date(2026, 10, 1)
    days = [DayCount(first + timedelta(n), 100 * n, f"{100 * n:,}") for n in range(1, 21) if n != 9]
    return day_columns("days", "Requests a day", days)


CHARTS = {"bars": _bars, "plane": _plane, "line": _line, "columns": _columns}


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_drawn_as_before(name: str) -> None:
    path = GOLDEN / f"{name}.svg"
    found = f"{CHARTS[name]()}\n"
    if os.environ.get("UPDATE_EXPECTED"):
        path.write_text(found)
    assert found == path.read_text()


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_a_chart_needs_no_style_of_its_own_and_nothing_from_elsewhere(
    chart: Callable[[], Svg],
) -> None:
    drawn = drawing(chart())
    names = {name for each in drawn.root.iter() for name in each.attrib}
    assert not names & {"style", "href", "stroke", "font-family"}
    assert not [name for name in names if name.startswith("on")]
    assert {each.tag for each in drawn.root.iter()} <= {
        *("svg", "title", "desc", "g", "rect", "line", "path", "circle", "text", "tspan"),
    }


def test_every_class_of_a_chart_has_a_rule_or_is_a_name() -> None:
    used = {
        name
        for chart in CHARTS.values()
        for each in drawing(chart()).root.iter()
        for name in each.get("class", "").split()
    }
    ruled = set(re.findall(r"\.([a-z-]+)", STYLES.read_text()))
    assert used - ruled <= {"row", "key", "touch"}


def test_every_colour_of_a_chart_is_one_of_the_pages() -> None:
    pages = (STYLES.parents[1] / "style.css").read_text()
    used = set(re.findall(r"var\((--[a-z]+)\)", STYLES.read_text()))
    assert used
    assert used <= set(re.findall(r"(--[a-z]+):", pages))
