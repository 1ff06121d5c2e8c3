"""A mistyped alias: every command that takes one names the alias that was meant."""

from __future__ import annotations

import pytest
from tests.cli.conversation import Played

COMMANDS = (
    "resolve {}",
    "plan {}",
    "alias show {}",
    "alias history {}",
    "alias promote {} --to alr_2026_01_10_001 --reason x",
    "alias rollback {} --reason x",
    "alias retire {} --reason x",
    "alias retire code.fast --use {} --reason x",
)


@pytest.mark.parametrize("typed", ["Code.Fast", "code.fast:latest", "code.fats"])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_mistyped_alias_names_the_one_that_was_meant(
    played: Played, command: str, typed: str
) -> None:
    turn = played.desk("promoted").zumik(*command.format(typed).split())
    assert (turn.exit_code, turn.out) == (4, "")
    assert "hint: did you mean code.fast?" in turn.err
