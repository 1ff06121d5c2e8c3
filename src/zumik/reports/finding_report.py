"""Findings as text and JSON: where, what, the line with a caret under the fault, the next step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from zumik.core.basics.findings import Finding, Location, Severity
from zumik.reports.acknowledgement_lines import (
    acknowledged_lines,
    acknowledgement_to_json,
    count_to_text,
)
from zumik.reports.blocks import Excerpt, Report, Section, bad, doubtful, quiet, strong
from zumik.reports.text import plural, safe


def findings_report(findings: Sequence[Finding]) -> Report:
    """Every finding, the acknowledged ones in a line each, then a line that counts them."""
    open_ = [finding for finding in findings if finding.acknowledged is None]
    accepted = acknowledged_lines(findings)
    return [*map(finding_section, open_), *([accepted] if accepted else []), [summary(findings)]]


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
            "about": list(finding.about),
            "acknowledged": acknowledgement_to_json(finding.acknowledged),
        }
        for finding in findings
    ]


def summary(findings: Sequence[Finding]) -> str:
    """How many of each severity: `2 errors, 1 warning`; what is acknowledged is counted apart."""
    counts = Counter(finding.severity for finding in findings if finding.acknowledged is None)
    parts = [plural(counts[s], s.value) for s in Severity if counts[s]]
    accepted = sum(finding.acknowledged is not None for finding in findings)
    if accepted:
        parts.append(count_to_text(accepted))
    return ", ".join(parts) if parts else "nothing found"


def finding_section(finding: Finding) -> Section:
    """One finding: where and what, its line with a caret under the fault, the hint, whose it is."""
    shade = {Severity.ERROR: bad, Severity.WARNING: doubtful}.get(finding.severity, strong)
    word = shade(finding.severity.value)
    where, code = safe(finding.location), quiet(f"[{finding.code}]")
    head = f"{where}: {word}: {safe(finding.message)} {code}"
    excerpt = _excerpt(finding.location)
    hint = [f"   hint: {safe(finding.hint)}"] if finding.hint else []
    known = [quiet("   the base has this too")] if finding.in_base else []
    return [head, *([excerpt] if excerpt else []), *hint, *known]


def _excerpt(place: Location) -> Excerpt | None:
    if place.source is None or place.line is None or place.column is None:
        return None
    start = place.column - 1
    before, fault = place.source[:start], place.source[start : start + place.width]
    # Measured on what is shown: an escaped character takes more room than the original.
    return Excerpt(place.line, safe(place.source), len(safe(before)), max(1, len(safe(fault))))
