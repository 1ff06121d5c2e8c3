"""Nothing of `tampering` gets past the check, and nothing that is in order is held up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk
from tests.cli.tampering import CASES, Case, check, prepare


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_done_to_a_branch_is_told(case: Case, desk_after: Callable[[str], Desk]) -> None:
    desk = prepare(desk_after("february"))
    case.do(desk)
    answer = check(desk)
    assert answer.errors == case.codes
    assert answer.exit_code == case.exit_code
    assert case.warns <= answer.others
