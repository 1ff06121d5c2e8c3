"""A check as GitHub Actions reads it: a summary line, then a workflow command for each finding.

No line from outside is a command: what is not written as one here cannot be taken for one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from zumik.core.basics.findings import Finding, Rule
from zumik.core.reviews.check_result import Checked
from zumik.reports.acknowledgement_lines import acknowledged_lines
from zumik.reports.check_report import (
    extent,
    known_to_text,
    ordered_findings,
    share_of,
    split_findings,
    verdict,
)
from zumik.reports.escapes import command_data, command_property, log_line, one_line
from zumik.reports.finding_report import summary

MAX_ANNOTATIONS = 10
"""How many findings of one severity GitHub shows for a step; the log has them all."""


def checked_to_github(checked: Checked, rules: Mapping[str, Rule]) -> str:
    """Whose traffic moves, the summary, what was not done, the annotations, and the review.

    What the base has too is one line of the log, and no annotation.

    `rules` is what every format is given; a command has only room for a rule's code.
    """
    found, known = split_findings(ordered_findings(checked))
    counts = summary(found) if found or not known else "nothing new"
    lines = [log_line(f"{verdict(checked)}, {counts}: {extent(checked)}{_hidden(found)}")]
    lines += [log_line(text) for text in known_to_text(checked, known)]
    lines += [log_line(f"not done: {one_line(item)}") for item in checked.not_done]
    lines += [_command(finding) for finding in found if finding.acknowledged is None]
    lines += map(log_line, acknowledged_lines(found))
    if checked.review is not None:
        from zumik.reports.moved_aliases_report import moved_aliases_report
        from zumik.reports.plain import plain
        from zumik.reports.review_report import review_details

        first = _log(plain(moved_aliases_report(checked.review, share_of(checked))))
        lines = [*first, "", *lines, "", *_log(plain(review_details(checked.review)))]
    return "\n".join(lines)


def _log(text: str) -> list[str]:
    return [log_line(one_line(line)) for line in text.splitlines()]


def _command(finding: Finding) -> str:
    place = finding.location
    properties = {"file": place.file}
    if place.line is not None:
        properties["line"] = str(place.line)
        properties["col"] = str(place.column or 1)
    properties["title"] = finding.code
    named = ",".join(f"{key}={command_property(value)}" for key, value in properties.items())
    hint = f"\nhint: {finding.hint}" if finding.hint else ""
    return f"::{finding.severity.value} {named}::{command_data(finding.message + hint)}"


def _hidden(found: list[Finding]) -> str:
    counts = Counter(finding.severity for finding in found if finding.acknowledged is None)
    if max(counts.values(), default=0) <= MAX_ANNOTATIONS:
        return ""
    return (
        f"; GitHub shows at most {MAX_ANNOTATIONS} of each severity beside the files, "
        "and this log has them all"
    )
