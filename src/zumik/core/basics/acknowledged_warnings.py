"""Warnings that a person accepts until a day: which acknowledgement is of which warning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from zumik.core.basics.findings import Acknowledgement, Finding, Severity

MOST_DAYS = 366
"""How far ahead an acknowledgement may end: in a year the next person looks at the warning."""


def acknowledged(
    findings: Iterable[Finding], entries: Iterable[Acknowledgement], day: date, directory: str
) -> Iterator[Finding]:
    """The same findings; each warning says what accepts it on this day, or that this has ended.

    `directory` is where the workspace lies, as the locations of the findings name it.
    """
    by_code: defaultdict[str, list[Acknowledgement]] = defaultdict(list)
    for entry in entries:
        by_code[entry.code].append(entry)
    for finding in findings:
        of = [entry for entry in by_code[finding.code] if is_of(entry, finding, directory)]
        held = next((entry for entry in of if is_in_force(entry, day)), None)
        over = [entry.until for entry in of if entry.until < day]
        if held is not None:
            yield finding._replace(acknowledged=held)
        elif over:
            said = f"{finding.message}; its acknowledgement ended on {max(over)}"
            yield finding._replace(message=said)
        else:
            yield finding


def is_of(entry: Acknowledgement, finding: Finding, directory: str) -> bool:
    """Whether a finding is a warning of that code, about every name of the entry."""
    return (
        finding.severity is Severity.WARNING
        and finding.code == entry.code
        and {*entry.about} <= {*names_of(finding, directory)}
    )


def names_of(finding: Finding, directory: str) -> tuple[str, ...]:
    """What a finding is about; where it names nothing, its file as from the workspace."""
    return finding.about or (finding.location.file.removeprefix(f"{directory}/"),)


def is_in_force(entry: Acknowledgement, day: date) -> bool:
    """Whether an entry says why, has not ended, and ends soon enough to count at all."""
    return bool(entry.reason) and 0 <= (entry.until - day).days <= MOST_DAYS
