"""What a branch is not the cause of is one line, and nothing that it causes is in that line."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.cli.conversation import Desk

import zumik.actions.gate.base_findings
from zumik.errors import CannotRun

POLICY = "policy/aliases.yaml"

# Two findings of one code in one file: the message names no alias, only the place does.
WORSE = "  {alias}:\n    candidates: [acme/large]\n    prefer: [{{{goal}: latency}}]\n"
WARNED = WORSE.format(alias="slow.one", goal="maximize")


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    """A desk whose main warns of an alias that prefers the slowest model."""
    desk = desk_after("february")
    _edit(desk, lambda text: text + WARNED)
    desk.git("push", "--quiet", "origin", "main")
    return desk


def _edit(desk: Desk, change: Callable[[str], str]) -> None:
    path = desk.releases / POLICY
    path.write_text(change(path.read_text()))
    desk.git("commit", "--quiet", "-am", "Edit the policy")


def _findings(desk: Desk) -> list[tuple[str, bool]]:
    """The code of each finding, and whether the base has it."""
    checked = desk.zumik("check", "--base", "origin/main", "--format", "json")
    found: list[dict[str, Any]] = json.loads(checked.out)["findings"]
    return sorted((item["code"], item["in_base"]) for item in found)


KNOWN = [("unreleased-changes", True), ("worse-end-preferred", True)]


def test_a_branch_that_causes_nothing_has_one_line(desk: Desk) -> None:
    _edit(desk, lambda text: f"# Lines move down.\n\n{text}")
    checked = desk.zumik("check", "--base", "origin/main")
    line = "1 warning, 1 notice that origin/main has too; listed with: "
    assert f"\n\n{line}zumik check --base origin/main --all\nintact: " in checked.out, checked
    assert "worse-end-preferred" not in checked.out
    assert _findings(desk) == KNOWN


def test_the_command_in_the_line_lists_them(desk: Desk) -> None:
    checked = desk.zumik("check", "--base", "origin/main")
    command = checked.out.partition("listed with: ")[2].partition("\n")[0]
    listed = desk.do(command.split())
    assert "[worse-end-preferred]" in listed.out
    assert listed.out.count("   the base has this too\n") == 2
    assert "\n1 warning, 1 notice\n" in listed.out


def test_the_same_fault_at_another_alias_is_the_branch_s(desk: Desk) -> None:
    mended = WORSE.format(alias="slow.one", goal="minimize")
    other = WORSE.format(alias="slow.two", goal="maximize")
    _edit(desk, lambda text: text.replace(WARNED, mended + other))
    assert _findings(desk) == [("unreleased-changes", True), ("worse-end-preferred", False)]
    assert "[worse-end-preferred]" in desk.zumik("check", "--base", "origin/main").out


def test_of_two_equal_findings_the_base_has_one(desk: Desk) -> None:
    twice = "[{maximize: latency, within: 5%}, {maximize: latency}]"
    _edit(desk, lambda text: text.replace("[{maximize: latency}]", twice))
    assert _findings(desk) == [*KNOWN[:1], ("worse-end-preferred", False), KNOWN[1]]


def test_another_item_before_it_in_its_list_does_not_make_it_the_branch_s(desk: Desk) -> None:
    later = "[{minimize: expected_latency, within: 5%}, {maximize: latency}]"
    _edit(desk, lambda text: text.replace("[{maximize: latency}]", later))
    assert _findings(desk) == KNOWN


def test_an_error_that_the_base_has_is_listed(desk: Desk) -> None:
    _edit(desk, lambda text: text.replace("prefer: [{max", "preferr: [{max"))
    desk.git("push", "--quiet", "origin", "main")
    _edit(desk, lambda text: f"# A comment.\n{text}")
    checked = desk.zumik("check", "--base", "origin/main")
    assert checked.exit_code == 3
    assert "[unknown-key]" in checked.out
    assert ("unknown-key", True) in _findings(desk)
    assert "that origin/main has too" not in checked.out


def test_what_the_base_has_is_no_annotation(desk: Desk) -> None:
    _edit(desk, lambda text: f"# A comment.\n{text}")
    log = desk.zumik("check", "--base", "origin/main", "--format", "github").out
    assert "\n::" not in log
    assert "\n\nintact, nothing new: " in log


def test_a_base_that_cannot_be_judged_hides_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise CannotRun("the base cannot be read")

    _edit(desk, lambda text: f"# A comment.\n{text}")
    monkeypatch.setattr(zumik.actions.gate.base_findings, "_base_findings", broken)
    checked = desk.zumik("check", "--base", "origin/main")
    assert "[worse-end-preferred]" in checked.out
    assert (
        "not done: findings were not compared with the base's: the base cannot be read"
        in checked.out
    )
