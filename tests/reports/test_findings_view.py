"""Findings as a person sees them: the caret stands under the fault, whatever stands before it."""

from __future__ import annotations

from datetime import date

import pytest

from zumik.core.basics.findings import (
    Acknowledgement,
    Finding,
    Location,
    Rule,
    Severity,
    folded,
)
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


def accepted(*names: str, about: tuple[str, ...] = (), reason: str = "moves in May") -> Finding:
    entry = Acknowledgement("code", names, date(2026, 5, 1), reason, Location("zumik.yaml", 3))
    return finding("x", severity=Severity.WARNING, about=about or names, acknowledged=entry)


def test_what_is_acknowledged_is_a_line_an_entry() -> None:
    by_model = [accepted("acme/a", about=(f"alias.{n}", "acme/a")) for n in "abcde"]
    text = plain(findings_report([accepted("code.fast", "acme/b"), *by_model]))
    assert text.splitlines() == [
        "acknowledged: code of code.fast, acme/b until 2026-05-01: moves in May",
        "acknowledged: code of acme/a (alias.a, alias.b, alias.c and 2 more) until 2026-05-01: "
        "moves in May",
        "",
        "6 warnings acknowledged",
    ]


def test_what_is_acknowledged_is_counted_apart() -> None:
    assert summary([finding("x"), accepted("a")]) == "1 error, 1 warning acknowledged"
    assert findings_to_json([accepted("a", "b")])[0]["acknowledged"] == {
        "until": "2026-05-01",
        "reason": "moves in May",
    }


def test_a_reason_stays_on_its_line() -> None:
    text = plain(findings_report([accepted("a", reason="one\n::error::two\x1b[31m")]))
    assert text.splitlines()[0].endswith(r"one\n::error::two\x1b[31m")


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
            "about": [],
            "acknowledged": None,
        }
    ]


def test_what_many_things_have_in_common_is_said_once() -> None:
    common = Rule("code", "export", Severity.NOTICE, "title", "why")
    found = [
        common.at("a", "counts no fee", "hint"),
        common.at("b", "another"),
        *(common.at(name, "counts no fee", "hint") for name in "cde"),
    ]
    text = plain(findings_report(folded(found)))
    first = "a, c and 2 more: notice: counts no fee [code]\n   hint: hint\n\n"
    assert text.startswith(f"{first}b: notice: another [code]\n")
    assert folded(found[1:3]) == found[1:3]
    assert [item.location.file for item in folded([found[0], found[2]])] == ["a, c"]


def test_faults_of_one_wording_in_a_text_stay_apart() -> None:
    found = [finding("k: v"), finding("k: v", 3)]
    assert folded(found) == found
