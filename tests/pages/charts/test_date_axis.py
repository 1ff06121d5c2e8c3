"""Days along an axis: round ones, few enough to be read, and never on top of each other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.pages.charts.date_axis import day_ticks, midnight, moment
from zumik.pages.charts.text_width import NARROW_PAGE, text_width


@given(st.dates(date(1000, 1, 1), date(9000, 1, 1)), st.integers(0, 300_000))
def test_names_of_days_do_not_meet(first: date, days: int) -> None:
    last = first + timedelta(days)
    end = -1.0
    ticks = [*day_ticks(first, last, lambda day: (day - first).days / max(days, 1))]
    assert 1 <= len(ticks) <= 5
    for tick in ticks:
        width = text_width(tick.words)
        begin = tick.across * NARROW_PAGE
        begin -= {"start": 0, "middle": width / 2, "end": width}[tick.anchor]
        assert begin > end
        end = begin + width
    assert end <= NARROW_PAGE


@pytest.mark.parametrize(
    ("first", "last", "names"),
    [
        ("2026-11-22", "2026-11-22", ["2026-11-22"]),
        ("2026-10-01", "2026-10-31", ["2026-10-01", "2026-10-15", "2026-10-29"]),
        ("2026-06-09", "2026-11-22", ["2026-07", "2026-09", "2026-11"]),
        ("2020-06-09", "2026-11-22", ["2022-01", "2024-01", "2026-01"]),
    ],
)
def test_the_days_are_round(first: str, last: str, names: list[str]) -> None:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    days = max((end - begin).days, 1)
    ticks = day_ticks(begin, end, lambda day: (day - begin).days / days)
    assert [tick.words for tick in ticks] == names


def test_a_time_is_on_the_axis_of_its_day() -> None:
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert moment(noon) == midnight(date(2026, 11, 22)) + (moment(noon) % 1)
    assert moment(noon) % 1 == moment(datetime(1970, 1, 1, 12, tzinfo=UTC))
