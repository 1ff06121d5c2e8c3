"""A check as SARIF 2.1.0, for code scanning and for viewers of it.

The format is OASIS's; the limits are those that GitHub documents for what it takes in.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from zumik import __version__
from zumik.core.basics.findings import Finding, Rule, Severity
from zumik.core.reviews.check_result import Checked
from zumik.reports.check_report import extent, ordered_findings, rules_applied, verdict
from zumik.reports.escapes import one_line, relative_uri, sarif_text

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"

MAX_RESULTS = 25_000
"""A run with more results is refused as a whole by GitHub."""

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note"}


def checked_to_sarif(checked: Checked, rules: Mapping[str, Rule]) -> str:
    """One run: the rules that applied, a result for each finding, and what was not done."""
    applied = rules_applied(checked, rules)
    found = ordered_findings(checked)
    run = {
        "tool": {
            "driver": {
                "name": "zumik",
                "version": __version__,
                "rules": [_descriptor(rule) for rule in applied.values()],
            }
        },
        "automationDetails": {"id": "zumik-check/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [
                    {"level": "note", "message": {"text": sarif_text(text)}}
                    for text in _notes(checked, len(found))
                ],
            }
        ],
        "results": list(_results(found[:MAX_RESULTS], list(applied))),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _notes(checked: Checked, count: int) -> Iterator[str]:
    yield f"{verdict(checked)}: {extent(checked)}"
    for item in checked.not_done:
        yield f"not done: {one_line(item)}"
    if count > MAX_RESULTS:
        yield f"not shown: {count - MAX_RESULTS:,} of {count:,} findings, errors being shown first"


def _descriptor(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.code,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why}\n\nzumik check --rule {rule.code}"},
        "properties": {"tags": [rule.kind]},
    }


def _results(found: Sequence[Finding], codes: Sequence[str]) -> Iterator[dict[str, object]]:
    index = {code: place for place, code in enumerate(codes)}
    seen: Counter[str] = Counter()
    for finding in found:
        print_ = _fingerprint(finding)
        seen[print_] += 1
        text = finding.message + (f"\nhint: {finding.hint}" if finding.hint else "")
        yield {
            "ruleId": finding.code,
            "ruleIndex": index[finding.code],
            "level": _LEVELS[finding.severity],
            **_baseline(finding),
            "message": {"text": sarif_text(text)},
            "locations": [{"physicalLocation": _place(finding)}],
            "partialFingerprints": {"primaryLocationLineHash": f"{print_}:{seen[print_]}"},
            **_suppressions(finding),
        }


def _baseline(finding: Finding) -> dict[str, str]:
    """What SARIF calls the state of a result beside an earlier run, which here is the base's."""
    if finding.in_base is None:
        return {}
    return {"baselineState": "unchanged" if finding.in_base else "new"}


def _suppressions(finding: Finding) -> dict[str, object]:
    """What accepts the finding; viewers then do not show it as open."""
    entry = finding.acknowledged
    if entry is None:
        return {}
    text = sarif_text(f"until {entry.until}: {entry.reason}")
    return {"suppressions": [{"kind": "external", "justification": text}]}


def _place(finding: Finding) -> dict[str, object]:
    place = finding.location
    where: dict[str, object] = {"artifactLocation": {"uri": relative_uri(place.file)}}
    if place.line is not None:
        column = place.column or 1
        where["region"] = {
            "startLine": place.line,
            "startColumn": column,
            "endColumn": column + max(1, place.width),
        }
    return where


def _fingerprint(finding: Finding) -> str:
    """The same for a finding that moves to another line, and another for another finding."""
    about = finding.location.source or finding.message
    parts = "\0".join((finding.code, finding.location.file, about))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:16]
