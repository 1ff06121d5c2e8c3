"""Findings as a person sees them: the caret stands under the fault, whatever stands before it."""

from __future__ import annotations

import pytest

from zumik.core.basics.findings import Finding, Location, Severity
from zumik.reports.finding_report import findings_report, findings_to_json, summary
from zumik.reports.plain import plain


def finding(source: str | None, column: int = 1, width: int = 1, **changed: object) -> Finding:
    place = Location("f.yaml", 12, column, width, source)
    return Finding("code", Severity.ERROR, "message", place, None)._replace(**changed)  # type: ignore[arg-type]


def carets(text: str) -> tuple[str, str]:
    """The source line, and what of it is underlined."""
    _, source, line, *_ = text.splitlines()
    start = line.index("^")
    return source, source[start : line.rindex("^") + 1]


@pytest.mark.parametrize(
    ("source", "column", "width", "under"),
    [
        ("  key: value", 8, 5, "value"),
        ("k: v", 1, 1, "k"),
        ("k: \x1b[31mred", 4, 1, "\\x1b"),
        ("\x1b\x1bk: v", 3, 1, "k"),
        ("né: ü", 5, 1, "ü"),
    ],
)
def test_the_caret_stands_under_the_fault(source: str, column: int, width: int, under: str) -> None:
    text = plain(findings_report([finding(source, column, width)]))
    assert carets(text)[1] == under
    assert all(char == "\n" or char.isprintable() for char in text)


def test_a_fault_at_the_end_of_its_line_has_a_caret_too() -> None:
    assert plain(findings_report([finding("key:", 5)])).splitlines()[2].endswith("|     ^")


def test_a_finding_without_a_line_shows_none() -> None:
    whole_file = Finding("code", Severity.NOTICE, "message", Location("f.yaml"), "do this")
    assert plain(findings_report([whole_file])) == (
        "f.yaml: notice: message [code]\n   hint: do this\n\n1 notice"
    )


def test_findings_are_counted_by_severity() -> None:
    kinds = [Severity.WARNING, Severity.ERROR, Severity.ERROR, Severity.NOTICE]
    assert summary([finding("x", severity=kind) for kind in kinds]) == (
        "2 errors, 1 warning, 1 notice"
    )
    assert summary([]) == "nothing found"
    assert plain(findings_report([])) == "nothing found"


def test_json_has_every_field() -> None:
    assert findings_to_json([finding("key: value", 6, hint="quote it")]) == [
        {
            "code": "code",
            "severity": "error",
            "file": "f.yaml",
            "line": 12,
            "column": 6,
            "message": "message",
            "hint": "quote it",
        }
    ]
