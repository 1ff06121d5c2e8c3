"""`--branch` and `--push`: a branch that is ready for a pull request, or nothing at all."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable

import pytest
from tests.cli.conversation import Desk, Turn

CREATE = ("release", "create", "--allow-unchanged")
PROMOTE = ("alias", "promote", "auto.balanced", "review.listed", "--latest")
ROLLBACK = ("alias", "rollback", "code.fast")
MOVES = pytest.mark.parametrize("command", [CREATE, PROMOTE, ROLLBACK], ids=lambda c: c[1])


def _ok(turn: Turn) -> Turn:
    assert turn.exit_code == 0, turn
    return turn


def _hook(desk: Desk, name: str, body: str, repository: str = "repo/.git") -> None:
    path = desk.root / repository / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def _refused(desk: Desk, command: tuple[str, ...], code: int, words: str, **env: str) -> Turn:
    """Refused with these words, on the branch that one was on, and with nothing changed."""
    before, head = desk.holds(), (desk.repo / ".git" / "HEAD").read_bytes()
    refused = desk.zumik(*command, **env)
    assert refused.exit_code == code, refused
    assert words in refused.err, refused
    assert "\n\nhint: " in refused.err, refused
    assert desk.holds() == before
    assert (desk.repo / ".git" / "HEAD").read_bytes() == head
    assert not list((desk.repo / ".git").glob("*.zumik"))
    return refused


def _remote(desk: Desk, ref: str) -> str:
    """What the remote has under a ref; nothing where it has no such ref."""
    return desk.do(["git", "ls-remote", "origin", ref]).out.partition("\t")[0]


@MOVES
def test_a_new_branch_gets_the_commit_and_is_checked_out(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    main = desk.git("rev-parse", "main")
    (desk.repo / "staged.txt").write_text("staged\n")
    desk.git("add", "staged.txt")
    (desk.repo / "staged.txt").write_text("staged, then edited\n")
    (desk.releases / "zumik.yaml").write_text("live_ref: origin/main\n# edited\n")
    status = desk.git("status", "--porcelain")
    done = _ok(desk.zumik(*command, "--branch", "for/review"))
    assert "NOT LIVE until merged to origin/main; committed as" in done.err
    assert "on the new branch for/review" in done.err
    assert desk.git("symbolic-ref", "HEAD") == "refs/heads/for/review\n"
    assert desk.git("rev-parse", "HEAD~1", "main") == main * 2
    assert desk.git("status", "--porcelain") == status
    changed = desk.git("show", "--format=", "--name-only", "HEAD").split()
    assert len(changed) == (1 if command is ROLLBACK else 2)
    assert _remote(desk, "refs/heads/for/review") == ""


@MOVES
def test_a_pushed_branch_tracks_its_remote(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    main = _remote(desk, "refs/heads/main")
    done = _ok(desk.zumik(*command, "--branch", "review", "--push", "--format", "json"))
    assert json.loads(done.out)["status"].endswith(
        "on the new branch review, pushed to origin/review"
    )
    assert _remote(desk, "refs/heads/review") == desk.git("rev-parse", "HEAD").strip()
    assert _remote(desk, "refs/heads/main") == main
    assert desk.git("rev-parse", "--abbrev-ref", "review@{upstream}") == "origin/review\n"
    assert "open the pull request" in done.err or "--push" in done.err


def test_the_next_command_can_be_pasted(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    done = _ok(desk.zumik(*ROLLBACK, "--branch", "a'b"))
    assert "next: git push -u origin 'a'\"'\"'b', and open the pull request" in done.err
    assert "to undo: git switch - && git branch -D 'a'\"'\"'b'" in done.err
    assert desk.do(["git", "push", "--quiet", "-u", "origin", "a'b"]).exit_code == 0
    undone = [desk.do(["git", *words]) for words in (["switch", "-"], ["branch", "-D", "a'b"])]
    assert [turn.exit_code for turn in undone] == [0, 0], undone
    assert desk.git("branch", "--show-current") == "main\n"


@pytest.mark.parametrize("detached", [False, True], ids=["on-a-branch", "detached"])
def test_undoing_deletes_the_new_branch_here_and_where_it_was_pushed(
    detached: bool, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    if detached:
        desk.git("switch", "--quiet", "--detach")
    before = desk.git("for-each-ref", "--format=%(refname) %(objectname)")
    head = desk.git("rev-parse", "HEAD")
    done = _ok(desk.zumik(*ROLLBACK, "--branch", "new", "--push"))
    for command in done.err.rpartition("to undo: ")[2].splitlines()[0].split(" && "):
        turn = desk.say(command.strip())
        assert turn.exit_code == 0, turn
    assert desk.git("for-each-ref", "--format=%(refname) %(objectname)") == before
    assert desk.git("rev-parse", "HEAD") == head


@pytest.mark.parametrize(
    "name",
    [
        "-d",
        "--force",
        "@{-1}",
        "HEAD",
        "",
        "a b",
        "a..b",
        "a~1",
        "x.lock",
        "a\nb",
        "a\x1b[31m",
        "a\u202eb",
        "-",
    ],
)
def test_an_invalid_branch_name_is_refused(name: str, desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    desk.git("switch", "--quiet", "--create", "before")
    desk.git("switch", "--quiet", "main")
    refused = _refused(desk, (*ROLLBACK, f"--branch={name}"), 4, "is not a name for a branch")
    assert "\x1b" not in refused.err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("main", "a branch 'main' exists already"),
        ("origin/main", "is already the name of a tag"),
        ("v1", "is already the name of a tag"),
        ("@", "is already the name of a tag"),
        ("main/sub", "cannot lock ref"),
    ],
)
def test_an_existing_branch_name_is_refused(
    name: str, words: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    desk.git("tag", "v1")
    _refused(desk, (*ROLLBACK, "--branch", name), 4, words)


@MOVES
def test_a_dry_run_makes_no_branch_and_refuses_the_same_names(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    before = desk.holds()
    _ok(desk.zumik(*command, "--branch", "new", "--push", "--dry-run"))
    assert desk.holds() == before
    _refused(desk, (*command, "--branch", "main", "--dry-run"), 4, "a branch 'main' exists")


@MOVES
@pytest.mark.parametrize("hook", ["pre-commit", "commit-msg"])
def test_a_hook_that_refuses_leaves_no_branch(
    hook: str, command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    (desk.repo / "staged.txt").write_text("staged\n")
    desk.git("add", "staged.txt")
    _hook(desk, hook, "echo no way >&2; exit 1")
    _refused(desk, (*command, "--branch", "new", "--push"), 4, "git commit failed: no way")


def test_a_hook_that_changes_a_release_leaves_no_branch(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    (desk.repo / "staged.txt").write_text("staged\n")
    desk.git("add", "staged.txt")
    _hook(
        desk,
        "pre-commit",
        "for f in $(git diff --cached --name-only -- releases/frozen); do\n"
        '  printf " " >> "$f"; git add "$f"\ndone',
    )
    before = {**desk.holds(), "head": None}
    refused = desk.zumik(*CREATE, "--branch", "new")
    assert refused.exit_code == 5, refused
    assert "was committed with other bytes" in refused.err
    assert {**desk.holds(), "head": None} == before
    assert desk.git("branch", "--format=%(refname:short)") == "main\n"


def test_a_detached_head_is_refused_unless_a_branch_is_made(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    desk.git("checkout", "--quiet", "--detach")
    _refused(desk, ROLLBACK, 4, "HEAD is detached")
    _refused(desk, (*ROLLBACK, "--push"), 4, "HEAD is detached")
    _hook(desk, "pre-commit", "exit 1")
    _refused(desk, (*ROLLBACK, "--branch", "new"), 4, "git commit failed")
    (desk.repo / ".git" / "hooks" / "pre-commit").unlink()
    _ok(desk.zumik(*ROLLBACK, "--branch", "new"))
    assert desk.git("symbolic-ref", "HEAD") == "refs/heads/new\n"


def test_a_repository_without_commits_can_begin_on_a_new_branch(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("small")
    desk.do(["rm", "-rf", ".git"])
    desk.git("init", "--quiet", "--initial-branch=main")
    _hook(desk, "pre-commit", "exit 1")
    _refused(desk, ("release", "create", "--branch", "new"), 4, "git commit failed")
    assert desk.git("ls-files") == ""
    (desk.repo / ".git" / "hooks" / "pre-commit").unlink()
    _ok(desk.zumik("release", "create", "--branch", "new"))
    assert desk.git("log", "--format=%D") == "HEAD -> new\n"


@MOVES
def test_no_commit_and_branch_exclude_each_other(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    for option in (("--branch", "new"), ("--push",)):
        _refused(desk, (*command, "--no-commit", *option), 2, "--no-commit leaves nothing to put")


@MOVES
def test_the_live_branch_is_never_pushed(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    refused = _refused(desk, (*command, "--push"), 4, "live_ref origin/main, which changes")
    assert "hint: make a branch for the pull request: --branch NAME --push" in refused.err
    desk.git("switch", "--quiet", "--detach")
    desk.git("branch", "--quiet", "-D", "main")
    _refused(desk, (*command, "--branch", "main", "--push"), 4, "which changes only by merging")


def test_the_current_branch_is_pushed(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    desk.git("switch", "--quiet", "--create", "mine")
    done = _ok(desk.zumik(*ROLLBACK, "--push"))
    assert "next: open the pull request for origin/mine where you host it; to undo: " in done.err
    assert "to undo: zumik alias promote" in done.err
    assert _remote(desk, "refs/heads/mine") == desk.git("rev-parse", "mine").strip()


@MOVES
def test_a_failed_push_keeps_the_commit_and_says_how_to_repeat_it(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    _hook(desk, "pre-receive", "printf 'closed\\033[31m' >&2; exit 1", "origin.git")
    done = desk.zumik(*command, "--branch", "new", "--push")
    assert done.exit_code == 4, done
    assert "alr_" in done.out
    assert "error: git push failed: " in done.err
    assert "the commit is safe on 'new'" in done.err
    assert done.err.endswith("hint: once that is fixed, push it again: git push -u origin new\n")
    assert "\x1b" not in done.err
    assert desk.git("rev-parse", "--abbrev-ref", "HEAD") == "new\n"
    assert desk.git("status", "--porcelain") == ""
    (desk.root / "origin.git" / "hooks" / "pre-receive").unlink()
    desk.git("push", "--quiet", "-u", "origin", "new")


def test_a_push_is_never_forced(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    desk.git("push", "--quiet", "origin", "main:refs/heads/mine")
    desk.git("switch", "--quiet", "--create", "mine", "HEAD~1")
    desk.git("config", "remote.origin.push", "+refs/heads/*:refs/heads/*")
    there = _remote(desk, "refs/heads/mine")
    done = desk.zumik("alias", "promote", "review.listed", "--to", "alr_2026_02_10_001", "--push")
    assert done.exit_code == 4, done
    assert "git push failed" in done.err
    assert _remote(desk, "refs/heads/mine") == there


@pytest.mark.parametrize(
    ("live_ref", "words"),
    [("up/stream/main", "up/stream"), ("main", "origin"), ("other/main", "origin")],
)
def test_the_remote_is_that_of_the_live_ref(
    live_ref: str, words: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    for remote in ("up", "up/stream"):
        desk.git("remote", "add", remote, "../origin.git")
    (desk.releases / "zumik.yaml").write_text(f"live_ref: {live_ref}\n")
    done = _ok(desk.zumik(*ROLLBACK, "--branch", "new", "--push"))
    assert f"pushed to {words}/new" in done.err


def test_without_a_live_ref_git_says_where_to_push(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    desk.git("remote", "add", "fork", "../origin.git")
    desk.git("config", "remote.pushDefault", "fork")
    (desk.releases / "zumik.yaml").write_text("{}\n")
    assert "pushed to fork/new" in _ok(desk.zumik(*ROLLBACK, "--branch", "new", "--push")).err


def test_without_a_remote_a_push_is_refused_before_any_change(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    desk.git("remote", "remove", "origin")
    _refused(desk, (*ROLLBACK, "--branch", "new", "--push"), 4, "there is no remote 'origin'")


def test_a_promotion_without_a_move_makes_no_branch(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    before = desk.holds()
    done = _ok(desk.zumik("alias", "promote", "code.fast", "--latest", "--branch", "new"))
    assert done.out == "nothing to move\n"
    assert desk.holds() == before
