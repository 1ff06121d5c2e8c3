"""An audit as a person reads it: what is wrong first, and long lists cut where that is said."""

from __future__ import annotations

from collections import Counter

from tests.core.builders import CODE_FAST, alias, frozen, limited
from tests.core.traffic import call_of, judged, line_of

from zumik.core.basics.names import ReleaseId
from zumik.core.decisions.replay import Verdict
from zumik.core.traffic.audit import MAX_KINDS, Audit, Decider
from zumik.reports.audit_report import audit_report
from zumik.reports.plain import plain

SOURCE = frozen(
    alias("listed", candidates=["a/one", "b/two"]),
    models=[limited("a/one", 100, 100, 50), limited("b/two", 1000, 1000, 500)],
)


def audit_of_many(releases: int, diverged: int) -> Audit:
    """One divergence that is real, and counts of releases of which one diverged."""
    audit = Audit()
    audit.add(judged(SOURCE, call_of(line_of("b/two"))))
    for number in range(1, releases + 1):
        verdict = Verdict.DIVERGED if number == diverged else Verdict.REPRODUCED
        decider = Decider(CODE_FAST, ReleaseId(f"alr_2027_01_01_{number:03d}"))
        audit.deciders[decider] = Counter({verdict: 1 if number == diverged else number})
    return audit


def test_what_is_wrong_stands_before_who_decided() -> None:
    text = plain(audit_report(audit_of_many(5, 2)))
    assert text.index("diverged, the first of each kind") < text.index("alias      release")


def test_a_long_list_of_deciders_keeps_what_diverged_and_says_what_it_leaves_out() -> None:
    text = plain(audit_report(audit_of_many(60, 1)))
    assert "alr_2027_01_01_001" in text
    assert "alr_2027_01_01_060" in text
    assert "alr_2027_01_01_002 " not in text
    assert "and 41 more rows of fewer calls, none diverged: --format json has them all" in text
    assert len(text.splitlines()) < 40


def test_kinds_beyond_those_that_are_shown_or_counted_apart_are_counted() -> None:
    audit = Audit()
    for number in range(1, MAX_KINDS + 8):
        line = line_of("a/one", release=f"alr_2020_01_01_{number:03d}")
        audit.add(judged(SOURCE, call_of(line, number)))
    text = plain(audit_report(audit))
    assert f"and {MAX_KINDS - 10} more kinds of {MAX_KINDS - 10} calls" in text
    assert f"7 calls of further kinds: only the first {MAX_KINDS} are counted apart" in text
