"""Columns a day: as tall as the counts, and in their place among the days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pages.charts.drawing import NARROW_PAGE, drawing, share_of

from zumik.pages.charts.day_columns import DayCount, day_columns

FIRST = date(2026, 10, 1)

counts = st.dictionaries(st.integers(0, 3000), st.integers(0, 10**12), max_size=60).map(
    lambda found: [
        DayCount(FIRST + timedelta(day), found[day], f"{found[day]:,}") for day in sorted(found)
    ]
)


@given(counts)
def test_everything_is_drawn_within_the_chart(counts: list[DayCount]) -> None:
    one, other = (day_columns("c", "Days", counts) for _ in "ab")
    assert one.encode() == other.encode()
    drawn = drawing(one)
    for place in drawn.places():
        assert -0.01 <= place.across <= NARROW_PAGE + 0.01, place
        assert -0.01 <= place.down <= drawn.height, place


@given(counts)
def test_a_greater_count_never_has_a_shorter_column(counts: list[DayCount]) -> None:
    shown = [each for each in counts if (counts[-1].day - each.day).days < 400]
    columns = drawing(day_columns("c", "Days", counts)).of_class("column")
    by_count = sorted(
        zip(
            [each.number for each in shown],
            [float(c.attrib["height"]) for c in columns],
            strict=True,
        )
    )
    assert [tall for _, tall in by_count] == sorted(tall for _, tall in by_count)
    places = [share_of(column.attrib["x"]) for column in columns]
    assert places == sorted(places)


def test_a_day_without_a_count_leaves_its_place_empty() -> None:
    days = [DayCount(FIRST + timedelta(n), 10, "10") for n in (0, 1, 3)]
    drawn = drawing(day_columns("c", "Days", days))
    first, second, fourth = (share_of(c.attrib["x"]) for c in drawn.of_class("column"))
    assert fourth - second == pytest.approx(2 * (second - first), abs=0.02)
    assert "1 day has none." in drawn.description


def test_the_greatest_is_named_and_marked() -> None:
    days = [DayCount(FIRST + timedelta(n), n, f"{n:,} requests") for n in range(31)]
    drawn = drawing(day_columns("c", "Requests a day", days))
    assert drawn.texts[0] == "most: 2026-10-31: 30 requests"
    assert len(drawn.of_class("most")) == len(drawn.of_class("sign")) == 1
    assert drawn.description == (
        "A column a day from 2026-10-01 to 2026-10-31, in UTC. "
        "The most is on 2026-10-31: 30 requests. The table below has every day."
    )
    assert {"2026-10-01", "2026-10-15", "2026-10-29"} <= set(drawn.texts)


def test_days_before_the_newest_four_hundred_are_not_drawn() -> None:
    days = [DayCount(FIRST + timedelta(n), n, f"{n:,}") for n in range(405)]
    drawn = drawing(day_columns("c", "Days", days))
    assert len(drawn.of_class("column")) == 400
    assert "5 earlier days are not drawn." in drawn.description
