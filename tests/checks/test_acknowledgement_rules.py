"""Acknowledgements: which entry is of which warning, until when, and what is wrong with one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zumik.actions.gate.acknowledge_warnings import acknowledge, judged_kinds
from zumik.core.basics.acknowledged_warnings import MOST_DAYS
from zumik.core.basics.findings import Acknowledgement, Finding, Location, Severity
from zumik.rules.rule_registry import RULES

DAY = date(2026, 3, 10)
RETIRES = "winner-retires-soon"


def entry(
    *about: str, code: str = RETIRES, until: date = DAY, reason: str = "it moves", line: int = 7
) -> Acknowledgement:
    return Acknowledgement(code, about, until, reason, Location("releases/zumik.yaml", line, 11))


def warning(*about: str, code: str = RETIRES, file: str = "apps/releases/policy/a.yaml") -> Finding:
    return RULES[code].at(Location(file, 4, 2), "a message", "a hint", about=about)


FAST = warning("code.fast", "acme/small")
BEST = warning("code.best", "acme/small")


def judged(
    findings: list[Finding], *entries: Acknowledgement, kinds: tuple[str, ...] = ("authoring",)
) -> tuple[Finding, ...]:
    return tuple(acknowledge(findings, entries, DAY, "releases", "apps/releases", kinds))


@pytest.mark.parametrize(
    ("about", "accepted"),
    [
        (("code.fast", "acme/small"), [True, False]),
        (("acme/small", "code.fast"), [True, False]),
        (("acme/small",), [True, True]),
        (("code.fast",), [True, False]),
        (("code.fast", "acme/large"), [False, False]),
        (("code.fas",), [False, False]),
        (("policy/a.yaml",), [False, False]),
    ],
)
def test_an_entry_is_of_the_warnings_that_have_all_its_names(
    about: tuple[str, ...], accepted: list[bool]
) -> None:
    found = judged([FAST, BEST], entry(*about), kinds=())
    assert [item.acknowledged is not None for item in found] == accepted


def test_where_a_warning_has_no_names_its_file_is_one_and_no_line() -> None:
    stray = RULES["unread-file"].at("apps/releases/notes.txt", "not read", lesser=True)
    (found,) = judged([stray], entry("notes.txt", code="unread-file"))
    assert found.acknowledged is not None
    elsewhere = stray._replace(location=Location("notes.txt"))
    assert judged([elsewhere], entry("other.txt", code="unread-file"), kinds=()) == (elsewhere,)


@pytest.mark.parametrize(
    ("days", "accepted"),
    [(-1, False), (0, True), (1, True), (MOST_DAYS, True), (MOST_DAYS + 1, False)],
)
def test_an_entry_holds_until_its_day_and_a_year_at_most(days: int, accepted: bool) -> None:
    found = judged([FAST], entry("code.fast", until=DAY + timedelta(days)))
    assert (found[0].acknowledged is not None) is accepted


def test_after_its_day_the_warning_comes_back_and_says_so() -> None:
    ended = entry("code.fast", until=date(2026, 3, 1))
    earlier = entry("acme/small", until=date(2026, 2, 1))
    (found,) = judged([FAST], ended, earlier)
    assert found.message == "a message; its acknowledgement ended on 2026-03-01"
    assert found.severity is Severity.WARNING
    assert judged([FAST], ended, entry("acme/small"))[0].acknowledged is not None


def test_an_error_of_the_same_code_is_never_accepted() -> None:
    error = RULES["unread-file"].at("apps/releases/a.yml", "not read")
    assert judged([error], entry("a.yml", code="unread-file")) == (error,)


@pytest.mark.parametrize(
    ("wrong", "code", "message", "hint"),
    [
        (
            entry("a", code="winner-retires-son"),
            "bad-value",
            "no warning has the code 'winner-retires-son'",
            "did you mean winner-retires-soon?",
        ),
        (
            entry("code.fast", reason=""),
            "empty-value",
            "an acknowledgement has no reason",
            "say why",
        ),
        (
            entry("a", code="no-eligible-model"),
            "bad-value",
            "no-eligible-model is an error, and only a warning can be acknowledged",
            "remove the entry, and correct what was found: zumik check --rule no-eligible-model",
        ),
        (
            entry("a", code="unused-measure"),
            "bad-value",
            "unused-measure is a notice, and only a warning can be acknowledged",
            "remove the entry",
        ),
        (
            entry("a", code="price-jump"),
            "bad-value",
            "price-jump is no warning of zumik check, which alone reads acknowledgements",
            "remove the entry",
        ),
        (
            entry("code.fast", until=DAY + timedelta(400)),
            "out-of-range",
            "until: 2027-04-14 is more than a year away, so it does not hold yet",
            "end it by 2027-03-11",
        ),
        (
            entry("code.slow"),
            "unused-acknowledgement",
            "it acknowledges winner-retires-soon of code.slow, which is not found",
            "this code is about: code.fast, acme/small",
        ),
        (
            entry("code.slow", until=date(2026, 3, 9)),
            "unused-acknowledgement",
            "it acknowledges winner-retires-soon of code.slow, which is not found and ended on "
            "2026-03-09",
            "this code is about: code.fast, acme/small",
        ),
        (
            entry("m", code="output-limit-unknown"),
            "unused-acknowledgement",
            "it acknowledges output-limit-unknown of m, which is not found",
            "remove it, or correct it",
        ),
    ],
)
def test_what_is_wrong_with_an_entry(
    wrong: Acknowledgement, code: str, message: str, hint: str
) -> None:
    same, found = judged([FAST], wrong)
    assert same == FAST
    assert (found.code, found.message, found.hint) == (code, message, hint)
    assert str(found.location) == "apps/releases/zumik.yaml:7:11"
    assert found.severity is RULES[code].severity


def test_the_second_of_two_entries_for_one_warning_is_an_error() -> None:
    twice = entry("acme/small", "code.fast", line=9, until=DAY + timedelta(30))
    held, found = judged([FAST], entry("code.fast", "acme/small"), twice)
    assert held.acknowledged == entry("code.fast", "acme/small")
    assert (found.code, found.location.line) == ("duplicate-item", 9)


def test_an_entry_is_unused_only_where_all_of_its_kind_was_looked_for() -> None:
    unused = entry("x", code="text-too-long")
    assert judged([], unused, kinds=judged_kinds(whole=False)) == ()
    assert [item.code for item in judged([], unused, kinds=judged_kinds(whole=True))] == [
        "unused-acknowledgement"
    ]
    error = RULES["no-eligible-model"].at("f", "nothing answers")
    assert judged([error], entry("x")) == (error,)


def test_what_is_looked_for_in_one_branch_is_unused_once_it_has_ended() -> None:
    moment = entry("live/code.fast.json", code="pointer-touched")
    assert judged([], moment) == ()
    over = moment._replace(until=date(2026, 3, 9))
    assert [item.code for item in judged([], over)] == ["unused-acknowledgement"]
    assert judged([], over, kinds=()) == ()


def test_a_rule_says_how_many_names_its_findings_have() -> None:
    with pytest.raises(ValueError, match="winner-retires-soon is about"):
        RULES[RETIRES].at("f", "m", about=("code.fast",))
    with pytest.raises(ValueError, match="yaml-tab is about a file"):
        RULES["yaml-tab"].at("f", "m", about=("a",))
