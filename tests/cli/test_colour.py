"""Colour: the same words with and without it, and only for a terminal that wants it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

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
    ["catalog", "list"],
    ["catalog", "show", "acme/small"],
    ["drain", "acme/*", "--until", "4h", "--reason", "INC-42", "--dry-run"],
    ["resolve", "code.fast"],
    ["explain", "code.fast"],
    ["explain", "acme/small"],
    ["explain", "-"],
    ["replay", "-"],
    ["check"],
]
COLOUR = re.compile(r"\x1b\[[0-9;]+m")
WORKSPACE = re.compile(r"^(?:\x1b\[2m)?workspace.*?\n(?=(?:\x1b\[2m)?releases)", re.DOTALL)
SCREENS = Path(__file__).parent / "screens"
"""What a terminal shows, per width; written again where UPDATE_EXPECTED is set."""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_wide_terminal_shows_the_words_that_a_pipe_gets(
    command: list[str], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("march")
    plain = desk.zumik(*command, stdin=LINE)
    desk.terminal = True
    drawn = desk.zumik(*command, stdin=LINE, TERM="xterm", NO_COLOR="1", COLUMNS="2000")
    assert drawn.exit_code == plain.exit_code
    # Heads may take two lines, and the head of an empty column goes with the column.
    assert not set(drawn.out.split()) - set(plain.out.split())
    assert set(plain.out.split()) - set(drawn.out.split()) <= {"-", "retires"}


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("columns", ["80", "200"])
def test_colour_adds_nothing_but_itself(
    command: list[str], columns: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("march")
    desk.terminal = True
    env = {"TERM": "xterm-256color", "COLUMNS": columns}
    drawn = desk.zumik(*command, stdin=LINE, NO_COLOR="1", **env)
    coloured = desk.zumik(*command, stdin=LINE, **env)
    assert "\x1b" not in drawn.out
    assert COLOUR.sub("", coloured.out) == drawn.out
    assert COLOUR.search(coloured.out) or command == ["validate"] or "nothing found" in drawn.out


@pytest.mark.parametrize(
    ("name", "env"),
    [
        ("80", {"COLUMNS": "80", "NO_COLOR": "1"}),
        ("200", {"COLUMNS": "200", "NO_COLOR": "1"}),
        ("80-colour", {"COLUMNS": "80"}),
    ],
)
def test_screens_are_as_expected(
    name: str, env: dict[str, str], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("march")
    desk.terminal = True
    screens = []
    for command in COMMANDS:
        turn = desk.zumik(*command, stdin=LINE, TERM="xterm-256color", **env)
        # How the path of the workspace is wrapped depends on where the tests run.
        out = WORKSPACE.sub("workspace TMP\n", turn.out)
        screens.append(f"$ zumik {' '.join(command)}\n{out}")
    screen = "\n".join(screens)
    if not env.get("NO_COLOR"):
        screen = screen.replace("\x1b", "\\e")
    else:
        width = int(env["COLUMNS"])
        assert max(map(len, screen.splitlines())) <= width
    expected = SCREENS / f"{name}.txt"
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(screen)
    assert screen == expected.read_text()


@pytest.mark.parametrize("env", [{"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "dumb"}])
def test_a_terminal_that_disables_colour_gets_none(
    env: dict[str, str], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("march")
    desk.terminal = True
    assert "\x1b" not in desk.zumik("explain", "code.fast", **env).out
    assert "\x1b" not in desk.zumik("status", "--format", "json", TERM="xterm").out
