"""Every format of a check, against golden files; and what must hold whatever is told.

UPDATE_EXPECTED=1 writes the golden files anew: then read what changed.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.reports.checked_values import CASES, CLEAN, HOSTILE, RULES, SEVERITIES

from zumik import __version__
from zumik.core.basics.findings import Finding, Location, Severity
from zumik.core.reviews.check_result import Checked
from zumik.reports.check_report import (
    checked_report,
    checked_to_json,
    rule_to_json,
    rule_to_text,
    rules_applied,
)
from zumik.reports.github import checked_to_github
from zumik.reports.junit import checked_to_junit
from zumik.reports.markdown import checked_to_markdown
from zumik.reports.plain import plain
from zumik.reports.sarif import checked_to_sarif
from zumik.rules.rule_registry import RULES as REGISTRY

GOLDEN = Path(__file__).parent / "golden"

FORMATS: dict[str, Callable[[Checked], str]] = {
    "txt": lambda checked: plain(checked_report(checked)),
    "json": lambda checked: json.dumps(checked_to_json(checked), indent=2),
    "github": lambda checked: checked_to_github(checked, RULES),
    "sarif": lambda checked: checked_to_sarif(checked, RULES),
    "xml": lambda checked: checked_to_junit(checked, RULES),
    "md": lambda checked: checked_to_markdown(checked, RULES),
}

LINES = ("txt", "github", "xml", "md", "sarif")
"""Formats whose very characters a terminal may show."""


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("form", FORMATS)
def test_each_format_equals_its_golden_file(case: str, form: str) -> None:
    file = GOLDEN / f"{case}.{form}"
    told = FORMATS[form](CASES[case]) + "\n"
    if form == "sarif":
        told = told.replace(f'"version": "{__version__}"', '"version": "VERSION"')
    if os.environ.get("UPDATE_EXPECTED"):
        file.write_text(told)
    assert told == (file.read_text() if file.exists() else "")


@pytest.mark.parametrize("form", LINES)
def test_shown_text_cannot_steer_a_terminal(form: str) -> None:
    assert all(char == "\n" or char.isprintable() for char in FORMATS[form](HOSTILE))


@given(st.text(st.characters(), max_size=60))
def test_every_format_accepts_any_text(text: str) -> None:
    place = Location(text, 1, 1, 1, text)
    finding = Finding("ledger-gap", Severity.ERROR, text, place, text)
    checked = Checked((finding,), 1, 1, 1, text, text, None, (text,))
    for form in LINES:
        told = FORMATS[form](checked)
        assert all(char == "\n" or char.isprintable() for char in told)
        told.encode("utf-8")
    assert commands(checked_to_github(checked, RULES)) == ["error"]


# Text and JSON


def test_json_has_a_review_only_with_a_base() -> None:
    assert checked_to_json(CLEAN)["review"] is None
    assert checked_to_json(SEVERITIES)["base"] == "origin/main"


def test_warnings_and_notices_are_clean() -> None:
    mild = tuple(f for f in SEVERITIES.findings if f.severity is not Severity.ERROR)
    assert not SEVERITIES.clean
    assert SEVERITIES._replace(findings=mild).clean


@pytest.mark.parametrize("rule", REGISTRY.values(), ids=str)
def test_a_rule_explains_itself(rule: object) -> None:
    told = rule_to_text(rule)  # type: ignore[arg-type]
    data = rule_to_json(rule)  # type: ignore[arg-type]
    assert told.startswith(f"{data['code']}: {data['title']}\n\n  ")
    assert " ".join(told.split()).count(str(data["why"])) == 1
    assert all(len(line) <= 100 for line in told.splitlines())


# GitHub


def commands(log: str) -> list[str]:
    """The commands that GitHub's runner finds: new ones at a line's start, old ones anywhere."""
    found = []
    for line in log.split("\n"):
        new = re.match(r"\s*::([^\s:]+)", line)
        old = re.search(r"##\[([^\s\]]+)", line)
        found += [match[1] for match in (new, old) if match]
    return found


def unescaped(text: str) -> str:
    for mark, meant in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(mark, meant)
    return text


def test_shown_text_is_never_a_workflow_command() -> None:
    log = checked_to_github(HOSTILE, RULES)
    assert commands(log) == ["error", "warning", "warning", "notice"]


def test_a_workflow_command_decodes_to_its_file_and_message() -> None:
    place = Location("a,b:c%d.json", 3, 4)
    checked = CLEAN._replace(
        findings=(Finding("ledger-gap", Severity.ERROR, "50%0A of: a, b", place, "do\n::error::"),)
    )
    last = checked_to_github(checked, RULES).splitlines()[-1]
    properties, message = re.fullmatch(r"::error ([^:]*)::(.*)", last).groups()  # type: ignore[union-attr]
    given_ = dict(pair.split("=", 1) for pair in properties.split(","))
    assert unescaped(given_["file"]) == "a,b:c%d.json"
    assert (given_["line"], given_["col"]) == ("3", "4")
    assert unescaped(message) == "50%0A of: a, b\nhint: do\\n::error::"


def test_the_first_line_says_how_many_there_are_when_github_hides_some() -> None:
    gaps = tuple(SEVERITIES.findings[3] for _ in range(11))
    log = checked_to_github(SEVERITIES._replace(findings=gaps), RULES)
    first, *rest = log.splitlines()
    assert first.startswith("not clean, 11 errors: ")
    assert "at most 10 of each severity" in first
    assert sum(line.startswith("::error ") for line in rest) == 11
    assert "at most" not in checked_to_github(SEVERITIES._replace(findings=gaps[:10]), RULES)


# Order


def test_errors_come_before_warnings_and_notices() -> None:
    kinds = commands(checked_to_github(SEVERITIES, RULES))
    assert kinds == ["error", "error", "error", "warning", "notice"]
    marks = [checked_to_markdown(SEVERITIES, RULES).index(word) for word in ("Err", "War", "Not")]
    assert marks[0] < marks[1]


# What applied


def test_rules_of_a_branch_apply_only_where_a_base_was_given() -> None:
    alone = rules_applied(CLEAN, RULES)
    assert list(alone) == ["digest-mismatch", "ledger-gap", "floating-winner", "autocrlf"]
    assert "stale-parent" in rules_applied(SEVERITIES, RULES)


def test_a_rule_with_a_finding_counts_as_applied() -> None:
    stale = Finding("stale-parent", Severity.ERROR, "m", Location("f"))
    applied = rules_applied(CLEAN._replace(findings=(stale,)), RULES)
    assert applied["stale-parent"] is RULES["stale-parent"]
    assert "upstream-changed" not in applied


def test_a_code_without_a_rule_is_shown_too() -> None:
    assert HOSTILE.findings[1].code not in RULES
    assert list(rules_applied(HOSTILE, RULES))[-1].startswith("code|")
    for form in FORMATS.values():
        assert "no rule has this code" in form(HOSTILE)
