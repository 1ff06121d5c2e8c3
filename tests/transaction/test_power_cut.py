"""A power cut: what a command has renamed is flushed to the disk, and before the journal ends.

No test can cut the power. Strace shows the calls: after each rename the directory that holds the
new name is flushed, and all of that precedes the end of the journal, which could restore the rest.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.cli.conversation import Desk, Played

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")

_CALL = re.compile(r"^\d+ +(?P<name>\w+)\((?P<arguments>.*)\) += 0$")
_PATH = re.compile(r'"([^"]+)"|<([^>]+)>')
_ROOT = Path(__file__).parents[2]


class Step(NamedTuple):
    """A call that changed the disk: its name, and the last path of its arguments."""

    name: str
    path: Path


def steps_of(desk: Desk, log: Path, *arguments: str) -> list[Step]:
    """The flushes, renames and removals of a command and of the git that it runs, in order."""
    calls = "trace=fsync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat"
    subprocess.run(
        [
            "strace",
            "-f",
            "-y",
            "-qq",
            "-e",
            calls,
            "-o",
            log,
            sys.executable,
            "-m",
            "zumik",
            *arguments,
        ],
        cwd=desk.repo,
        env={**os.environ, "PYTHONPATH": str(_ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        check=True,
        capture_output=True,
        timeout=120,
    )
    found = []
    for line in log.read_text().splitlines():
        call = _CALL.match(line)
        if call is not None:
            *_, last = _PATH.findall(call["arguments"])
            found.append(Step(call["name"], desk.repo / (last[0] or last[1])))
    return found


def require_flushed(steps: list[Step], renamed: Path, before: Path) -> None:
    """That the last rename to a path is followed by a flush of its directory, before a removal."""
    at = max(
        number
        for number, (name, path) in enumerate(steps)
        if name.startswith(("rename", "link")) and path == renamed
    )
    flushed = steps.index(Step("fsync", renamed.parent), at)
    ended = max(
        number
        for number, (name, path) in enumerate(steps)
        if name.startswith("unlink") and path == before
    )
    assert at < flushed < ended, (renamed, at, flushed, ended)


@pytest.fixture
def desk(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Played(tmp_path_factory.mktemp("cases")).desk("promoted").copy(tmp_path / "desk")


@pytest.mark.parametrize("branch", [None, "team/next"], ids=["on the branch", "on a new branch"])
def test_the_journal_the_files_the_index_and_the_branch_outlive_a_power_cut(
    branch: str | None, desk: Desk, tmp_path: Path
) -> None:
    more = () if branch is None else ("--branch", branch)
    release = ("release", "create", "--allow-unchanged", "--note", "Again", *more)
    steps = steps_of(desk, tmp_path / "strace", *release)
    git = desk.repo / ".git"
    state = git / "zumik"
    journal = state / "journal.json"
    name = branch or desk.git("branch", "--show-current").strip()
    for renamed in (
        journal,
        desk.releases / "SHA256SUMS",
        git / "index",
        git / "refs" / "heads" / name,
    ):
        require_flushed(steps, renamed, journal)
    made = [path for call, path in steps if call.startswith("mkdir") and path == state]
    assert not made or Step("fsync", git) in steps
    if branch is not None:  # its directory is new
        assert Step("fsync", git / "refs" / "heads") in steps
    # The journal is on the disk before the first file is in its place.
    placed = next(n for n, (call, path) in enumerate(steps) if "SHA256SUMS" in path.name)
    assert steps.index(Step("fsync", state)) < placed
