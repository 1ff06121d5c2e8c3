"""Refreeze fails half-way: the merge is as it was."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk
from tests.cli.refreeze.branches import REFREEZE, Stale, expect_refusal, merged_by_hand, ok


@pytest.mark.parametrize(
    ("settings", "words"),
    [("{}", "no live_ref is set"), ("live_ref: upstream/main", "upstream/main is not known here")],
)
def test_without_a_known_live_ref_it_is_refused(
    settings: str, words: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    (desk.releases / "zumik.yaml").write_text(f"{settings}\n")
    expect_refusal(desk, 4, words)


def _git_that_fails(desk: Desk, pattern: str) -> dict[str, str]:
    git = desk.root / "bin" / "git"
    git.parent.mkdir()
    git.write_text(
        "#!/bin/sh\n"
        f'case "$*" in {pattern}) echo "No space left on device" >&2; exit 128;; esac\n'
        f'PATH="{os.environ["PATH"]}" exec git "$@"\n'
    )
    git.chmod(0o755)
    return {"PATH": f"{git.parent}:{os.environ['PATH']}"}


@pytest.mark.parametrize("command", ["add", "rm"])
def test_an_index_that_cannot_be_written_leaves_the_merge_as_it_was(
    command: str, stale: Stale
) -> None:
    desk = stale("code.fast")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    expect_refusal(desk, 4, "No space left", **_git_that_fails(desk, f'*" {command} "*'))
    assert not (desk.repo / ".git" / "zumik").exists()


def test_a_hook_that_refuses_leaves_the_branch_as_it_was(
    stale: Stale,
) -> None:
    desk = stale("code.fast")
    merged_by_hand(desk)
    hook = desk.repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no way >&2; exit 1\n")
    hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
    expect_refusal(desk, 4, "git commit failed: no way")


@pytest.mark.parametrize("allowed", range(3))
def test_a_disk_that_is_full_leaves_the_merge_as_it_was(allowed: int, stale: Stale) -> None:
    from tests.cli.test_disk import _fail_to_create

    desk = stale("code.fast")
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    with pytest.MonkeyPatch.context() as patch:
        _fail_to_create(patch, 28, allowed)
        expect_refusal(desk, 4, "the disk is full; nothing was changed")


def test_a_filter_that_changes_a_release_is_noticed_before_it_is_committed(
    stale: Stale,
) -> None:
    desk = stale()
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    desk.git("config", "filter.spoil.clean", "sed s/alr/ALR/")
    info = desk.repo / ".git" / "info"
    info.mkdir(exist_ok=True)
    # Only the file to come: what is there would look edited as soon as git looks at it again.
    (info / "attributes").write_text("releases/frozen/*_003.* filter=spoil\n")
    refused = expect_refusal(
        desk, 5, "was staged with other bytes: a hook or a filter changed them"
    )
    assert "exempt releases/frozen" in refused.err


def test_a_tampered_draft_exits_5(stale: Stale) -> None:
    desk = stale()
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    for path in (desk.releases / "frozen").glob("alr_2026_01_10_002.*"):
        path.write_bytes(path.read_bytes() + b" ")
    expect_refusal(desk, 5, "the bytes hash to")


def test_refreeze_works_in_a_subdirectory_and_a_linked_worktree(
    stale: Stale, tmp_path: Path
) -> None:
    desk = stale("code.fast")
    desk.git("switch", "--quiet", "--detach")
    desk.git("worktree", "add", "--quiet", "../linked", "cheaper")
    desk.below = "../linked"
    assert desk.do(["git", "merge", "--quiet", "origin/main"]).exit_code == 1
    done = ok(desk.zumik(*REFREEZE))
    assert "next: git commit" in done.err
    desk.git("commit", "--quiet", "-m", "Merge")
    assert desk.git("status", "--porcelain") == ""
    assert ok(desk.zumik("check"))
