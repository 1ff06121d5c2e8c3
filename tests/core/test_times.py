"""Times and spans: each form is read by one function, and what it does not read is a ValueError."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.core.basics.times import (
    day_from_text,
    moment_from_text,
    moment_text,
    span_from_text,
    utc_from_iso,
)


@given(st.dates())
def test_a_day_has_one_spelling(day: date) -> None:
    assert day_from_text(day.isoformat()) == day


@pytest.mark.parametrize("text", ["", "20260609", "2026-W24-2", "2026-6-9", "2026-02-30", "soon"])
def test_other_spellings_of_a_day_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  (the caller words it)
        day_from_text(text)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_has_one_spelling(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert moment_from_text(moment_text(moment)) == moment


@pytest.mark.parametrize(
    "text", ["", "2026-06-09", "2026-06-09T08:00:00", "2026-06-09T08:00:00+00:00", "2026-06-09T08Z"]
)
def test_other_spellings_of_a_moment_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        moment_from_text(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-09", datetime(2026, 6, 9, tzinfo=UTC)),
        ("2026-06-09T08:00", datetime(2026, 6, 9, 8, tzinfo=UTC)),
        ("2026-06-09 10:00:00.5+02:00", datetime(2026, 6, 9, 8, 0, 0, 500_000, tzinfo=UTC)),
        ("20260609T080000Z", datetime(2026, 6, 9, 8, tzinfo=UTC)),
    ],
)
def test_any_iso_form_is_read_as_utc(text: str, moment: datetime) -> None:
    assert utc_from_iso(text) == moment


@pytest.mark.parametrize("text", ["", "now", "0001-01-01T00:00+05:00", "9999-12-31T23:00-05:00"])
def test_what_is_no_time_in_utc_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        utc_from_iso(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90s", timedelta(seconds=90)),
        ("15m", timedelta(minutes=15)),
        ("4h", timedelta(hours=4)),
        ("2d", timedelta(days=2)),
        ("999999999d", timedelta(days=999_999_999)),
    ],
)
def test_a_span_is_a_number_and_a_unit(text: str, span: timedelta) -> None:
    assert span_from_text(text) == span


@pytest.mark.parametrize("text", ["", "0s", "-1h", "1", "h", "1.5h", "1 h", "01h", "1h30m", "1w"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011
        span_from_text(text)


def test_a_caller_can_allow_fewer_units() -> None:
    assert span_from_text("1m", "mhd") == timedelta(minutes=1)
    with pytest.raises(ValueError):  # noqa: PT011
        span_from_text("1s", "mhd")
