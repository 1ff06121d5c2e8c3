"""The lines of a document as a person types them, in a desk."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from tests.cli.conversation import Desk, Turn

EDITOR = "${EDITOR:-vi} "

# A day when every fact of the example is known, and no winner has retired.
TODAY = datetime(2026, 11, 28, 9, tzinfo=UTC)

FIRST = "    candidates:\n      - anthropic/claude-haiku-5-5\n      - anthropic/claude-haiku-4-5\n"
OTHER = "    candidates:\n      - anthropic/claude-haiku-4-5\n      - anthropic/claude-haiku-5-5\n"


def place_of(desk: Desk) -> Path:
    """Where the desk's commands run."""
    return desk.repo / desk.below


def type_lines(desk: Desk, lines: list[str]) -> list[Turn]:
    """Type every line, and what `&&` joins one after the other; each has to succeed.

    The editor changes the order of two candidates, and `> FILE` or `>> FILE` takes what is printed.
    """
    turns = []
    for line in lines:
        if line.startswith(EDITOR):
            path = place_of(desk) / line.removeprefix(EDITOR)
            assert FIRST in path.read_text()
            path.write_text(path.read_text().replace(FIRST, OTHER, 1))
            continue
        if line == 'cd "$(mktemp -d)"':
            # The desk is in a directory of its own.
            continue
        for joined in line.split(" && "):
            command, _, file = re.sub(r" >>? ", "\0", joined).partition("\0")
            turn = desk.say(command)
            assert turn.exit_code == 0, turn
            turns.append(turn)
            if file:
                with (place_of(desk) / file).open("a") as output:
                    output.write(turn.out)
    return turns


def said(turns: list[Turn], command: str) -> Turn:
    """The answer to a command, by how it begins."""
    return next(turn for turn in turns if turn.command.startswith(command))
