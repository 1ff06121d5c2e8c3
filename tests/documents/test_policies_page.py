"""From an edit to a reviewed pull request, as POLICIES.md, REVIEWING.md and CHECKING.md say."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest
from tests.cli.conversation import CASES, Desk
from tests.documents.pages import ROOT, block_with, show
from tests.documents.typed import place_of, said, type_lines

POLICIES, REVIEWING = ".github/POLICIES.md", ".github/REVIEWING.md"


def test_the_policy_that_is_shown_is_valid_and_plans(started: Desk) -> None:
    policy = place_of(started) / "releases/policy"
    shutil.rmtree(policy)
    policy.mkdir()
    (policy / "code.yaml").write_text(block_with(POLICIES, "description: Low-latency coding").text)
    assert started.zumik("validate").exit_code == 0
    assert "\n  lowest expected_latency: " in started.zumik("plan", "code.fast").out


def test_the_plan_of_the_edit_is_as_shown(proposed: Desk) -> None:
    show(POLICIES, "zumik plan code.fast", said(proposed.turns, "zumik plan code.fast").out)


def test_each_step_of_a_change_names_the_next(proposed: Desk) -> None:
    made = said(proposed.turns, 'zumik release create --note "Another').err
    assert "the commit took your edits along: releases/policy/code.yaml\n" in made
    moved = said(proposed.turns, "zumik alias promote code.fast").err
    assert "next: git push -u origin other-order, and open the pull request; to undo: " in moved


def test_the_review_is_as_shown(proposed: Desk) -> None:
    (first, *_) = [t for t in proposed.turns if t.command == "zumik check --base origin/main"]
    assert first.out.startswith("On merge traffic moves: "), first
    show(REVIEWING, first.command, first.out)


def test_a_reviewer_sees_what_the_author_saw(proposed: Desk) -> None:
    author = said(proposed.turns, "zumik check --base").out
    proposed.git("switch", "--quiet", "main")
    turns = type_lines(proposed, block_with(REVIEWING, "git switch other-order").commands)
    assert said(turns, "zumik check --base").out == author


def test_each_line_that_a_reviewer_is_to_read_is_one_of_a_review() -> None:
    shown = "".join(path.read_text() for path in sorted(CASES.glob("*/expected.txt")))
    rows = re.findall(r"(?m)^\| (.*?) \| ", (ROOT / REVIEWING).read_text())
    named = [words for row in rows for words in re.findall(r"`([^`]+)`", row)]
    assert len(named) > 10
    assert [words for words in named if words not in shown] == []


def test_the_commands_of_a_laptop_run(proposed: Desk) -> None:
    turns = type_lines(proposed, block_with(".github/CHECKING.md", "git fetch origin").commands)
    assert said(turns, "zumik check --rule").out.startswith("draft-removed: ")


def test_a_release_that_came_second_is_frozen_again(proposed: Desk) -> None:
    other = 'git switch main && zumik release create --allow-unchanged --note "Other" && git push'
    type_lines(proposed, [f"{other} && git switch other-order"])
    fetch, merge, refreeze, commit = block_with(POLICIES, "zumik release refreeze\n").commands
    type_lines(proposed, [fetch])
    merged = proposed.say(merge)
    assert "Merge conflict in releases/SHA256SUMS" in merged.out, merged
    again = type_lines(proposed, [refreeze, commit])[0]
    assert "every alias has the winner that was reviewed" in again.out
    assert proposed.zumik("check", "--base", "origin/main").exit_code == 0


def test_a_release_can_be_signed_as_the_page_says(
    proposed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(proposed.root))
    key = proposed.root / ".ssh/id_ed25519"
    key.parent.mkdir()
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    *written, sign = block_with(POLICIES, "zumik release sign").commands
    for line in written:
        subprocess.run(["bash", "-c", line], cwd=place_of(proposed), check=True)
    (signed,) = type_lines(proposed, [sign])
    assert "releases/allowed_signers, releases/zumik.yaml\n" in signed.err
    assert "signed by ada@example.org" in signed.out
    assert proposed.zumik("check", "--base", "origin/main").exit_code == 0


def test_a_new_alias_is_shown_and_not_written(started: Desk) -> None:
    before = started.git("status", "--porcelain")
    (turn,) = type_lines(started, block_with(POLICIES, "zumik alias new").commands)
    assert "support.fast: not live → " in turn.out
    assert started.git("status", "--porcelain") == before
