"""The check finds every attack of the table, with exactly its errors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.attacks.case import BRANCH, Case, check, prepare
from tests.cli.attacks.table import CASES
from tests.cli.conversation import Desk, Turn
from tests.cli.pasted_commands import paste, pasted_commands


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_check_finds_the_attack(case: Case, desk_after: Callable[[str], Desk]) -> None:
    desk = prepare(desk_after("february"))
    case.do(desk)
    answer = check(desk)
    assert answer.errors == case.errors
    assert answer.exit_code == case.exit_code
    assert case.warnings <= answer.warnings


@pytest.mark.parametrize(
    "name", [name for name in CASES if name.startswith(("policy-", "catalog-"))]
)
def test_check_of_the_work_tree_reports_what_is_no_plain_file(
    name: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = prepare(desk_after("february"))
    CASES[name].do(desk)
    turn = desk.zumik("check", "--full")
    if name == "catalog-executable":
        assert turn.exit_code == 0, "the mode of a file in a work tree is the file system's"
    else:
        assert turn.exit_code == 5, turn
        assert "[foreign-entry]" in turn.out


def test_hint_for_conflicting_drains_is_to_drain_again(desk_after: Callable[[str], Desk]) -> None:
    desk = prepare(desk_after("february"))
    CASES["drains-meanwhile"].do(desk)
    turn = desk.zumik("check", "--base", "origin/main", "--head", BRANCH)
    assert "merge the base into the branch, keep the base's list, and drain again on it" in turn.out
    assert "refreeze" not in turn.out


# An attack can do several things at once: a command then names the other one, which comes first,
# and its hint is the way out of that.
_COMES_FIRST = (
    "no key to sign with",
    "has a signature already",
    "this checkout is behind origin/main",
    "and this branch does not have it yet",
    "the bytes hash to",
    "the file holds",
)

# A report exits with 3 or 5 where it has a fault to show.
_REPORTS = ("validate", "check", "plan", "status", "explain")


def _is_accepted(command: str, turn: Turn) -> bool:
    if turn.exit_code in (3, 5) and command.split()[1] in _REPORTS:
        return True
    return turn.exit_code == 0 or any(words in turn.err for words in _COMES_FIRST)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_the_hints_of_an_attack_say_can_be_pasted(
    case: Case, desk_after: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = prepare(desk_after("february"))
    case.do(desk)
    checked = desk.zumik("check", "--base", "origin/main", "--head", BRANCH)
    groups = {pasted.commands: pasted.line for pasted in pasted_commands(checked)}
    for number, (commands, line) in enumerate(groups.items()):
        copy = desk.copy(tmp_path / f"pasted-{number}")
        for command in commands:
            answer = paste(copy, command)
            if "error: uncommitted changes in" in answer.err:
                # Its hint says to commit first, which a person then does.
                copy.git("commit", "--quiet", "--all", "-m", "Mine")
                answer = paste(copy, command)
            assert _is_accepted(command, answer), f"{line.strip()}\n$ {command}\n{answer}"
