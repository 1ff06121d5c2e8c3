"""The charts of the routing mix: shares as bars, and a column a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from zumik.core.traffic.mix import MixCounts, MixKey
from zumik.pages.charts.day_columns import DayCount, day_columns
from zumik.pages.charts.ranked_bars import Bar, ranked_bars
from zumik.pages.charts.svg import Svg
from zumik.reports.mix_report import named
from zumik.reports.text import plural, share_text, short_count

_MANY = {"alias": "aliases", "model": "models", "release": "releases", "day": "days"}


def shares(
    name: str, rows: Sequence[tuple[MixKey, MixCounts]], by: Sequence[str], requests: int
) -> Svg:
    """A bar for each row, the most frequent first, as part of all `requests`."""
    bars = [
        Bar(
            " → ".join(named(key, by)),
            Fraction(counts.requests),
            f"{share_text(counts.requests, requests)}, {short_count(counts.requests)}",
        )
        for key, counts in rows
    ]
    what = " and ".join(_MANY[word] for word in by).capitalize()
    return ranked_bars(name, f"{what} by their share of the requests", bars, winner="", most=12)


def requests_a_day(rows: Sequence[tuple[MixKey, MixCounts]], requests: int) -> Svg:
    """A column for each day that a row has; calls without a time are in none."""
    days = [
        DayCount(
            date.fromisoformat(key.day),
            counts.requests,
            f"{plural(counts.requests, 'request')}, {share_text(counts.requests, requests)}",
        )
        for key, counts in rows
        if key.day
    ]
    return day_columns("days", "Requests a day", days)
