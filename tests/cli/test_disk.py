"""Disks that are full, read-only or not ours: the command says so, and all is as it was."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conversation import Desk

import zumik

COMMANDS = {
    "create": ["release", "create", "--allow-unchanged", "--note", "n"],
    "promote": ["alias", "promote", "auto.balanced", "review.listed", "--latest"],
    "rollback": ["alias", "rollback", "code.fast"],
    "init": ["init", "--empty", "fresh"],
}
FAILURES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "permission denied",
}


def _fail_to_create(patch: pytest.MonkeyPatch, code: int, allowed: int) -> list[int]:
    """From a number of new files on, none can be made in the workspace."""
    made = [0]
    call = os.open

    def failing(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if flags & os.O_CREAT and str(path).endswith(".tmp"):
            made[0] += 1
            if made[0] > allowed:
                raise OSError(code, os.strerror(code), str(path))
        return call(path, flags, *rest, **named)

    patch.setattr(os, "open", failing)
    return made


@pytest.mark.parametrize("code", FAILURES, ids=lambda code: errno.errorcode[code])
@pytest.mark.parametrize("command", COMMANDS)
def test_a_failed_file_creation_changes_nothing(
    command: str, code: int, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    (desk.repo / "fresh").mkdir()
    before = desk.holds()
    with pytest.MonkeyPatch.context() as patch:
        made = _fail_to_create(patch, code, 1 if command != "rollback" else 0)
        refused = desk.zumik(*COMMANDS[command])
    assert made[0] >= 1
    assert refused.exit_code == 4, refused
    assert f"{FAILURES[code]}; nothing was changed\n\nhint: " in refused.err
    assert desk.holds() == before


@pytest.mark.parametrize("command", ["create", "promote", "rollback"])
def test_a_disk_that_fills_up_while_git_commits_changes_nothing(
    command: str, desk_after: Callable[[str], Desk]
) -> None:
    desk = desk_after("february")
    hook = desk.repo / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\necho 'fatal: unable to write loose object: No space left' >&2\nexit 1"
    )
    hook.chmod(0o755)
    before = desk.holds()
    refused = desk.zumik(*COMMANDS[command])
    assert refused.exit_code == 4, refused
    assert "No space left" in refused.err
    assert desk.holds() == before


@pytest.mark.parametrize("command", ["create", "init"])
def test_a_truncated_write_leaves_no_file(command: str, desk_after: Callable[[str], Desk]) -> None:
    """The limit is on the size of any file, so that the write itself fails, and half way."""
    desk = desk_after("february")
    (desk.repo / "fresh").mkdir()
    before = desk.holds()

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = subprocess.run(
        [sys.executable, "-m", "zumik", *COMMANDS[command]],
        cwd=desk.repo,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(zumik.__file__).parents[1]),
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,  # nothing else runs in this process
    )
    assert done.returncode == 4, done
    assert "nothing was changed\n\nhint: " in done.stderr, done
    assert desk.holds() == before


def test_a_locked_index_changes_nothing(desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("february")
    before = desk.holds()
    (desk.repo / ".git" / "index.lock").touch()
    refused = desk.zumik("alias", "rollback", "code.fast")
    assert refused.exit_code == 4, refused
    assert "index.lock" in refused.err
    (desk.repo / ".git" / "index.lock").unlink()
    assert desk.holds() == before
