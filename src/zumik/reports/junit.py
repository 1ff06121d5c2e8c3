"""A check as JUnit's XML: a test for each rule that applied, passed ones too.

So a check that looked at nothing cannot be mistaken for one that found nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from xml.etree import ElementTree as ET

from zumik.core.basics.findings import Finding, Rule, Severity
from zumik.core.reviews.check_result import Checked
from zumik.reports.check_report import extent, ordered_findings, rules_applied, verdict
from zumik.reports.escapes import one_line
from zumik.reports.finding_report import findings_report
from zumik.reports.plain import plain

_NAME = "zumik check"


def checked_to_junit(checked: Checked, rules: Mapping[str, Rule]) -> str:
    """One suite: errors fail their rule's test, and warnings and notices are its output."""
    by_code: dict[str, list[Finding]] = defaultdict(list)
    found = ordered_findings(checked)
    for finding in found:
        by_code[finding.code].append(finding)
    applied = rules_applied(checked, rules)
    failed = {f.code for f in found if f.severity is Severity.ERROR}
    counts = {
        "tests": str(len(applied)),
        "failures": str(len(failed)),
        "errors": "0",
        "skipped": "0",
        "time": "0",
    }
    root = ET.Element("testsuites", {"name": _NAME, **counts})
    suite = ET.SubElement(root, "testsuite", {"name": _NAME, **counts})
    for rule in applied.values():
        _add_test(suite, rule, by_code[rule.code])
    said = [f"{verdict(checked)}: {extent(checked)}"]
    said += [f"not done: {one_line(item)}" for item in checked.not_done]
    ET.SubElement(suite, "system-out").text = "\n".join(said)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}'


def _add_test(suite: ET.Element, rule: Rule, found: Sequence[Finding]) -> None:
    test = ET.SubElement(
        suite,
        "testcase",
        {"classname": f"zumik.{rule.kind}", "name": rule.code, "time": "0"},
    )
    errors = [item for item in found if item.severity is Severity.ERROR]
    others = [item for item in found if item.severity is not Severity.ERROR]
    if errors:
        more = f" (and {len(errors) - 1:,} more)" if len(errors) > 1 else ""
        failure = ET.SubElement(
            test, "failure", {"type": rule.code, "message": errors[0].message + more}
        )
        failure.text = _text(errors)
    if others:
        ET.SubElement(test, "system-out").text = _text(others)


def _text(found: Sequence[Finding]) -> str:
    *sections, _ = findings_report(found)
    return plain(sections)
