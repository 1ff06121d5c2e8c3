"""Clones and histories that are not as others are: what they hide is found, or nothing is said."""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.attacks.case import check, prepare
from tests.cli.attacks.edits import append, commit, freeze, frozen, relative, write
from tests.cli.conversation import Desk


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    return prepare(desk_after("february"))


def edited_and_put_back(desk: Desk) -> None:
    append(desk, relative(desk, frozen(desk)), " ")
    desk.git("revert", "--no-edit", "HEAD")


def commit_of(desk: Desk, ref: str) -> str:
    return desk.git("rev-parse", ref).strip()


def by_grafts(desk: Desk) -> None:
    info = desk.repo / ".git" / "info"
    info.mkdir(exist_ok=True)
    line = f"{commit_of(desk, 'HEAD')} {commit_of(desk, 'origin/main')}\n"
    (info / "grafts").write_text(line)


def by_replacing(desk: Desk) -> None:
    desk.git("replace", "--graft", "HEAD", "origin/main")


def by_commit_graph(desk: Desk) -> None:
    """Git's cache of history is changed to name the base as the parent of the newest commit."""
    desk.git("commit-graph", "write", "--reachable")
    path = desk.repo / ".git" / "objects" / "info" / "commit-graph"
    data = bytearray(path.read_bytes())
    rows = [data[8 + 12 * n : 20 + 12 * n] for n in range(data[6] + 1)]
    at = {bytes(row[:4]): struct.unpack(">Q", row[4:])[0] for row in rows}
    names, facts = at[b"OIDL"], at[b"CDAT"]
    commits = [data[n : n + 20].hex() for n in range(names, facts, 20)]
    place = facts + 36 * commits.index(commit_of(desk, "HEAD")) + 20
    data[place : place + 4] = struct.pack(">I", commits.index(commit_of(desk, "origin/main")))
    path.chmod(0o644)
    path.write_bytes(bytes(data))


@pytest.mark.parametrize(
    "hide", [by_grafts, by_replacing, by_commit_graph], ids=lambda f: f.__name__
)
def test_a_commit_that_this_clone_hides_is_found(hide: Callable[[Desk], None], desk: Desk) -> None:
    edited_and_put_back(desk)
    hide(desk)
    answer = check(desk)
    assert (answer.exit_code, answer.errors) == (3, {"frozen-touched"})


def test_history_cut_off_by_hand_cannot_be_checked(desk: Desk) -> None:
    edited_and_put_back(desk)
    (desk.repo / ".git" / "shallow").write_text(f"{commit_of(desk, 'HEAD')}\n")
    turn = desk.zumik("check", "--base", "origin/main")
    assert turn.exit_code == 4
    assert "lacks history" in turn.err


def _edited_in_an_octopus(desk: Desk) -> None:
    for name in ("one", "two"):
        desk.git("switch", "--quiet", "--create", name, "change")
        write(desk, f"{name}.txt", name)
    desk.git("switch", "--quiet", "change")
    desk.git("merge", "--quiet", "one", "two")
    before = frozen(desk).read_bytes()
    frozen(desk).write_bytes(before + b" ")
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--amend", "--no-edit")
    frozen(desk).write_bytes(before)
    commit(desk, "Mend")


def _edited_under_an_old_date(desk: Desk) -> None:
    then = {f"GIT_{who}_DATE": "1970-01-02T00:00:00Z" for who in ("AUTHOR", "COMMITTER")}
    words = ["git", "commit", "--quiet", "--allow-empty", "--message", "x"]
    assert desk.do(words, env=then).exit_code == 0
    edited_and_put_back(desk)


@pytest.mark.parametrize(
    "edit", [_edited_in_an_octopus, _edited_under_an_old_date], ids=lambda f: f.__name__
)
def test_an_edit_is_found_in_any_history(edit: Callable[[Desk], None], desk: Desk) -> None:
    edit(desk)
    assert check(desk).errors == {"frozen-touched"}


def test_an_object_that_holds_other_bytes_is_found(desk: Desk) -> None:
    """Git reads an object without asking whether its bytes have its name."""
    freeze(desk)
    name = commit_of(desk, f"HEAD:{relative(desk, frozen(desk, -1))}")
    _object(desk, name).chmod(0o644)
    _object(desk, name).write_bytes(zlib.compress(b"blob 4\0evil"))
    answer = check(desk)
    assert answer.exit_code == 5
    assert "digest-mismatch" in answer.errors


@pytest.mark.parametrize("data", [b"garbage", b"", None], ids=["garbage", "empty", "missing"])
def test_an_unreadable_object_cannot_be_checked(data: bytes | None, desk: Desk) -> None:
    freeze(desk)
    path = _object(desk, commit_of(desk, f"HEAD:{relative(desk, frozen(desk, -1))}"))
    path.chmod(0o644)
    path.unlink() if data is None else path.write_bytes(data)
    turn = desk.zumik("check", "--base", "origin/main")
    assert turn.exit_code == 4
    assert turn.err.startswith("error: git ")


def test_an_edit_is_found_from_a_linked_worktree(desk: Desk) -> None:
    append(desk, relative(desk, frozen(desk)), " ")
    desk.git("switch", "--quiet", "main")
    (desk.root / "linked").mkdir()
    desk.git("worktree", "add", "--quiet", "../linked/repo", "change")
    linked = Desk(desk.root / "linked", desk.now)
    assert linked.zumik("check", "--base", "origin/main").exit_code == 5


def test_a_branch_of_another_history_cannot_be_checked(desk: Desk) -> None:
    desk.git("switch", "--quiet", "--orphan", "other")
    desk.git("checkout", "--quiet", "change", "--", "releases")
    append(desk, relative(desk, frozen(desk)), " ")
    turn = desk.zumik("check", "--base", "origin/main", "--head", "other")
    assert turn.exit_code == 4
    assert "no commit in common" in turn.err


@pytest.mark.parametrize(
    "base",
    [
        *("", "-h", "--upload-pack=false", "0" * 40, "origin/main^{tree}", "HEAD:releases"),
        *("^main", "main..change", "origin/main\n", "\x1b[31m", "refs/heads/none", "../main"),
    ],
)
def test_a_base_that_is_not_a_commit_cannot_be_checked(base: str, desk: Desk) -> None:
    turn = desk.zumik("check", f"--base={base}")
    assert turn.exit_code == 4
    assert "\x1b" not in turn.err


def _object(desk: Desk, name: str) -> Path:
    return desk.repo / ".git" / "objects" / name[:2] / name[2:]


def test_without_a_remote_what_the_commit_before_has_is_hashed(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    desk.git("remote", "remove", "origin")
    desk.git("commit", "--quiet", "--allow-empty", "--message", "Another day")
    turn = desk.zumik("check")
    assert "not done: 1 earlier release hashed, and not derived" in turn.err + turn.out
    whole = desk.zumik("check", "--full")
    assert "not done" not in whole.err + whole.out
    desk.git("reset", "--quiet", "--soft", desk.git("rev-list", "--max-parents=0", "HEAD").strip())
    desk.git("commit", "--quiet", "--amend", "--no-edit")
    first = desk.zumik("check")
    assert "not done" not in first.err + first.out


NEEDING = {
    "frozen": [
        *("status", "check", "validate", "plan", "alias list", "alias show code.fast"),
        *("release list", "release show", "release create --note x", "explain code.fast"),
        *("resolve code.fast", "alias promote code.fast --latest --reason x"),
    ],
    "live": [
        *("status", "check", "validate", "plan", "alias list", "alias show code.fast"),
        *("release list", "release create --note x", "explain code.fast", "resolve code.fast"),
        "alias promote code.fast --latest --reason x",
    ],
    "catalog": ["check", "validate", "plan", "release create --note x", "catalog list"],
    "policy": ["check", "validate", "plan", "release create --note x"],
}
"""The commands that need a folder of the workspace."""


def _sparse(desk: Desk, *arguments: str) -> None:
    # The desk is a copy, and git keeps files that its index does not know to be as committed.
    desk.git("update-index", "-q", "--refresh")
    desk.git("sparse-checkout", "set", *arguments)


@pytest.mark.parametrize("folder", NEEDING)
@pytest.mark.parametrize("cone", [True, False])
def test_a_command_that_needs_what_a_sparse_checkout_leaves_out_says_how_to_have_it(
    folder: str, cone: bool, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("promoted")
    if cone:
        _sparse(desk, "--cone", *(f"releases/{name}" for name in NEEDING if name != folder))
    else:
        _sparse(desk, "--no-cone", "/*", f"!/releases/{folder}/")
    assert not (desk.releases / folder).exists()
    for command in NEEDING[folder]:
        turn = desk.zumik(*command.split())
        assert turn.exit_code == 4, turn
        assert turn.err.split("\n\n") == [
            f"error: this sparse checkout leaves out releases/{folder}",
            "hint: git sparse-checkout disable brings all folders\n",
        ], turn
    desk.git("sparse-checkout", "disable")
    for command in ("status", "validate", "plan", "explain code.fast"):
        assert desk.zumik(*command.split()).exit_code == 0


def test_what_needs_no_folder_that_is_left_out_is_answered(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("promoted")
    _sparse(desk, "--cone", "releases/frozen", "releases/live")
    for command in ("status", "explain code.fast", "resolve code.fast", "release list"):
        assert desk.zumik(*command.split()).exit_code == 0


def test_a_sparse_checkout_without_the_workspace_says_so(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    _sparse(desk, "--cone", "src")
    turn = desk.zumik("status")
    assert turn.exit_code == 4
    assert "this checkout is sparse: git sparse-checkout disable brings all folders" in turn.err


def test_a_folder_that_was_removed_is_no_sparse_checkout(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("promoted")
    shutil.rmtree(desk.releases / "frozen")
    turn = desk.zumik("explain", "code.fast")
    assert turn.exit_code == 4
    assert "sparse" not in turn.err
    check = desk.zumik("check")
    assert check.exit_code == 5
    assert "[missing-file]" in check.out
