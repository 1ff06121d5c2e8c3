"""Warnings that people accept until a day, a line for each acknowledgement, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from zumik.core.basics.findings import Acknowledgement, Finding
from zumik.core.reviews.review import AcknowledgementChange
from zumik.reports.escapes import one_line
from zumik.reports.text import plural

_MOST_NAMED = 3
_MOST_OF_NAMES = 300


def acknowledged_lines(findings: Iterable[Finding]) -> list[str]:
    """What is acknowledged, a line for each entry: one entry can be of several warnings."""
    entries: dict[Acknowledgement, list[Finding]] = {}
    for finding in findings:
        if finding.acknowledged is not None:
            entries.setdefault(finding.acknowledged, []).append(finding)
    return [
        f"acknowledged: {acknowledged_to_text(entry, found)}" for entry, found in entries.items()
    ]


def acknowledged_to_text(
    entry: Acknowledgement, found: Iterable[Finding] = (), *, was: str = ""
) -> str:
    """`CODE of NAMES until DAY: reason`, and what else the warnings in `found` are about.

    `was` is what to say of the day.
    """
    names = dict.fromkeys(name for finding in found for name in finding.about)
    others = [name for name in names if name not in entry.about]
    more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
    beside = f" ({', '.join(others[:_MOST_NAMED])}{more})" if others else ""
    # A long name must not hide the day and the reason.
    what = one_line(f"{entry.code} of {', '.join(entry.about)}{beside}", _MOST_OF_NAMES)
    return f"{what} until {entry.until}{was}: {one_line(entry.reason)}"


def count_to_text(count: int) -> str:
    """How many warnings are acknowledged: `2 warnings acknowledged`."""
    return f"{plural(count, 'warning')} acknowledged"


def acknowledgement_to_json(entry: Acknowledgement | None) -> dict[str, object] | None:
    """Until which day, and why."""
    return entry and {"until": entry.until.isoformat(), "reason": entry.reason}


def acknowledgement_changes_to_json(
    changes: Iterable[AcknowledgementChange],
) -> list[dict[str, object]]:
    """Each acknowledgement that changes, before and after."""
    return [
        {
            "code": entry.code,
            "about": list(entry.about),
            "before": acknowledgement_to_json(change.before),
            "after": acknowledgement_to_json(change.after),
        }
        for change in changes
        if (entry := change.after or change.before)
    ]
