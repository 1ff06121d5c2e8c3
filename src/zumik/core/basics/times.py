"""Times and spans: the one reader of each form in which files, people and logs write them.

Files hold one spelling only, so that the same time always has the same bytes. People and logs may
use any ISO 8601 form. All times are UTC; every function here raises ValueError for what it does not
read, and the caller says which option or field was meant.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

_SPAN = re.compile(r"([1-9][0-9]{0,8})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def day_from_text(text: str) -> date:
    """The calendar day that a file writes: `2026-06-09`, and no other spelling."""
    day = date.fromisoformat(text)
    # Python also reads week dates and days without hyphens, which would be second spellings.
    if day.isoformat() != text:
        raise ValueError("not written as YYYY-MM-DD")
    return day


def moment_from_text(text: str) -> datetime:
    """The time in UTC, to the second, that a file writes: `2026-06-09T08:00:00Z`."""
    moment = datetime.fromisoformat(text)
    if moment_text(moment) != text:
        raise ValueError("not written as YYYY-MM-DDTHH:MM:SSZ")
    return moment


def moment_text(value: datetime) -> str:
    """How a UTC time is written: `2026-06-09T08:00:00Z`."""
    return value.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def utc_from_iso(text: str) -> datetime:
    """The time in UTC that any ISO 8601 form says; a time without an offset is taken as UTC.

    A date alone is its first moment. Fractions of a second stay.
    """
    moment = datetime.fromisoformat(text)
    try:
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        # The first and the last day that Python knows, moved by an offset.
        raise ValueError("beyond the years 1 to 9999") from None


def span_from_text(text: str, units: str = "smhd") -> timedelta:
    """The length of time that a person writes: `90s`, `15m`, `4h` or `2d`; never zero.

    `units` are the letters that are allowed.
    """
    match = _SPAN.fullmatch(text)
    if match is None or match[2] not in units:
        raise ValueError("not a number and a unit")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
