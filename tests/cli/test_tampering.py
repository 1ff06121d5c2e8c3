"""Nothing of `tampering` gets past the check, and nothing that is in order is held up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk
from tests.cli.tampering import BRANCH, CASES, Case, check, prepare


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_done_to_a_branch_is_told(case: Case, desk_after: Callable[[str], Desk]) -> None:
    desk = prepare(desk_after("february"))
    case.do(desk)
    answer = check(desk)
    assert answer.errors == case.codes
    assert answer.exit_code == case.exit_code
    assert case.warns <= answer.others


def test_who_drained_meanwhile_is_told_to_drain_again(desk_after: Callable[[str], Desk]) -> None:
    desk = prepare(desk_after("february"))
    CASES["drains-meanwhile"].do(desk)
    told = desk.zumik("check", "--base", "origin/main", "--head", BRANCH)
    assert "merge the base into the branch, keep the base's list, and drain again on it" in told.out
    assert "refreeze" not in told.out
