"""`zumik check` as a hook of git, as `.pre-commit-hooks.yaml` has it run."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    """A repository in which every commit is checked first."""
    desk = desk_after("february")
    hook = desk.repo / ".git" / "hooks" / "pre-commit"
    hook.write_text(f"#!/bin/sh\nexec {sys.executable} -I -m zumik check\n")
    hook.chmod(0o755)
    return desk


def test_zumik_s_own_commits_pass_the_hook(desk: Desk) -> None:
    """While it writes, more lies in frozen/ and live/ than what it commits."""
    for command in (
        ("release", "create", "--note", "Once more", "--allow-unchanged"),
        ("alias", "promote", "code.fast", "--latest", "--reason", "Once more"),
        ("alias", "rollback", "code.fast", "--reason", "And back"),
    ):
        done = desk.zumik(*command)
        assert done.exit_code == 0, done
    assert not desk.git("status", "--porcelain")


def test_a_spoiled_release_is_not_committed(desk: Desk) -> None:
    path = min((desk.releases / "frozen").glob("*.json"))
    path.write_text(f"{path.read_text()} ")
    done = desk.do(["git", "commit", "--all", "--message", "Spoil"])
    assert done.exit_code == 1
    assert "digest-mismatch" in done.out + done.err


def test_a_temporary_file_is_reported_once_it_is_committed(desk: Desk) -> None:
    name = ".alr_2026_01_10_001.0123456789abcdef.tmp"
    desk.git("switch", "--quiet", "--create", "change", "origin/main")
    (desk.releases / "frozen" / name).write_text("{}")
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--message", "Leave it")
    done = desk.zumik("check", "--base", "origin/main")
    assert done.exit_code, done
    assert "not-a-release-file" in done.out
