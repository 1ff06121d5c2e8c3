"""Commands that are killed, that wait for each other, and that find something in their way."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.conversation import Desk, Turn, subprocess_zumik

import zumik
import zumik.transaction.lock

CREATE = ("release", "create", "--allow-unchanged", "--note", "again")
PROMOTE = ("alias", "promote", "code.fast", "--to", "alr_2026_01_10_001", "--reason", "back")
WRITERS = pytest.mark.parametrize(
    "command", [CREATE, (*CREATE, "--branch", "new")], ids=["here", "branch"]
)

# The hook's git is a child of the zumik that holds the lock.
_KILL = r"""
lock="$(git rev-parse --git-common-dir)"/zumik/lock
kill -9 "$(sed -n 's/.*"pid": \([0-9]*\).*/\1/p' "$lock")"
"""


def _hook(desk: Desk, script: str, name: str = "pre-commit") -> None:
    hook = desk.repo / ".git" / "hooks" / name
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)


def _now(desk: Desk) -> None:
    """What a process of its own does is dated by the clock of the machine."""
    desk.now = datetime.now(UTC).replace(microsecond=0)


def _killed(desk: Desk, command: tuple[str, ...], then: str) -> None:
    """Kill zumik while git commits for it; git goes on, and its hook does what `then` says."""
    _now(desk)
    _hook(desk, _KILL + then)
    done = subprocess_zumik(desk, *command)
    assert done.returncode == -signal.SIGKILL, done
    (desk.repo / ".git" / "hooks" / "pre-commit").unlink()
    _now(desk)


def _recovered(desk: Desk, *options: str) -> Turn:
    """Recovering waits for the git that outlived zumik."""
    turn = desk.zumik("recover", *options)
    assert turn.exit_code == 0, turn
    return turn


def _nothing_left(desk: Desk) -> None:
    assert desk.git("status", "--porcelain") == ""
    left = [path for path in desk.repo.rglob("*") if path.suffix in (".lock", ".tmp")]
    assert not left
    assert not (desk.repo / ".git" / "zumik").exists()
    checked = desk.zumik("check")
    assert checked.exit_code == 0, checked


@WRITERS
def test_a_command_killed_before_its_commit_is_undone(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    before = desk.holds()
    _killed(desk, command, "exit 1")
    turn = _recovered(desk)
    assert " was interrupted\nthe change was not complete; taken back:\n  releases/" in turn.out
    assert desk.holds() == before
    _nothing_left(desk)
    again = desk.zumik(*command)
    assert again.exit_code == 0, again


@WRITERS
def test_a_command_killed_after_its_commit_is_finished(
    command: tuple[str, ...], desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    start = desk.git("rev-parse", "HEAD")
    _killed(desk, command, "exit 0")
    turn = _recovered(desk)
    assert "\nthe change was complete; finished:\n  releases/" in turn.out
    assert desk.git("rev-parse", "HEAD^") == start
    assert "new" in desk.git("branch", "--show-current") or "--branch" not in command
    _nothing_left(desk)


@pytest.mark.parametrize("then", ["exit 0", "exit 1"], ids=["committed", "refused"])
def test_a_kill_loses_none_of_the_edits_that_a_release_takes_along(
    then: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    policy = desk.releases / "policy" / "aliases.yaml"
    policy.write_text(policy.read_text() + "# edited\n")
    before = desk.holds()
    _killed(desk, CREATE, then)
    _recovered(desk)
    assert policy.read_text().endswith("# edited\n")
    if then == "exit 0":
        _nothing_left(desk)
    else:
        assert desk.holds() == before


def test_until_recovery_only_reading_commands_run(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    _killed(desk, CREATE, "exit 1")
    _wait_for_git(desk)
    told = "zumik release create (process "
    for command in (CREATE, PROMOTE):
        refused = desk.zumik(*command)
        assert refused.exit_code == 4, refused
        assert f"error: {told}" in refused.err
        assert ") was interrupted before it was done\n\nhint: zumik recover" in refused.err
    checked = desk.zumik("check")
    assert checked.exit_code == 3, checked
    assert told in checked.out
    assert "interrupted" in checked.out
    assert "zumik recover" in checked.out
    assert desk.zumik("resolve", "code.fast").exit_code == 0
    assert desk.zumik(*CREATE, "--dry-run").exit_code == 0
    _recovered(desk)
    _nothing_left(desk)


def test_a_dry_run_of_the_recovery_says_what_it_would_do(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    _killed(desk, CREATE, "exit 1")
    turn = _recovered(desk, "--dry-run")
    assert "the change was not complete; would be taken back:" in turn.out
    found = json.loads(_recovered(desk, "--format", "json").out)
    assert (found["outcome"], found["dry_run"]) == ("taken back", False)
    assert found["interrupted"]["command"] == "release create"
    assert found["files"][-1] == "releases/SHA256SUMS"
    assert _recovered(desk).out == "nothing was interrupted\n", turn
    found = json.loads(_recovered(desk, "--format", "json").out)
    assert found == {
        "schema": "zumik.recovery/1",
        "interrupted": None,
        "outcome": None,
        "files": [],
        "dry_run": False,
    }


def test_files_committed_by_someone_else_stop_the_recovery(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    _killed(desk, CREATE, "exit 1")
    _wait_for_git(desk)
    (desk.repo / ".git" / "index.lock").unlink()  # as an impatient person would
    desk.git("commit", "--quiet", "-m", "by hand", "--", "releases/SHA256SUMS")
    refused = desk.zumik("recover")
    assert refused.exit_code == 4, refused
    assert "someone else committed some of these files: releases/SHA256SUMS" in refused.err
    desk.git("add", "releases/frozen")
    desk.git("reset", "--quiet", "--", "releases/frozen/.*")
    desk.git("commit", "--quiet", "--amend", "--no-edit", "--", *_new_release(desk))
    assert "the change was complete; finished" in _recovered(desk).out
    _nothing_left(desk)


def _new_release(desk: Desk) -> list[str]:
    found = desk.git("diff", "--cached", "--name-only", "--", "releases/frozen").split()
    return [name for name in found if not Path(name).name.startswith(".")]


def test_an_unreadable_journal_is_an_error(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    state = desk.repo / ".git" / "zumik"
    state.mkdir()
    for text in (b"", b"{}", b'{"pid": \x1b[31m}', b"[" * 5000):
        (state / "journal.json").write_bytes(text)
        for command in (("recover",), PROMOTE):
            refused = desk.zumik(*command)
            assert refused.exit_code == 4, refused
            assert "is not a journal of this version" in refused.err
            assert "\x1b" not in refused.err


def test_without_git_the_workspace_holds_the_journal(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.repo.mkdir()
    _now(desk)
    assert desk.zumik("init").exit_code == 0
    before = _files(desk.repo)
    child = os.fork()
    if child == 0:
        _die_at_the_second_link()
        os._exit(desk.zumik("release", "create", "--no-commit").exit_code)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL
    assert (desk.releases / ".zumik" / "journal.json").exists()
    assert _files(desk.repo) != before
    assert desk.zumik("check").exit_code != 0
    assert "the change was not complete; taken back:" in _recovered(desk).out
    assert _files(desk.repo) == before


def _files(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _die_at_the_second_link() -> None:
    link, count = os.link, [0]

    def dying(*arguments: str) -> None:
        count[0] += 1
        if count[0] == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        link(*arguments)

    os.link = dying  # type: ignore[assignment]


def test_another_work_tree_may_write_before_the_recovery(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    desk.git("worktree", "add", "--quiet", "-b", "other", "../other")
    other = desk.root / "other"
    _killed(desk, CREATE, "exit 1")
    desk.below = "../other"
    made = desk.zumik("--workspace", str(other / "releases"), *CREATE)
    assert made.exit_code == 0, made
    turn = desk.zumik("--workspace", str(other), "recover")
    assert turn.out == "nothing was interrupted\n", turn
    desk.below = "."
    assert "taken back" in _recovered(desk).out
    _nothing_left(desk)


# One writer at a time.


@contextmanager
def _writing(desk: Desk, *command: str, kill: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """A command that is in its hook for as long as the block lasts."""
    _now(desk)
    started, go_on = desk.root / "started", desk.root / "go-on"
    for pipe in (started, go_on):
        os.mkfifo(pipe)
    _hook(desk, f"{_KILL if kill else ''}echo > {started}; cat {go_on}")
    with (desk.root / "told").open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "zumik", *command],
            cwd=desk.repo,
            env={**os.environ, "PYTHONPATH": str(Path(zumik.__file__).parents[1])},
            stdout=told,
            stderr=told,
        )
    try:
        started.read_text()
        yield process
    finally:
        go_on.write_text("")
        process.wait()
        for pipe in (started, go_on):
            pipe.unlink()
        _hook(desk, "exit 0")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    real = zumik.transaction.lock.writers_lock
    monkeypatch.setattr(
        "zumik.transaction.single_writer.writers_lock", lambda *given: real(*given, patience=0.1)
    )


@pytest.mark.usefixtures("impatient")
def test_a_second_writer_sees_who_holds_the_lock(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    with _writing(desk, *CREATE) as process:
        refused = desk.zumik(*PROMOTE)
        assert refused.exit_code == 4, refused
        assert f"error: zumik release create (process {process.pid} on " in refused.err
        assert " is writing here, for " in refused.err
        assert (
            f"\n\nhint: wait for it, or end it: kill {process.pid}; if it no longer runs"
            in refused.err
        )
        assert "waiting for zumik release create (process " in refused.err
        assert desk.zumik("check").exit_code in (0, 3), "a check may see the files of others"
        assert "interrupted" not in desk.zumik("check").out
    assert process.returncode == 0
    assert desk.zumik(*PROMOTE).exit_code == 0
    _nothing_left(desk)


@pytest.mark.usefixtures("impatient")
def test_a_git_that_outlives_zumik_keeps_the_lock(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    with _writing(desk, *CREATE, kill=True) as process:
        process.wait()
        for command in (PROMOTE, ("recover",)):
            refused = desk.zumik(*command)
            assert refused.exit_code == 4, refused
            assert ") has ended, but git or a hook that it started still runs" in refused.err
            assert "remove the lock: rm " in refused.err
    assert "the change was complete; finished" in _recovered(desk).out
    _nothing_left(desk)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("text", [b"", b"{", b'{"pid": 1}', b"\xff" * 9000], ids=repr)
def test_an_empty_lock_file_still_locks(text: bytes, desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    lock = desk.repo / ".git" / "zumik" / "lock"
    lock.parent.mkdir()
    lock.write_bytes(text)
    with lock.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        refused = desk.zumik(*PROMOTE)
    assert refused.exit_code == 4, refused
    assert (
        "error: another zumik is writing here\n\nhint: wait for it; if it no longer runs"
        in refused.err
    )
    assert desk.zumik(*PROMOTE).exit_code == 0, "a file that nobody has open locks nothing"


def test_a_terminated_command_undoes_its_changes(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    before = desk.holds()
    with _writing(desk, *CREATE) as process:
        process.terminate()
        assert process.wait() == 130
        assert (desk.root / "told").read_text() == "interrupted\n"
        assert desk.holds() == before
    _nothing_left(desk)


# Others in the way.


def test_an_index_locked_by_another_git_is_reported_with_its_age(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    before = desk.holds()
    lock = desk.repo / ".git" / "index.lock"
    lock.touch()
    os.utime(lock, (1_767_225_600, 1_767_225_600))
    for command in (CREATE, (*CREATE, "--branch", "new"), PROMOTE):
        refused = desk.zumik(*command)
        assert refused.exit_code == 4, refused
        assert "another git works on the index since 2026-01-01 00:00:00 UTC: " in refused.err
        assert "rm TMP/repo/.git/index.lock" in refused.err
        assert lock.exists(), "it may be at work"
        assert desk.holds() == before
    lock.unlink()
    _nothing_left(desk)


def test_a_branch_that_moves_under_the_commit_is_not_overwritten(
    desk_after: Callable[[str], Desk],
) -> None:
    desk = desk_after("february")
    before = {**desk.holds(), "head": None}
    _hook(
        desk,
        "tree=$(git rev-parse 'HEAD^{tree}'); unset GIT_INDEX_FILE\n"
        "git update-ref HEAD $(git commit-tree -p HEAD -m theirs $tree)",
    )
    refused = desk.zumik(*CREATE)
    assert refused.exit_code == 4, refused
    assert "git commit failed: " in refused.err
    assert "cannot lock ref 'HEAD'" in refused.err
    assert desk.git("log", "-1", "--format=%s") == "theirs\n"
    assert {**desk.holds(), "head": None} == before
    (desk.repo / ".git" / "hooks" / "pre-commit").unlink()
    _nothing_left(desk)


def test_a_refusing_hook_is_named_with_a_hint(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    _hook(desk, "echo 'say why' >&2; exit 1", "commit-msg")
    refused = desk.zumik(*CREATE)
    assert refused.exit_code == 4, refused
    assert "error: git commit failed: say why\n" in refused.err
    assert "hint: nothing was changed; a hook refused it (commit-msg in TMP/repo/" in refused.err


def test_a_missing_signing_key_is_named_as_the_cause(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    before = desk.holds()
    for name, value in {
        "commit.gpgsign": "true",
        "gpg.format": "ssh",
        "user.signingkey": str(desk.root / "no-such-key.pub"),
    }.items():
        desk.git("config", name, value)
    refused = desk.zumik(*CREATE)
    assert refused.exit_code == 4, refused
    assert "no-such-key.pub" in refused.err
    assert "hint: nothing was changed; git could not sign: git config user.signing" in refused.err
    assert desk.holds() == before


def _wait_for_git(desk: Desk) -> None:
    """Until the git that outlived zumik has ended: it has the lock for as long."""
    with (desk.repo / ".git" / "zumik" / "lock").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)


def test_a_commit_added_by_a_hook_is_kept(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    _hook(
        desk,
        "rm .git/hooks/post-commit; tree=$(git rev-parse 'HEAD^{tree}')\n"
        "git update-ref HEAD $(git commit-tree -p HEAD -m theirs $tree)",
        "post-commit",
    )
    made = desk.zumik(*CREATE)
    assert made.exit_code == 0, made
    assert desk.git("log", "-2", "--format=%s").split("\n")[0] == "theirs"
    assert desk.git("log", "-1", "--format=%h", "HEAD^").strip() in made.err
    _nothing_left(desk)
