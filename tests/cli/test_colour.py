"""Colour: the same words with and without it, and only for a terminal that wants it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk

LINE = (
    b'{"requested_model": "code.fast", "alias_release": "alr_2026_01_10_001", '
    b'"resolved_model": "globex/swift"}'
)
COMMANDS = [
    ["status"],
    ["validate"],
    ["plan"],
    ["plan", "code.fast"],
    ["release", "create", "--dry-run", "--allow-unchanged"],
    ["release", "list"],
    ["release", "show"],
    ["release", "diff", "alr_2026_01_10_001"],
    ["alias", "list"],
    ["alias", "show", "auto.balanced"],
    ["alias", "rollback", "code.fast", "--dry-run"],
    ["alias", "history", "code.fast"],
    ["resolve", "code.fast"],
    ["explain", "code.fast"],
    ["explain", "acme/small"],
    ["explain", "-"],
    ["replay", "-"],
    ["check"],
]
COLOUR = re.compile(r"\x1b\[[0-9]+m")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_colour_changes_no_text(command: list[str], desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("march")
    plain = desk.zumik(*command, stdin=LINE)
    desk.terminal = True
    coloured = desk.zumik(*command, stdin=LINE, TERM="xterm-256color")
    assert COLOUR.sub("", coloured.out) == plain.out
    assert coloured.exit_code == plain.exit_code
    assert COLOUR.search(coloured.out) or command == ["validate"] or "nothing found" in plain.out


@pytest.mark.parametrize("env", [{"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "dumb"}])
def test_a_terminal_that_disables_colour_gets_none(
    env: dict[str, str], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("march")
    desk.terminal = True
    assert "\x1b" not in desk.zumik("explain", "code.fast", **env).out
    assert "\x1b" not in desk.zumik("status", "--format", "json", TERM="xterm").out
