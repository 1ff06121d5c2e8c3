"""What may land lands, wherever the check runs: forges, queues, shallow clones, a laptop."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.attacks.case import BRANCH, prepare
from tests.cli.attacks.edits import append, commit, freeze, frozen, relative, write
from tests.cli.conversation import Desk, Turn

DeskAfter = Callable[[str], Desk]


@pytest.fixture
def desk(desk_after: DeskAfter) -> Desk:
    return prepare(desk_after("february"))


def _check(desk: Desk, *arguments: str, base: str = "origin/main") -> Turn:
    return desk.zumik("check", "--base", base, *arguments)


def _told(desk: Desk, *arguments: str, base: str = "origin/main") -> dict[str, Any]:
    turn = _check(desk, "--format", "json", *arguments, base=base)
    assert turn.out, turn
    return json.loads(turn.out)  # type: ignore[no-any-return]


def _is_clean(desk: Desk, *arguments: str, base: str = "origin/main") -> None:
    turn = _check(desk, *arguments, base=base)
    assert turn.exit_code == 0, turn
    assert "\nnothing found\n" in f"\n{turn.out}", turn


def _promote(desk: Desk) -> None:
    done = desk.zumik("alias", "promote", "--all", "--latest", "--reason", "Go")
    assert done.exit_code == 0, done


def _push(desk: Desk) -> None:
    """What a person with the right to do so puts on the base, past every check."""
    desk.git("push", "--quiet", "origin", "HEAD:main")


# What is in order


def test_a_release_may_land(desk: Desk) -> None:
    freeze(desk)
    _is_clean(desk)
    told = _told(desk)
    assert (told["releases"], told["looked_at"]) == (3, 1)
    assert "2 releases of the base not read again, being the same: --full does" in told["not_done"]
    assert [item["id"] for item in told["review"]["releases"]] == ["alr_2026_02_20_001"]


def test_a_release_and_its_promotion_may_land(desk: Desk) -> None:
    freeze(desk)
    _promote(desk)
    _is_clean(desk)
    assert {move["kind"] for move in _told(desk)["review"]["moves"]} == {"promote"}


def test_a_rollback_may_land(desk: Desk) -> None:
    assert desk.zumik("alias", "rollback", "code.fast").exit_code == 0
    _is_clean(desk)


def test_two_releases_may_land_and_each_is_compared_with_its_own_policy(desk: Desk) -> None:
    freeze(desk)
    _promote(desk)
    policy = desk.releases / "policy" / "aliases.yaml"
    write(desk, relative(desk, policy), policy.read_text().replace("tasks.", "tasks, as ever."))
    freeze(desk)
    _promote(desk)
    _is_clean(desk)


def test_two_releases_in_one_commit_are_reported_as_not_compared(desk: Desk) -> None:
    freeze(desk)
    freeze(desk)
    desk.git("reset", "--quiet", "--soft", "origin/main")
    commit(desk, "Squashed by hand")
    turn = _check(desk)
    assert turn.exit_code == 0
    assert "[not-compared-with-policy]" in turn.out


def test_a_new_workspace_may_land(desk_after: DeskAfter) -> None:
    desk = desk_after("promoted")
    desk.git("switch", "--quiet", "--orphan", "empty")
    desk.git("commit", "--quiet", "--allow-empty", "--message", "Before zumik")
    desk.git("switch", "--quiet", "main")
    first = desk.git("rev-list", "--max-parents=0", "main").strip()
    desk.git("replace", "--graft", first, "empty")
    turn = _check(desk, base="empty")
    # A graft is not believed: the two histories have nothing in common.
    assert turn.exit_code == 4
    assert "no commit in common" in turn.err
    desk.git("replace", "--delete", first)
    desk.git("rebase", "--quiet", "--onto", "empty", "--root", "main")
    _is_clean(desk, base="empty")


@pytest.mark.parametrize("place", [".", "platform/llm/releases"])
def test_a_workspace_may_lie_anywhere_in_its_repository(place: str, desk: Desk) -> None:
    desk.git("switch", "--quiet", "main")
    for name in desk.git("ls-files", "releases").split():
        new = Path(place) / Path(name).relative_to("releases")
        (desk.repo / new).parent.mkdir(parents=True, exist_ok=True)
        desk.git("mv", name, str(new))
    commit(desk, "Move the workspace")
    _push(desk)
    desk.git("switch", "--quiet", BRANCH)
    desk.git("reset", "--quiet", "--hard", "origin/main")
    desk.below = place
    freeze_here = desk.zumik("release", "create", "--allow-unchanged")
    assert freeze_here.exit_code == 0, freeze_here
    _is_clean(desk)
    policy = Path(place) / "policy" / "aliases.yaml"
    text = (desk.repo / policy).read_text()
    (desk.repo / policy).write_text(text.replace("minimize: expected_latency", "minimize: nothing"))
    commit(desk, "A fault")
    files = {item["file"] for item in _told(desk)["findings"]}
    assert str(policy) in files


# A mistake that landed is seen, and can be mended


def _broken_bytes(desk: Desk) -> None:
    append(desk, relative(desk, frozen(desk, -1)), " ")


def _lost_line(desk: Desk) -> None:
    ledger = desk.releases / "SHA256SUMS"
    write(desk, relative(desk, ledger), ledger.read_text().splitlines(keepends=True)[0])


def _foreign_line(desk: Desk) -> None:
    append(desk, "releases/SHA256SUMS", "hello\n")


def _foreign_file(desk: Desk) -> None:
    write(desk, "releases/frozen/notes.txt", "hello\n")


def _lost_pointer_target(desk: Desk) -> None:
    path = desk.releases / "live" / "code.fast.json"
    write(
        desk,
        relative(desk, path),
        path.read_text().replace("alr_2026_02_10_001", "alr_2026_02_09_001"),
    )


def _lost_attributes(desk: Desk) -> None:
    desk.git("rm", "--quiet", "releases/.gitattributes")
    commit(desk)


def _linked_ledger(desk: Desk) -> None:
    ledger = desk.releases / "SHA256SUMS"
    ledger.rename(desk.repo / "SUMS")
    ledger.symlink_to("../SUMS")
    commit(desk)


def _linked_releases(desk: Desk) -> None:
    (desk.releases / "frozen").rename(desk.repo / "old")
    (desk.releases / "frozen").symlink_to("../old")
    commit(desk)


def _unreadable_settings(desk: Desk) -> None:
    write(desk, "releases/zumik.yaml", "live_ref: [\n")


def _linked_settings(desk: Desk) -> None:
    (desk.releases / "zumik.yaml").rename(desk.releases / "settings.yaml")
    (desk.releases / "zumik.yaml").symlink_to("settings.yaml")
    commit(desk)


def _version_of_nobody(desk: Desk) -> None:
    append(desk, "releases/zumik.yaml", 'required_version: ">=99"\n')


MISTAKES = [
    _version_of_nobody,
    _linked_ledger,
    _linked_releases,
    _unreadable_settings,
    _linked_settings,
    _broken_bytes,
    _lost_line,
    _foreign_line,
    _foreign_file,
    _lost_pointer_target,
    _lost_attributes,
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_a_mistake_that_landed_can_be_mended(mistake: Callable[[Desk], None], desk: Desk) -> None:
    mistake(desk)
    _push(desk)
    assert desk.zumik("check").exit_code in (3, 4, 5)
    desk.git("revert", "--no-edit", "HEAD")
    if mistake is _lost_pointer_target:
        # Its generation has to grow: somebody may have read the broken one.
        path = desk.releases / "live" / "code.fast.json"
        text = path.read_text().replace('"generation": 2', '"generation": 3')
        write(desk, relative(desk, path), text)
        # In one commit with the revert: each commit is held to what the result is held to.
        desk.git("reset", "--quiet", "--soft", "origin/main")
        commit(desk, "Mend")
    turn = _check(desk)
    assert turn.exit_code == 0, turn
    assert desk.zumik("check").exit_code == 0


# Forges


@pytest.fixture
def proposed(desk: Desk) -> Desk:
    """A branch with a release and its promotion, in two commits, pushed."""
    freeze(desk)
    _promote(desk)
    desk.git("push", "--quiet", "origin", BRANCH)
    return desk


def _someone_else_lands(desk: Desk) -> None:
    desk.git("switch", "--quiet", "main")
    write(desk, "README.md", "hello\n")
    desk.git("push", "--quiet", "origin", "main")


def test_a_merge_a_squash_and_a_rebase_land_alike(proposed: Desk) -> None:
    _someone_else_lands(proposed)
    before = proposed.git("rev-parse", "main").strip()
    for how in (
        ("merge", "--quiet", "--no-ff", "--no-edit", BRANCH),
        ("merge", "--quiet", "--squash", BRANCH),
        ("rebase", "--quiet", "main", BRANCH),
    ):
        proposed.git("switch", "--quiet", "--detach", before)
        proposed.git(*how)
        if "--squash" in how:
            proposed.git("commit", "--quiet", "--message", "Squashed")
        _is_clean(proposed, base=before)
        assert proposed.zumik("check").exit_code == 0
        proposed.git("switch", "--quiet", "--detach", before)


def test_a_merge_queue_checks_each_on_top_of_the_one_before(proposed: Desk) -> None:
    proposed.git("switch", "--quiet", "--create", "second", "origin/main")
    policy = proposed.releases / "policy" / "aliases.yaml"
    write(proposed, relative(proposed, policy), policy.read_text().replace("Reviews", "A review"))
    before = proposed.git("rev-parse", "origin/main").strip()
    proposed.git("switch", "--quiet", "--detach", before)
    proposed.git("merge", "--quiet", "--no-ff", "--no-edit", "second")
    queued = proposed.git("rev-parse", "HEAD").strip()
    turn = _check(proposed, base=before)
    assert (turn.exit_code, "[unreleased-changes]" in turn.out) == (0, True)
    # What was frozen before that policy came is not what policy and catalog say now.
    proposed.git("merge", "--quiet", "--no-ff", "--no-edit", BRANCH)
    turn = _check(proposed, base=queued)
    assert turn.exit_code == 3
    assert "[not-what-policy-freezes-to]" in turn.out


def test_a_forge_s_merge_commit_is_checked_as_it_is(proposed: Desk) -> None:
    _someone_else_lands(proposed)
    proposed.git("switch", "--quiet", "--detach", "origin/main")
    proposed.git("merge", "--quiet", "--no-ff", "--no-edit", BRANCH)
    _is_clean(proposed)
    append(proposed, relative(proposed, frozen(proposed)), " ")
    proposed.git("commit", "--quiet", "--amend", "--no-edit")
    assert _check(proposed).exit_code == 5


def test_the_work_tree_does_not_change_the_check(proposed: Desk) -> None:
    (proposed.releases / "policy" / "aliases.yaml").write_text("what: ever\n")
    shutil.rmtree(proposed.releases / "frozen")
    turn = _check(proposed)
    assert turn.exit_code == 0
    assert "not done: uncommitted changes: what is judged is what was committed" in turn.out


def test_a_branch_without_changes_may_land(desk: Desk) -> None:
    _is_clean(desk)
    _is_clean(desk, "--head", "origin/main~1")
    assert "no traffic moves" in _check(desk).out


def test_a_branch_that_merged_the_base_twice_may_land(desk: Desk) -> None:
    write(desk, "notes.txt", "mine\n")
    for _ in range(2):
        desk.git("switch", "--quiet", "main")
        assert desk.zumik("alias", "rollback", "code.fast").exit_code in (0, 3)
        done = desk.zumik("alias", "promote", "code.fast", "--latest")
        assert done.exit_code == 0, done
        desk.git("push", "--quiet", "origin", "main")
        desk.git("switch", "--quiet", BRANCH)
        desk.git("merge", "--quiet", "--no-edit", "origin/main")
    _is_clean(desk)


def test_files_missing_from_the_checkout_are_found(desk: Desk) -> None:
    desk.git("sparse-checkout", "set", "--no-cone", "/*", "!/releases/frozen/", "!/releases/live/")
    turn = desk.zumik("check")
    assert (turn.exit_code, turn.out) == (4, ""), turn
    assert "this sparse checkout leaves out releases/" in turn.err
    # The commit itself can be judged from any checkout.
    _is_clean(desk)


def test_full_reads_everything_again(proposed: Desk) -> None:
    told = _told(proposed, "--full")
    assert (told["releases"], told["looked_at"], told["not_done"]) == (3, 3, [])


# Shallow clones


def _clone(desk: Desk, *arguments: str) -> Desk:
    place = desk.root / "clone"
    url = f"file://{desk.root / 'origin.git'}"
    desk.git("clone", "--quiet", *arguments, url, str(place / "repo"))
    return Desk(place, desk.now)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_a_shallow_clone_is_deepened(depth: int, proposed: Desk) -> None:
    _someone_else_lands(proposed)
    clone = _clone(proposed, f"--depth={depth}", "--no-single-branch", f"--branch={BRANCH}")
    _is_clean(clone)
    assert _told(clone)["review"] == _told(proposed, "--head", BRANCH)["review"]


def test_a_shallow_clone_without_its_remote_cannot_be_checked(proposed: Desk) -> None:
    clone = _clone(proposed, "--depth=1", "--no-single-branch", f"--branch={BRANCH}")
    clone.git("remote", "set-url", "origin", str(proposed.root / "gone.git"))
    for _ in range(2):
        turn = _check(clone)
        assert turn.exit_code == 4, turn
        assert "this clone is shallow and lacks history between" in turn.err
        assert "hint: git fetch --unshallow" in turn.err
    clone.git("remote", "remove", "origin")
    turn = _check(clone, "--head", "HEAD", base="HEAD~1")
    assert turn.exit_code == 4
    assert "is not known here" in turn.err


def test_an_edit_below_a_shallow_boundary_is_found(desk: Desk) -> None:
    """With its history cut off the branch looks innocent: the edit and its revert are below."""
    append(desk, relative(desk, frozen(desk)), " ")
    desk.git("revert", "--no-edit", "HEAD")
    write(desk, "notes.txt", "one more\n")
    desk.git("push", "--quiet", "origin", BRANCH)
    clone = _clone(desk, "--depth=1", "--no-single-branch", f"--branch={BRANCH}")
    turn = _check(clone)
    assert (turn.exit_code, "[frozen-touched]" in turn.out) == (3, True), turn


def test_a_partial_clone_fetches_what_it_needs(proposed: Desk) -> None:
    proposed.do(["git", "-C", "../origin.git", "config", "uploadpack.allowFilter", "true"])
    clone = _clone(proposed, "--filter=blob:none", "--no-checkout", f"--branch={BRANCH}")
    clone.git("checkout", "--quiet", BRANCH)
    _is_clean(clone)


# Asking wrongly


@pytest.mark.parametrize(
    ("base", "words"),
    [
        ("nothing", "--base 'nothing' is not known here"),
        ("", "--base '' is not known here"),
        ("--upload-pack=touch pwned", "is not known here"),
        ("origin/main^{tree}", "is not known here"),
        ("a..b", "is not known here"),
        ("\x1b[31m", "--base '\\x1b[31m' is not known here"),
    ],
)
def test_an_invalid_base_is_an_error(base: str, words: str, desk: Desk) -> None:
    turn = desk.zumik("check", f"--base={base}")
    assert turn.exit_code == 4, turn
    assert words in turn.err
    assert "\n\nhint: " in turn.err


@pytest.mark.parametrize("value", ["true", "input"])
def test_a_clone_that_converts_line_ends_is_found(value: str, desk: Desk) -> None:
    desk.git("config", "core.autocrlf", value)
    for arguments in ((), ("--base", "origin/main")):
        turn = desk.zumik("check", *arguments)
        assert (turn.exit_code, turn.out.count("[autocrlf]")) == (0, 1), turn


def test_an_abbreviated_commit_id_is_not_read_as_a_tag(desk: Desk) -> None:
    base = desk.git("rev-parse", "--short=10", "origin/main").strip()
    append(desk, relative(desk, frozen(desk)), " ")
    desk.git("tag", base, "HEAD")
    assert _check(desk, base=base).exit_code == 5


def test_a_sha256_repository_cannot_be_checked(desk: Desk) -> None:
    other = desk.root / "other"
    desk.git("init", "--quiet", "--object-format=sha256", str(other / "repo"))
    shutil.copytree(desk.releases, other / "repo" / "releases")
    sha256 = Desk(other, desk.now)
    commit(sha256, "Everything")
    turn = _check(sha256, base="HEAD")
    assert (turn.exit_code, "has SHA-256 objects" in turn.err) == (4, True), turn


def test_a_head_needs_a_base(desk: Desk) -> None:
    assert desk.zumik("check", "--head", "HEAD").exit_code == 2


def test_a_code_is_explained_or_the_nearest_suggested(desk: Desk) -> None:
    told = desk.zumik("check", "--rule", "stale-parent")
    assert told.exit_code == 0
    assert "zumik release refreeze" in told.out
    unknown = desk.zumik("check", "--rule", "stale-parrot")
    assert (unknown.exit_code, "did you mean stale-parent?" in unknown.err) == (4, True)
