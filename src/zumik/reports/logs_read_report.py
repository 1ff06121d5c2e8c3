"""What was read of logs, as text and JSON: formats, time, what was left out or unreadable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from zumik.core.basics.times import moment_text
from zumik.core.traffic.logged_call import HOW_TO_LOG, NOT_OF_FORMAT
from zumik.core.traffic.logs_read import MAX_EXAMPLES, LogsRead
from zumik.reports.blocks import Section, doubtful
from zumik.reports.text import plural, safe

Name = TypeVar("Name")

# In how many ways decisions were wrapped is shown; the JSON has more.
_MAX_WAYS = 5


def logs_read_rows(logs: LogsRead) -> list[tuple[str, str]]:
    """The formats and the time of the calls, and how many were not asked about, as fields."""
    rows = []
    if logs.formats:
        read = (f"{name} {calls:,}" for name, calls in most_first(logs.formats))
        rows.append(("read as", ", ".join(read)))
    if logs.wrappings:
        ways = most_first(logs.wrappings)
        inside = [f"{', '.join(names)} {calls:,}" for names, calls in ways[:_MAX_WAYS]]
        if rest := ways[_MAX_WAYS:]:
            inside.append(f"{sum(calls for _, calls in rest):,} in {len(rest)} more ways")
        rows.append(("inside", "; ".join(inside)))
    if logs.first_at and logs.last_at:
        first, last = f"{logs.first_at:%Y-%m-%d}", f"{logs.last_at:%Y-%m-%d}"
        rows.append(("days", f"{first} to {last}, in UTC" if first < last else f"{first}, in UTC"))
    if logs.no_calls:
        entries = plural(logs.no_calls, "entry that is no call", "entries that are no calls")
        rows.append(("beside", entries))
    if logs.left_out:
        left = f"{plural(logs.left_out, 'call')} that were not asked about"
        if logs.without_time:
            left += f", of them {logs.without_time:,} without a time"
        rows.append(("left out", left))
    return rows


def most_first(counts: Mapping[Name, int]) -> list[tuple[Name, int]]:
    """By count, and equal ones by name, so that the order of counting does not show."""
    return sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))


def without_decision_section(logs: LogsRead) -> Section:
    """What to do where no call carries a decision; empty where that may be for a selection."""
    if logs.left_out:
        return []
    if sum(logs.formats.values()):
        return [
            doubtful("no call carries a decision of zumik, so there is nothing to replay"),
            *(f"  {line}" for line in HOW_TO_LOG),
        ]
    why, *next_steps = nothing_read_to_text(logs)
    return [doubtful(why), *(f"  {step}" for step in next_steps)]


def nothing_read_to_text(logs: LogsRead) -> list[str]:
    """Why logs have no call that can be read, and then what to do."""
    if not logs.unreadable:
        return ["the logs have no call of a model"]
    if any(why.startswith(NOT_OF_FORMAT) for _, why in logs.unread):
        return [
            "nothing in these logs is of the format that --log-format names",
            "without --log-format each entry is recognised by its content",
        ]
    return [
        "nothing in these logs is of a format that zumik knows",
        "schemas/LOG-FORMATS.md lists them; --log-format FILE maps the fields of another",
    ]


_OF_MAPPING = ": no entry has the key"


def unreadable_section(logs: LogsRead) -> Section:
    """How many entries cannot be read, with the first of them; empty where all can."""
    if not logs.unread:
        return []
    lines = [f"  {safe(str(place))}: {safe(why)}" for place, why in logs.unread]
    if logs.unreadable > MAX_EXAMPLES:
        lines.append(f"  and {logs.unreadable - MAX_EXAMPLES:,} more")
    if any(_OF_MAPPING in why for _, why in logs.unread):
        lines.append("  correct the keys in the mapping, or drop those that no log has")
    return [f"{logs.unreadable:,} unreadable", *lines]


def logs_read_to_json(logs: LogsRead) -> dict[str, object]:
    """All counts, with the examples, and the times of the first and the last call."""
    return {
        "first_at": moment_text(logs.first_at) if logs.first_at else None,
        "last_at": moment_text(logs.last_at) if logs.last_at else None,
        **counts_to_json(logs),
    }


def days_to_json(logs: LogsRead) -> dict[str, object]:
    """The first and the last day: all that is known of the times of equal calls."""
    return {
        "first_day": f"{logs.first_at:%Y-%m-%d}" if logs.first_at else None,
        "last_day": f"{logs.last_at:%Y-%m-%d}" if logs.last_at else None,
    }


def counts_to_json(logs: LogsRead) -> dict[str, object]:
    """All counts, with the examples."""
    return {
        "formats": dict(most_first(logs.formats)),
        "no_calls": logs.no_calls,
        "unreadable": logs.unreadable,
        "left_out": logs.left_out,
        "left_out_without_time": logs.without_time,
        "unread": [{"place": str(place), "why": why} for place, why in logs.unread],
    }
