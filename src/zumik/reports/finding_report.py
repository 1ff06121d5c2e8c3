"""Findings as text and JSON: where, what, the line with a caret under the fault, the next step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from zumik.core.basics.findings import Finding, Location, Severity
from zumik.reports.text import PLAIN, Style, plural, safe


def findings_to_text(findings: Sequence[Finding], style: Style = PLAIN) -> str:
    """Every finding, then a line that counts them."""
    blocks = [finding_to_text(finding, style) for finding in findings]
    return "\n\n".join([*blocks, summary(findings)])


def findings_to_json(findings: Sequence[Finding]) -> list[dict[str, object]]:
    """Every finding with its code, severity, place, message and hint."""
    return [
        {
            "code": finding.code,
            "severity": finding.severity.value,
            "file": finding.location.file,
            "line": finding.location.line,
            "column": finding.location.column,
            "message": finding.message,
            "hint": finding.hint,
        }
        for finding in findings
    ]


def summary(findings: Sequence[Finding]) -> str:
    """How many of each severity: `2 errors, 1 warning`."""
    counts = Counter(finding.severity for finding in findings)
    parts = [plural(counts[s], s.value) for s in Severity if counts[s]]
    return ", ".join(parts) if parts else "nothing found"


def finding_to_text(finding: Finding, style: Style = PLAIN) -> str:
    """One finding: where and what, the line it is in with a caret under the fault, the hint."""
    word = finding.severity.value
    shade = {Severity.ERROR: style.bad, Severity.WARNING: style.doubtful}.get(
        finding.severity, style.bold
    )
    head = (
        f"{safe(finding.location)}: {shade(word)}: {safe(finding.message)} "
        f"{style.dim(f'[{finding.code}]')}"
    )
    hint = f"   hint: {safe(finding.hint)}" if finding.hint else None
    return "\n".join(part for part in (head, _source(finding.location, style), hint) if part)


def _source(location: Location, style: Style) -> str | None:
    if location.source is None or location.line is None or location.column is None:
        return None
    number = str(location.line)
    before = location.source[: location.column - 1]
    fault = location.source[location.column - 1 : location.column - 1 + location.width]
    # Measured on what is shown: an escaped character takes more room than the one it stands for.
    carets = " " * len(safe(before)) + "^" * max(1, len(safe(fault)))
    gutter = " " * len(number)
    return f"  {number} | {safe(location.source)}\n  {gutter} | {style.bad(carets)}"
