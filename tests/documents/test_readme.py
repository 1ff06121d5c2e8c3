"""README.md: its first command answers as shown, and its first aliases are live at the end."""

from __future__ import annotations

import subprocess
import sys

from tests.cli.conversation import Desk
from tests.documents.pages import ROOT, block_with, shows
from tests.documents.typed import said, type_lines


def test_the_first_command_answers_as_shown() -> None:
    command = block_with("README.md", "zumik explain '").text
    line = command.partition("zumik explain '")[2].partition("'")[0]
    arguments = (sys.executable, "-m", "zumik", "explain", line)
    done = subprocess.run(arguments, cwd=ROOT, capture_output=True, check=True, text=True)
    shown = block_with("README.md", "reproduced\n").text
    assert shows(shown, done.stdout), done.stdout


def test_the_first_aliases_are_live_and_answer(started: Desk) -> None:
    turns = started.turns
    assert said(turns, "zumik resolve code.fast").out.startswith("anthropic/claude-haiku-5-5\n")
    assert said(turns, "zumik replay").out.startswith("1 call: 1 reproduced; ")
    assert "9 live aliases" in said(turns, "zumik bundle").out
    assert started.zumik("check").exit_code == 0
    assert "NOT LIVE" not in started.zumik("status").out
    assert started.git("status", "--porcelain") == "?? decisions.jsonl\n?? live.json\n"


def test_each_step_names_the_next(started: Desk) -> None:
    turns = started.turns
    assert "\nnext:\n  git add releases\n" in said(turns, "zumik init").err
    first = said(turns, "zumik alias promote --all").err
    assert "next: git push -u origin main\n" in first
    assert "pull request" not in first, "on the branch that is live"
    assert "to undo" not in first, "nothing was live before"


def test_what_moved_can_be_taken_back_and_replayed(proposed: Desk) -> None:
    merged = ["git switch main && git merge other-order && git push"]
    moves = [
        'zumik alias rollback code.fast --reason "INC-42"',
        "zumik drain 'anthropic/*' --until 4h --reason \"INC-42\"",
        "zumik undrain 'anthropic/*'",
        "zumik alias history code.fast",
        "zumik replay decisions.jsonl --against live",
    ]
    rolled_back = said(type_lines(proposed, merged + moves), "zumik alias rollback")
    assert "→ alr_" in rolled_back.out, rolled_back
    assert "next: git push; to undo: zumik alias promote code.fast --to " in rolled_back.err
    assert proposed.zumik("check", "--base", "origin/main").exit_code == 0
