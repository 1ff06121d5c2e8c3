"""Each event, in a clone one commit deep: what is judged is what lands, on what it lands on."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.action.jobs import BRANCH, NONE, Forge
from tests.cli.conversation import Desk


def spoil(forge: Forge) -> None:
    """A byte more in a release that has landed."""
    path = min((forge.desk.releases / "frozen").glob("*.json"))
    forge.commit(str(path.relative_to(forge.desk.repo)), f"{path.read_text()} ")


def drop_newest(forge: Forge) -> str:
    """The desk as it was before the newest release was made; the commit that it is at."""
    log = forge.desk.git("log", "--format=%H", "--", "releases/frozen").split()
    forge.desk.git("reset", "--quiet", "--hard", f"{log[0]}^")
    return forge.desk.git("rev-parse", "HEAD").strip()


# Pull requests


def test_a_release_pull_request_passes_and_its_review_is_the_step_summary(forge: Forge) -> None:
    forge.freeze()
    said = forge.pull_request().run()
    assert said.code == 0, said.log
    assert said.clean
    assert said.outputs["exit-code"] == "0"
    assert "## zumik check: intact" in said.summary
    assert "code.fast" in said.summary
    assert not said.commands


def test_a_pull_request_that_changes_a_release_is_annotated_and_fails(forge: Forge) -> None:
    spoil(forge)
    said = forge.pull_request().run()
    assert said.code == 5
    assert said.outputs["exit-code"] == "5"
    assert not said.clean
    assert any(line.startswith("::error file=releases/frozen/alr_") for line in said.commands)
    assert "frozen-modified" in said.summary or "changed" in said.summary


def test_the_verdict_is_written_as_sarif_and_junit(forge: Forge) -> None:
    spoil(forge)
    said = forge.pull_request().run()
    assert said.outputs["review"].strip() == said.summary.strip()
    sarif = json.loads(Path(said.outputs["sarif"]).read_text())
    assert sarif["runs"][0]["results"]
    junit = ElementTree.parse(said.outputs["junit"])
    assert list(junit.iter("failure"))


def test_a_pull_request_is_checked_against_the_current_base(forge: Forge) -> None:
    forge.freeze()
    job = forge.pull_request()
    moved = forge.move_main()
    said = job.run()
    assert said.code == 0, said.log
    assert said.outputs["base"] == moved


def test_a_base_that_was_moved_back_is_used_as_it_is(forge: Forge) -> None:
    """On a runner that keeps its clone, too."""
    forge.freeze()
    job = forge.pull_request()
    assert job.base().outputs["base"] == forge.tip()
    forge.desk.git("--git-dir", str(forge.bare), "update-ref", "refs/heads/main", "main~1")
    assert job.base().outputs["base"] == forge.tip()


def test_a_release_overtaken_after_the_merge_commit_fails(forge: Forge) -> None:
    forge.freeze()
    job = forge.pull_request()
    forge.desk.git("switch", "--quiet", "main")
    forge.freeze("Somebody was faster")
    forge.push("main")
    said = job.run()
    assert said.code == 3
    assert any("merge-conflict" in line for line in said.commands)


def test_the_head_itself_may_be_checked_out(forge: Forge) -> None:
    forge.freeze()
    head = forge.pull_request().env["CHECK_PULL_HEAD"]
    env = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_BASE_REF": "main", "CHECK_PULL_HEAD": head}
    forge.move_main()
    said = forge.job(head, **env).run()
    assert said.code == 0, said.log
    assert said.outputs["head"] == head


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target"])
def test_a_checkout_of_another_commit_fails(forge: Forge, event: str) -> None:
    spoil(forge)
    env = forge.pull_request().env
    said = forge.job(forge.tip("main"), **{**env, "GITHUB_EVENT_NAME": event}).run()
    assert said.code == 4
    assert "neither the pull request's head" in said.summary


def test_a_merge_of_another_commit_fails(forge: Forge) -> None:
    forge.freeze()
    first = forge.pull_request()
    spoil(forge)
    later = forge.push(BRANCH)
    assert first.run(CHECK_PULL_HEAD=later).code == 4
    assert first.run(CHECK_PULL_HEAD=forge.tip("main")).code == 4


def test_a_merge_of_more_than_the_pull_request_fails(forge: Forge) -> None:
    forge.freeze()
    env = forge.pull_request().env
    head, git = env["CHECK_PULL_HEAD"], ("--git-dir", str(forge.bare))
    parents = ("-p", "main", "-p", "main~1", "-p", head)
    more = forge.desk.git(*git, "commit-tree", *parents, "-m", "Merge", f"{head}^{{tree}}").strip()
    assert forge.job(more, **env).run().code == 4


def test_a_fork_s_branch_is_not_used_as_the_base(forge: Forge) -> None:
    spoil(forge)
    job = forge.pull_request()
    fork = forge.bare.parents[1] / "mallory" / "app"
    shutil.copytree(forge.bare, fork)
    forge.desk.git("--git-dir", str(fork), "update-ref", "refs/heads/main", BRANCH)
    job.git("remote", "set-url", "origin", f"{forge.server}/mallory/app")
    said = job.run()
    assert said.code == 4
    assert "origin is not acme/app" in said.summary


def test_a_missing_base_branch_fails(forge: Forge) -> None:
    forge.freeze()
    said = forge.pull_request().run(GITHUB_BASE_REF="gone")
    assert said.code == 4
    assert "cannot be fetched" in said.summary


def test_unfetchable_history_fails(forge: Forge) -> None:
    forge.commit("README.md", "one\n")
    forge.commit("README.md", "two\n")
    job = forge.pull_request()
    found = job.base()
    assert found.code == 0, found.log
    shutil.rmtree(forge.bare)
    said = job.step("check.sh", CHECK_BASE=found.outputs["base"], CHECK_HEAD=found.outputs["head"])
    assert said.code == 4
    assert (said.outputs["exit-code"], said.outputs["clean"]) == ("4", "false")
    assert said.outputs["review"].strip() == said.summary.strip()
    assert "shallow" in said.summary


def test_a_full_clone_stays_full(forge: Forge) -> None:
    forge.freeze()
    job = forge.pull_request()
    forge.move_main()
    job.git("fetch", "--quiet", "--unshallow", "origin")
    assert job.base().code == 0
    assert job.git("rev-parse", "--is-shallow-repository") == "false"
    assert job.run().code == 0


def test_the_first_release_is_checked_by_its_own_settings_and_the_log_says_so(
    desk_after: Callable[[str], Desk], tmp_path: Path
) -> None:
    desk = desk_after("february")
    forge = Forge.of(desk, tmp_path)
    whole = desk.git("rev-parse", "HEAD^{tree}").strip()
    desk.git("switch", "--quiet", "--orphan", "empty")
    desk.git("commit", "--quiet", "--allow-empty", "--message", "Start")
    forge.push("main", "--force")
    desk.git("restore", "--source", whole, "--staged", "--worktree", ".")
    forge.commit("README.md", "all at once\n")
    said = forge.pull_request().run()
    assert any(line.startswith("::warning") for line in said.commands)
    assert "judged by its own settings" in said.summary
    assert said.code in (0, 3)


# The merge queue


def test_a_merge_group_is_checked_against_the_group_before_it(forge: Forge) -> None:
    forge.freeze()
    first = forge.merge_group(forge.tip())
    said = first.run()
    assert said.code == 0, said.log
    forge.commit("README.md", "more\n")
    second = forge.merge_group(first.commit).run()
    assert second.code == 0, second.log
    assert second.outputs["base"] == first.commit


def test_a_merge_group_with_a_changed_release_fails(forge: Forge) -> None:
    spoil(forge)
    assert forge.merge_group(forge.tip()).run().code == 5


def test_a_merge_group_that_is_not_checked_out_fails(forge: Forge) -> None:
    spoil(forge)
    env = forge.merge_group(forge.tip()).env
    assert forge.job(forge.tip(), **env).run().code == 4


def test_a_merge_group_without_its_base_fails(forge: Forge) -> None:
    forge.freeze()
    job = forge.merge_group(forge.tip())
    forge.desk.git("switch", "--quiet", "main")
    aside = forge.move_main()
    assert job.run(CHECK_GROUP_BASE=aside).code == 4


# Pushes


def test_a_push_is_checked_against_the_branch_before_it(forge: Forge) -> None:
    before = forge.tip()
    forge.commit("README.md", "one\n")
    forge.freeze()
    said = forge.pushed(before).run()
    assert said.code == 0, said.log
    assert said.outputs["base"] == before


def test_a_push_that_changes_and_restores_a_release_fails(forge: Forge) -> None:
    before = forge.tip()
    spoil(forge)
    forge.desk.git("revert", "--no-edit", "HEAD")
    assert forge.pushed(before).run().code in (3, 5)


def test_a_force_push_that_removes_a_release_fails(forge: Forge) -> None:
    before = forge.tip()
    drop_newest(forge)
    said = forge.pushed(before, "main", "--force").run()
    assert said.code == 3
    assert said.outputs["exit-code"] == "3"
    assert "a force push" in said.summary


def test_a_force_push_that_replaces_a_release_fails(forge: Forge) -> None:
    before = forge.tip()
    drop_newest(forge)
    forge.commit("README.md", "other\n")
    assert forge.pushed(before, "main", "--force").run().code == 3


def test_a_push_over_a_missing_commit_fails(forge: Forge) -> None:
    forge.freeze()
    said = forge.pushed("1" * 40).run()
    assert said.code == 4
    assert "no longer exists" in said.summary


def test_a_new_branch_is_checked_against_the_default_branch(forge: Forge) -> None:
    spoil(forge)
    said = forge.pushed(NONE, BRANCH).run()
    assert said.code == 5
    assert said.outputs["base"] == forge.tip()


def test_the_first_push_of_the_default_branch_is_checked_whole(forge: Forge) -> None:
    said = forge.pushed(NONE).run()
    assert said.code == 0, said.log
    assert said.outputs["base"] == ""
    assert "not compared with a base" in said.log


def test_a_pushed_commit_that_is_not_checked_out_fails(forge: Forge) -> None:
    before = forge.tip()
    spoil(forge)
    env = forge.pushed(before).env
    said = forge.job(before, **{**env, "GITHUB_SHA": forge.tip()}).run()
    assert said.code == 4


def test_a_tag_is_checked_whole(forge: Forge) -> None:
    env = {"GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/tags/v1", "CHECK_BEFORE": NONE}
    said = forge.job(forge.tip(), **env).run()
    assert said.code == 0, said.log
    assert said.outputs["base"] == ""


# Without a base


@pytest.mark.parametrize("event", ["workflow_dispatch", "schedule"])
def test_without_a_base_everything_is_read_again(forge: Forge, event: str) -> None:
    job = forge.job(forge.tip(), GITHUB_EVENT_NAME=event)
    job.git("update-ref", "refs/remotes/origin/main", "HEAD")  # as a checkout of a branch has it
    said = job.run()
    assert said.code == 0, said.log
    assert "not done" not in said.log
    spoil(forge)
    said = forge.job(forge.push("main"), GITHUB_EVENT_NAME=event).run()
    assert said.code == 5


def test_an_unknown_event_fails(forge: Forge) -> None:
    said = forge.job(forge.tip(), GITHUB_EVENT_NAME="issue_comment").run()
    assert said.code == 4
    assert not said.clean


# The workspace


def test_a_branch_that_removes_the_workspace_fails(forge: Forge) -> None:
    forge.desk.git("rm", "-r", "--quiet", "releases")
    forge.commit("README.md", "nothing left\n")
    assert forge.pull_request().run().code == 4


def test_a_symlink_in_place_of_the_workspace_is_not_followed(forge: Forge) -> None:
    forge.desk.git("mv", "releases", "decoy")
    (forge.desk.repo / "releases").symlink_to("decoy")
    forge.commit("README.md", "the same, one would think\n")
    said = forge.pull_request().run()
    assert said.code == 4
    assert "is not a directory" in said.summary


def test_a_second_workspace_does_not_replace_the_first(forge: Forge) -> None:
    spoil(forge)
    forge.commit("zumik.yaml", "live_ref: origin/main\n")
    assert forge.pull_request().run().code == 5


def test_a_repository_may_be_checked_out_in_a_subdirectory(forge: Forge) -> None:
    spoil(forge)
    job = forge.pull_request()
    said = job.run(GITHUB_WORKSPACE=str(job.place), CHECK_DIRECTORY="work")
    assert said.code == 5
    assert any(line.startswith("::error file=releases/") for line in said.commands)
