"""The check finds every attack of the table, with exactly its errors."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.cli.attacks.case import BRANCH, Case, check, prepare
from tests.cli.attacks.table import CASES
from tests.cli.conversation import Desk


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_check_finds_the_attack(case: Case, desk_after: Callable[[str], Desk]) -> None:
    desk = prepare(desk_after("february"))
    case.do(desk)
    answer = check(desk)
    assert answer.errors == case.errors
    assert answer.exit_code == case.exit_code
    assert case.warnings <= answer.warnings


def test_hint_for_conflicting_drains_is_to_drain_again(desk_after: Callable[[str], Desk]) -> None:
    desk = prepare(desk_after("february"))
    CASES["drains-meanwhile"].do(desk)
    turn = desk.zumik("check", "--base", "origin/main", "--head", BRANCH)
    assert "merge the base into the branch, keep the base's list, and drain again on it" in turn.out
    assert "refreeze" not in turn.out
