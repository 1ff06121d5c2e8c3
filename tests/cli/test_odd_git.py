"""Git as people have it set up: what it asks for is done, or its own words say why not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.attacks.case import BRANCH, prepare
from tests.cli.attacks.pointers import CASES
from tests.cli.conversation import Desk, subprocess_zumik

CREATE = ("release", "create", "--allow-unchanged", "--note", "n")


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    return desk_after("february")


def _hook(desk: Desk, name: str, text: str) -> None:
    path = desk.repo / ".git" / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_another_default_hash_changes_no_check(desk: Desk) -> None:
    plain = desk.zumik("check", "--base", "HEAD~1")
    odd = desk.zumik("check", "--base", "HEAD~1", GIT_DEFAULT_HASH="sha256")
    assert (odd.exit_code, odd.out, odd.err) == (plain.exit_code, plain.out, plain.err)


def test_a_broken_configuration_of_git_is_named(desk: Desk, tmp_path: Path) -> None:
    broken = tmp_path / ".gitconfig"
    broken.write_text("[user\n")
    done = subprocess_zumik(desk, *CREATE, GIT_CONFIG_GLOBAL=str(broken))
    assert done.returncode == 4
    assert b"git does not start: fatal: bad config line 1 in file" in done.stderr
    assert b"not found" not in done.stderr


@pytest.mark.parametrize("name", ["pre-commit", "commit-msg"])
def test_a_hook_that_refuses_in_silence_is_named_with_the_way_around(name: str, desk: Desk) -> None:
    _hook(desk, name, "exit 1")
    before = desk.holds()
    refused = desk.zumik(*CREATE)
    assert refused.exit_code == 4
    assert refused.err.startswith("error: git commit failed: git said nothing\n\nhint: ")
    assert f"a hook refused it ({name} in " in refused.err
    assert "or add --no-commit, and commit with the message that it asks for" in refused.err
    assert desk.holds() == before


def test_what_a_hook_demands_of_a_message_can_be_given_by_hand(desk: Desk) -> None:
    _hook(desk, "commit-msg", 'grep -q "^JIRA-" "$1" || { echo "needs JIRA-" >&2; exit 1; }')
    refused = desk.zumik(*CREATE)
    assert refused.err.startswith("error: git commit failed: needs JIRA-\n")
    assert desk.zumik(*CREATE, "--no-commit").exit_code == 0
    desk.git("add", "releases")
    desk.git("commit", "--quiet", "-m", "JIRA-1 Freeze")
    assert desk.zumik("check").exit_code == 0


def test_the_work_tree_that_git_names_in_a_hook_is_used(desk: Desk) -> None:
    plain = desk.zumik("check")
    environment = {"GIT_DIR": str(desk.repo / ".git"), "GIT_WORK_TREE": str(desk.repo)}
    assert desk.zumik("check", **environment).out == plain.out


@pytest.mark.parametrize("place", ["/", "..", "elsewhere"])
@pytest.mark.parametrize("setting", ["core.worktree", "GIT_WORK_TREE"])
def test_no_other_work_tree_hides_what_a_branch_does(setting: str, place: str, desk: Desk) -> None:
    """With another work tree git names the files of this one from there, or not at all."""
    prepare(desk)
    CASES["pointer-removed"].do(desk)
    plain = desk.zumik("check", "--base", "origin/main", "--head", BRANCH)
    assert plain.exit_code == 3
    (desk.repo / "elsewhere").mkdir()
    environment = {}
    if setting == "core.worktree":
        desk.git("config", "core.worktree", str((desk.repo / place).resolve()))
    else:
        environment[setting] = str((desk.repo / place).resolve())
    turn = desk.zumik("check", "--base", "origin/main", "--head", BRANCH, **environment)
    assert (turn.exit_code, turn.out) == (3, plain.out), turn


@pytest.mark.parametrize("kind", ["GLOB", "ICASE", "NOGLOB", "LITERAL"])
def test_patterns_that_the_environment_asks_for_change_no_answer(kind: str, desk: Desk) -> None:
    plain = desk.zumik("check", "--full")
    assert desk.zumik("check", "--full", **{f"GIT_{kind}_PATHSPECS": "1"}).out == plain.out


def test_a_clock_that_went_back_changes_no_answer(desk: Desk) -> None:
    before = desk.zumik("status").out
    old = {"GIT_COMMITTER_DATE": "2020-01-01T00:00:00Z", "GIT_AUTHOR_DATE": "2020-01-01T00:00:00Z"}
    desk.do(["git", "commit", "--quiet", "--allow-empty", "-m", "Old"], env=old)
    assert desk.zumik("status").out == before


@pytest.mark.parametrize(
    "command",
    [["status"], ["check"], ["check", "--base", "HEAD"], ["plan"], list(CREATE), ["recover"]],
    ids=" ".join,
)
def test_a_repository_with_sha_256_objects_is_refused_in_one_sentence(
    command: list[str], desk: Desk
) -> None:
    shutil.rmtree(desk.repo / ".git")
    desk.git("init", "--quiet", "--object-format=sha256")
    desk.git("add", "--all")
    refused = desk.zumik(*command)
    assert refused.exit_code == 4
    assert refused.err.startswith(
        "error: the repository at TMP/repo has SHA-256 objects, which zumik does not read\n\nhint: "
    )


def test_one_broken_pointer_hides_no_other(desk: Desk) -> None:
    plain = desk.zumik("status", "--format", "json")
    (desk.releases / "live" / "code.fast.json").write_text("{\n")
    status = desk.zumik("status", "--format", "json")
    assert status.exit_code == 4
    others = [a for a in json.loads(plain.out)["aliases"] if a["alias"] != "code.fast"]
    assert json.loads(status.out)["aliases"] == others
    (why,) = json.loads(status.out)["unread_pointers"]
    assert "live/code.fast.json: not JSON" in why
    assert "unread    live/code.fast.json: not JSON" in desk.zumik("status").out
