"""A release lands with the policy and catalog that it was frozen from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk

POLICY = "releases/policy/aliases.yaml"


def edit(desk: Desk) -> Path:
    """Change the policy so that another release follows from it."""
    path = desk.repo / POLICY
    text = path.read_text()
    assert "input_tokens: " in text
    path.write_text(text.replace("input_tokens: ", "input_tokens: 1", 1))
    return path


def committed(desk: Desk) -> list[str]:
    """The files of the newest commit that are not the release itself."""
    names = desk.git("show", "--format=", "--name-only", "--no-renames", "HEAD").split()
    return sorted(name for name in names if "/frozen/" not in name and "SHA256SUMS" not in name)


def test_the_commit_of_a_release_takes_the_edited_policy_along_and_nothing_else(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    edit(desk)
    (desk.releases / "policy" / "notes.txt").write_text("mine\n")
    (desk.releases / "zumik.yaml").write_text("live_ref: origin/main\n# edited\n")
    (desk.repo / "staged.txt").write_text("staged\n")
    desk.git("add", "staged.txt")
    made = desk.zumik("release", "create", "--note", "More input", "--branch", "more-input")
    assert made.exit_code == 0, made
    assert f"the commit took your edits along: {POLICY}\n" in made.err
    assert committed(desk) == [POLICY]
    assert desk.git("status", "--porcelain").splitlines() == [
        " M releases/zumik.yaml",
        "A  staged.txt",
        "?? releases/policy/notes.txt",
    ]
    desk.git("restore", "releases/zumik.yaml")
    checked = desk.zumik("check", "--base", "origin/main")
    assert checked.exit_code == 0, checked


@pytest.mark.parametrize("staged", [True, False], ids=["staged", "not-staged"])
def test_the_removal_of_a_policy_file_and_a_new_one_are_taken_along(
    staged: bool, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    path = edit(desk)
    path.rename(path.with_name("renamed.yaml"))
    if staged:
        desk.git("add", "--all")
    made = desk.zumik("release", "create")
    assert made.exit_code == 0, made
    assert committed(desk) == [POLICY, "releases/policy/renamed.yaml"]
    assert desk.git("status", "--porcelain") == ""


def test_without_a_commit_nothing_is_staged(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    edit(desk)
    made = desk.zumik("release", "create", "--no-commit")
    assert made.exit_code == 0, made
    assert "along" not in made.err
    assert desk.git("diff", "--cached", "--name-only") == ""


def test_a_dry_run_names_the_edits_and_no_digest(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    edit(desk)
    before = desk.holds()
    shown = desk.zumik("release", "create", "--dry-run")
    assert f"the commit would take your edits along: {POLICY}\n" in shown.err
    assert "only the real run gives it" in shown.out
    # With a time of its own the release is the same in both runs, and so is its digest.
    dated = ("release", "create", "--as-of", f"{desk.now:%Y-%m-%dT%H:%M:%SZ}", "--dry-run")
    promised = desk.zumik(*dated).out.splitlines()[0]
    assert desk.holds() == before
    assert desk.zumik(*dated[:-1]).out.splitlines()[0] == promised


def test_a_policy_file_that_git_ignores_is_refused_by_name(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    path = edit(desk)
    path.rename(path.with_name("mine.yaml"))
    (desk.repo / ".git" / "info" / "exclude").write_text("mine.yaml\n")
    before = desk.holds()
    refused = desk.zumik("release", "create")
    assert refused.exit_code == 4, refused
    assert "git ignores 'releases/policy/mine.yaml'" in refused.err
    assert desk.holds() == before
    desk.git(*refused.err.rpartition("hint: git ")[2].split())
    assert desk.zumik("release", "create").exit_code == 0


def test_a_refusing_hook_leaves_the_edits_as_they_were(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    edit(desk)
    hook = desk.repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    before = desk.holds()
    assert desk.zumik("release", "create").exit_code == 4
    assert desk.holds() == before


def test_a_release_that_needs_a_signature_says_so_next(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    edit(desk)
    settings = desk.releases / "zumik.yaml"
    settings.write_text(settings.read_text() + "signatures: {required: true}\n")
    made = desk.zumik("release", "create")
    assert "\nnext: zumik release sign alr_2026_02_10_002, then zumik alias promote " in made.err
