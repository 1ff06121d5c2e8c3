"""A mistyped alias: every command that takes one names the alias that was meant."""

from __future__ import annotations

import json

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


def test_a_model_not_to_use_that_no_release_has_is_reported(played: Played) -> None:
    desk = played.desk("promoted")
    known = desk.zumik("resolve", "code.fast", "--unavailable", "acme/small")
    assert "--unavailable" not in known.err
    for reference in ("code.fast", "code.fast@alr_2026_01_10_001", "acme/large"):
        turn = desk.zumik("resolve", reference, "--unavailable", "acme/smal", "--format", "json")
        assert turn.exit_code == 0
        assert turn.err == (
            "warning: --unavailable acme/smal: alr_2026_01_10_001 has no such model; "
            "did you mean acme/small?\n"
        )


def test_a_target_has_no_release_to_name(played: Played) -> None:
    """In words, and as null for machines."""
    desk = played.desk("promoted")
    line = {
        "requested_model": "acme/small",
        "alias_release": "alr_2026_01_10_001",
        "resolved_model": "acme/small",
    }
    said = "alias_release: the log has 'alr_2026_01_10_001', a target has none"
    text = json.dumps(line)
    assert f"  {said}\n" in desk.zumik("explain", text).out
    assert f"  {said}\n" in desk.zumik("replay", "-", stdin=text.encode()).out
    explained = json.loads(desk.zumik("explain", text, "--format", "json").out)
    assert [item["replayed"] for item in explained["replay"]["differences"]] == [None]
