"""Times and spans: the one reader of each form in which files, people and logs write them.

Files hold one spelling only, so that the same time always has the same bytes. People and logs may
use any ISO 8601 form. All times are UTC; every function here raises ValueError for what it does not
read, and the caller says which option or field was meant.
"""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far another clock may differ from ours before what it says counts as wrong."""

_SPAN = re.compile(r"([1-9][0-9]{0,8})([smhd])")
_NUMBER = re.compile(r"[0-9]{9,19}(\.[0-9]{1,9})?")
# Python's own reader takes any character between date and time, the decimals of an hour for those
# of a second, and the offset of a date for a time: what it may read is said here.
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}|[0-9]{4}-W[0-9]{2}(?:-[1-7])?|[0-9]{4}W[0-9]{2}[1-7]?)"
    r"(?:[T ]([0-9]{2})(?:(:?)([0-9]{2})(?:\3([0-9]{2})(\.[0-9]+)?)?)?"
    r" ?(?:Z|UTC|GMT|([+-][0-9]{2}:?[0-5][0-9]|[+-][0-9]{2}))?)?"
)
_USUAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_SPACE = " \t\n\v\f\r"
_CLF = re.compile(
    r"([0-9]{2})/([A-Za-z]{3})/([0-9]{4}):([0-9]{2}:[0-9]{2}:[0-9]{2} [+-][0-9]{2}[0-5][0-9])"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# No notation of a time is as long; a longer text is refused before any pattern reads it.
_LONGEST_TIME = 64
_1970 = datetime(1970, 1, 1, tzinfo=UTC)
_YEAR_1971, _YEAR_2300 = 31_536_000, 10_413_792_000
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def day_from_text(text: str) -> date:
    """The calendar day that a file writes: `2026-06-09`, and no other spelling."""
    day = date.fromisoformat(text)
    # Python also reads week dates and days without hyphens, which would be second spellings.
    if day.isoformat() != text:
        raise ValueError("not written as YYYY-MM-DD")
    return day


def days_after(day: date, days: int) -> date:
    """The day that is so many days later, and no further than the calendar goes."""
    return day + timedelta(days=min(days, (date.max - day).days))


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


def moment_of_log(value: object) -> datetime | None:
    """The time in UTC that a logger wrote, in any of the usual forms; None for another text.

    ISO 8601 with its relatives (lower-case letters, `UTC` behind, slashes, a comma before the
    fraction, a leap second), the Common Log Format, seconds, milliseconds, microseconds or
    nanoseconds since 1970 as a number or as text, and MongoDB's `{"$date": …}`.
    """
    if isinstance(value, dict) and value.keys() == {"$date"}:
        value = value["$date"]
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _since_1970(Decimal(str(value)))
    if not isinstance(value, str) or len(value) > _LONGEST_TIME:
        return None
    with suppress(ValueError):
        # What most loggers write needs no other look; a leap second does.
        if _USUAL.fullmatch(value):
            return datetime.fromisoformat(value)
    text = value.strip(_SPACE)
    if _NUMBER.fullmatch(text):
        return _since_1970(Decimal(text))
    try:
        # Digits alone are a count, and never a date: another reader may take them for a count.
        return None if text.isdigit() else _iso_of_log(_common_log(text) or text)
    except ValueError:
        return None


def micros_from_moment(value: datetime) -> int:
    """Microseconds since 1970, cut off below."""
    return (value - _1970) // timedelta(microseconds=1)


def moment_from_micros(micros: int) -> datetime:
    """The time in UTC that is so many microseconds after 1970 begins."""
    return _1970 + timedelta(microseconds=micros)


def _since_1970(number: Decimal) -> datetime | None:
    """A count since 1970, in the unit that puts it between 1971 and 2300; None where none does."""
    if not number.is_finite():
        return None
    for digits in (0, 3, 6, 9):
        seconds = number.scaleb(-digits)
        if _YEAR_1971 <= seconds < _YEAR_2300:
            return moment_from_micros(int(seconds * 1_000_000))
    return None


def _iso_of_log(text: str) -> datetime:
    match = _ISO.fullmatch(text.replace("/", "-").replace(",", ".").upper())
    if match is None:
        raise ValueError("not ISO 8601")
    date, hour, _, minute, second, fraction, offset = match.groups(default="")
    # Python knows no second 60: a leap second is taken as the one that follows it.
    clock = ":".join(part for part in (hour, minute, "59" if second == "60" else second) if part)
    moment = utc_from_iso(f"{date}T{clock}{fraction}{offset}" if clock else date)
    try:
        return moment + timedelta(seconds=1) if second == "60" else moment
    except OverflowError:
        raise ValueError("beyond the years 1 to 9999") from None


def _common_log(text: str) -> str | None:
    """`28/Nov/2026:03:02:51 +0000`, as Apache and nginx write it, in ISO 8601.

    Its months are English. None for another text.
    """
    match = _CLF.fullmatch(text)
    if match is None or match[2].title() not in _MONTHS:
        return None
    day, month, year, clock = match.groups()
    return f"{year}-{_MONTHS.index(month.title()) + 1:02}-{day}T{clock}"


def span_from_text(text: str, units: str = "smhd") -> timedelta:
    """The length of time that a person writes: `90s`, `15m`, `4h` or `2d`; never zero.

    `units` are the letters that are allowed.
    """
    match = _SPAN.fullmatch(text)
    if match is None or match[2] not in units:
        raise ValueError("not a number and a unit")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
