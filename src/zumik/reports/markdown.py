"""A check as Markdown, for the summary of a CI step or a comment: what decides comes first.

Nothing from outside acts in it: no link, image, mention, heading or table cell of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from zumik.core.basics.findings import Finding, Rule, Severity
from zumik.core.reviews.check_result import Checked
from zumik.reports.acknowledgement_lines import acknowledged_lines
from zumik.reports.check_report import (
    extent,
    known_count,
    ordered_findings,
    share_of,
    split_findings,
    verdict,
)
from zumik.reports.escapes import one_line
from zumik.reports.finding_report import summary
from zumik.reports.markdown_text import code, details, md

MAX_BYTES = 900_000
"""A step's summary of more than a mebibyte is refused by GitHub as a whole."""

_MARGIN = 20_000
"""For the lines that count, and for what was not done."""

_HEADINGS = {
    Severity.ERROR: "Errors",
    Severity.WARNING: "Warnings",
    Severity.NOTICE: "Notices",
}


def checked_to_markdown(checked: Checked, rules: Mapping[str, Rule]) -> str:
    """The verdict, whose traffic moves, the findings by severity, and the rest of the review."""
    lines = [f"## zumik check: {verdict(checked)}"]
    if checked.review is not None:
        from zumik.reports.moved_aliases_report import moved_aliases_to_markdown

        lines += ["", *moved_aliases_to_markdown(checked.review, share_of(checked))]
    last = _review(checked)
    room = MAX_BYTES - sum(_size(line) for line in (*lines, *last)) - _MARGIN
    own, known = split_findings(ordered_findings(checked))
    found = _findings(own, rules, room)
    lines += found
    if known:
        room -= sum(map(_size, found))
        items = [line for line in _findings(known, rules, room) if line.startswith(("- ", "**"))]
        lines += ["", *details(known_count(checked, known), items)]
    # What the base has too is counted where it is folded; here again it would read as the branch's.
    counted = f"**{summary(own).capitalize()}.** " if own or not known else ""
    lines += ["", f"{counted}{md(extent(checked))}."]
    if checked.not_done:
        lines += ["", *(f"- **Not done:** {md(one_line(item))}" for item in checked.not_done)]
    return "\n".join([*lines, *last])


def _review(checked: Checked) -> list[str]:
    """What else landing changes, and what that would do to logged requests."""
    lines: list[str] = []
    if checked.review is not None:
        from zumik.reports.review_report import review_details_to_markdown

        review = review_details_to_markdown(checked.review).rstrip()
        if _size(review) > MAX_BYTES // 2:
            review = "The review is too long for a summary; `--format text` shows it."
        lines += ["", "### What changes", "", review]
    if checked.traffic is not None:
        from zumik.reports.impact_report import weighed_to_markdown

        lines += ["", *weighed_to_markdown(checked.traffic)]
    return lines


def _findings(found: Sequence[Finding], rules: Mapping[str, Rule], room: int) -> list[str]:
    """The findings as far as there is room, errors first, and how many there was none for.

    What is acknowledged comes last, in a line each.
    """
    lines: list[str] = []
    items = [
        *(
            (_HEADINGS[item.severity], _item(item, rules))
            for item in found
            if not item.acknowledged
        ),
        *(("Acknowledged", f"- {md(line)}") for line in acknowledged_lines(found)),
    ]
    heading = None
    for place, (kind, item) in enumerate(items):
        room -= _size(item)
        if room < 0:
            left = len(items) - place
            return [*lines, "", f"**Not shown:** {left:,} more; `--format text` shows them all."]
        if kind != heading:
            heading = kind
            lines += ["", f"### {heading}", ""]
        lines.append(item)
    return lines


def _item(finding: Finding, rules: Mapping[str, Rule]) -> str:
    rule = rules.get(finding.code)
    head = f"**{md(rule.title)}** ({code(finding.code)})" if rule else f"**{code(finding.code)}**"
    hint = f"<br>Hint: {md(finding.hint)}" if finding.hint else ""
    return f"- {head}<br>{code(finding.location)}: {md(finding.message)}{hint}"


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass")) + 1
