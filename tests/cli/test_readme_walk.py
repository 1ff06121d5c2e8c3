"""The README's walk, typed as it stands there, in a new repository with a bare remote beside it."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.conversation import Desk, Turn

# A day when every fact of the example is known, and no winner has retired.
TODAY = datetime(2026, 11, 28, 9, tzinfo=UTC)

README = Path(__file__).parents[2] / "README.md"

FIRST = "    candidates:\n      - anthropic/claude-haiku-5-5\n      - anthropic/claude-haiku-4-5\n"
OTHER = "    candidates:\n      - anthropic/claude-haiku-4-5\n      - anthropic/claude-haiku-5-5\n"


def block(mark: str) -> list[str]:
    """The commands of the README's block after a text, without their comments."""
    code = README.read_text().partition(mark)[2].partition("```sh\n")[2].partition("```")[0]
    lines = [re.sub(r"\s+# .*", "", line).strip() for line in code.splitlines()]
    return [line for line in lines if line]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, TODAY)
    desk.repo.mkdir()
    for words in (
        ("init", "--quiet", "--bare", "--initial-branch=main", "../origin.git"),
        ("init", "--quiet", "--initial-branch=main"),
        ("remote", "add", "origin", "../origin.git"),
        ("config", "user.name", "Ada Example"),
        ("config", "user.email", "ada@example.org"),
    ):
        desk.git(*words)
    return desk


def walk(desk: Desk, lines: list[str]) -> list[Turn]:
    """Type every line, and what `&&` joins one after the other; each has to succeed."""
    turns = []
    for line in lines:
        if line == "$EDITOR releases/policy/code.yaml":
            path = desk.releases / "policy" / "code.yaml"
            assert FIRST in path.read_text()
            path.write_text(path.read_text().replace(FIRST, OTHER, 1))
            continue
        for command in line.split(" && "):
            turn = desk.say(command)
            assert turn.exit_code == 0, turn
            turns.append(turn)
            if command == "zumik resolve code.fast":
                logged = desk.say("zumik resolve code.fast --format json").out
                (desk.repo / "decisions.jsonl").write_text("".join(logged.split("\n")) + "\n")
    return turns


def said(turns: list[Turn], command: str) -> Turn:
    """The answer to a command."""
    return next(turn for turn in turns if turn.command.startswith(command))


def test_the_first_command_answers_as_the_readme_quotes_it() -> None:
    readme = README.read_text()
    line = readme.partition("zumik explain '")[2].partition("'")[0]
    quoted = readme.partition("<!-- explained -->\n```text\n")[2].partition("```")[0]
    command = (sys.executable, "-m", "zumik", "explain", line)
    done = subprocess.run(command, cwd=README.parent, capture_output=True, check=True, text=True)
    kept = [line for line in done.stdout.splitlines() if line in quoted.splitlines()]
    head = [line for line in quoted.splitlines() if line]
    assert [line for line in kept if line][: len(head)] == head


def test_the_walk_ends_green(desk: Desk) -> None:
    turns = walk(desk, block("<!-- the walk -->"))
    checked = said(turns, "zumik check --base origin/main")
    assert checked.out.startswith("nothing found\n"), checked
    assert "code.fast: anthropic/claude-haiku-5-5 → anthropic/claude-haiku-4-5" in checked.out
    replayed = said(turns, "zumik replay")
    assert "reproduced" in replayed.out, replayed
    rolled_back = said(turns, "zumik alias rollback")
    assert "→ alr_" in rolled_back.out, rolled_back
    assert "next: git push; to undo: zumik alias promote code.fast --to " in rolled_back.err
    assert desk.git("status", "--porcelain") == "?? decisions.jsonl\n"
    assert desk.zumik("check", "--base", "origin/main").exit_code == 0


def test_every_step_says_how_it_goes_on(desk: Desk) -> None:
    turns = walk(desk, block("<!-- the walk -->"))
    first = said(turns, "zumik alias promote --all").err
    assert "pull request" not in first, "on the branch that is live"
    assert "to undo" not in first, "nothing was live before"
    second = said(turns, "zumik alias promote code.fast").err
    assert "next: git push -u origin other-order, and open the pull request; to undo: " in second
    made = said(turns, "zumik release create --note 'Another order'".replace("'", '"'))
    assert "the commit took your edits along: releases/policy/code.yaml\n" in made.err


def test_the_signed_walk_ends_green(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(desk.root))
    (desk.root / ".ssh").mkdir()
    keygen = (
        "ssh-keygen",
        "-q",
        "-t",
        "ed25519",
        "-N",
        "",
        "-f",
        str(desk.root / ".ssh/id_ed25519"),
    )
    subprocess.run(keygen, check=True)
    lines = block("<!-- the walk -->")
    start, check = lines.index("zumik plan"), lines.index("zumik check --base origin/main")
    walk(desk, lines[:start])
    walk(desk, ["git push -u origin main", "git switch -c signed"])
    walk(desk, ["zumik release create"])
    for line in block("Releases can be signed"):
        if line.startswith("echo "):
            subprocess.run(["bash", "-c", line], cwd=desk.repo, check=True)
        else:
            signed = walk(desk, [line])[0]
    assert "releases/allowed_signers, releases/zumik.yaml\n" in signed.err
    assert "signed by ada@example.org" in signed.out
    walk(desk, ["zumik alias promote --all --latest", lines[check - 1], lines[check]])
    assert desk.git("status", "--porcelain") == ""
