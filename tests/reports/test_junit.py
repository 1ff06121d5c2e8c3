"""JUnit: what a CI's test report makes of it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from tests.reports.checked_values import CASES, CLEAN, HOSTILE, RULES, SEVERITIES

from zumik.core.basics.findings import Severity
from zumik.core.reviews.check_result import Checked
from zumik.reports.check_report import rules_applied
from zumik.reports.junit import checked_to_junit


def suite_of(checked: Checked) -> ET.Element:
    suite = ET.fromstring(checked_to_junit(checked, RULES)).find("testsuite")
    assert suite is not None
    return suite


@pytest.mark.parametrize("case", CASES)
def test_junit_counts_equal_its_elements(case: str) -> None:
    suite = suite_of(CASES[case])
    tests = suite.findall("testcase")
    assert suite.get("tests") == str(len(tests))
    assert suite.get("failures") == str(len(suite.findall("testcase/failure")))


@pytest.mark.parametrize("case", CASES)
def test_every_rule_that_applied_is_a_test(case: str) -> None:
    tests = suite_of(CASES[case]).findall("testcase")
    assert len(tests) == len(rules_applied(CASES[case], RULES)) >= 4
    assert len({test.get("name") for test in tests}) == len(tests)


def test_a_clean_check_is_tests_that_passed() -> None:
    assert all(not list(test) for test in suite_of(CLEAN).findall("testcase"))


def test_only_errors_fail_a_test() -> None:
    suite = suite_of(SEVERITIES)
    failed = {t.get("name") for t in suite.findall("testcase") if t.find("failure") is not None}
    said = {t.get("name") for t in suite.findall("testcase") if t.find("system-out") is not None}
    assert failed == {f.code for f in SEVERITIES.findings if f.severity is Severity.ERROR}
    assert said == {"floating-winner", "upstream-changed"}


def test_one_failure_holds_all_errors_of_its_rule() -> None:
    failure = suite_of(SEVERITIES).find("testcase[@name='ledger-gap']/failure")
    assert failure is not None
    assert failure.get("message") == "alr_2026_06_09_002 is not in the ledger (and 1 more)"
    assert all(name in (failure.text or "") for name in ("09_002", "09_003"))


def test_skipped_parts_are_reported() -> None:
    assert SEVERITIES.not_done[0] in (suite_of(SEVERITIES).findtext("system-out") or "")


def test_hostile_text_stays_text() -> None:
    failure = suite_of(HOSTILE).find("testcase/failure")
    assert failure is not None
    assert "]]> <script>alert(1)</script> a|b" in (failure.get("message") or "")
    assert not list(failure)
