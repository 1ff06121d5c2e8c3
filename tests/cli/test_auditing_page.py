"""Every command of the page for auditors runs, and shows what the page says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.cli.conversation import Desk

import zumik

PAGE = (Path(__file__).parents[2] / ".github/AUDITING.md").read_text()
COMMANDS = tuple(
    line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()
)
OLD = "alr_2026_02_10_001"


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    """A workspace with three landed releases, the second one signed."""
    desk = desk_after("march")
    key = desk.root / "ada"
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", str(key)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    public = (desk.root / "ada.pub").read_text().removesuffix(" ada\n")
    (desk.releases / "allowed_signers").write_text(f"ada@example.org {public}\n")
    desk.git("add", "-A")
    desk.git("commit", "--quiet", "-m", "Allow Ada to sign")
    desk.git("push", "--quiet", "origin", "main")
    signed = desk.zumik("release", "sign", OLD, "--key", str(key))
    assert signed.exit_code == 0, signed
    desk.git("push", "--quiet", "origin", "main")
    return desk


@pytest.fixture
def merged(desk: Desk) -> Desk:
    """The same, with a move that landed by a merge commit."""
    desk.git("switch", "--quiet", "--create", "back")
    moved = desk.zumik("alias", "rollback", "code.fast", "--reason", "INC-42")
    assert moved.exit_code == 0, moved
    desk.git("switch", "--quiet", "main")
    desk.git("merge", "--quiet", "--no-ff", "-m", "Merge back", "back")
    desk.git("push", "--quiet", "origin", "main")
    return desk


def run_in_shell(desk: Desk, command: str) -> str:
    source = Path(zumik.__file__).parents[1]
    line = f'zumik() {{ "{sys.executable}" -m zumik "$@"; }}; {command}'
    done = subprocess.run(
        ["bash", "-c", line],
        capture_output=True,
        text=True,
        check=False,
        cwd=desk.releases,
        env={**os.environ, "PYTHONPATH": str(source), "TZ": "UTC"},
    )
    assert done.returncode == 0, (command, done)
    assert done.stderr == "", (command, done)
    return done.stdout


@pytest.mark.skipif(
    any(shutil.which(name) is None for name in ("bash", "jq", "sha256sum", "ssh-keygen")),
    reason="needs bash, jq, sha256sum and ssh-keygen",
)
def test_each_command_of_the_page_shows_what_it_says(desk: Desk) -> None:
    said = {command: run_in_shell(desk, command) for command in COMMANDS}

    def of(word: str) -> str:
        return next(out for command, out in said.items() if word in command)

    assert "code.fast,alr_2026_02_10_001" in (desk.releases / "live.csv").read_text()
    assert (desk.releases / "history.csv").read_text().count("\ncode.fast,") == 3
    assert of("sha256sum") == ""
    assert of("--diff-filter=MDT") == ""
    rows = [row.split() for row in of("--numstat").splitlines() if row]
    assert len(rows) == 3
    assert {removed for _, removed, _ in rows} == {"0"}
    assert f'"release": "{OLD}"' in of("git show")
    assert of("-- live/code.fast.json").count("author=Ada Example") == 3
    assert "author=Ada Example committer=Ada Example signature=N" in of("%G?")
    assert of("--no-merges").count("author=Ada Example") == 3
    assert '"winner": "globex/swift"' in of(".aliases")
    assert '"globex/swift"' in of(".models")
    assert of("select(has") == ""
    assert of("@tsv").startswith("alr_2026_01_10_001\tfirst\t-\n")
    assert of("find-principals") == "ada@example.org\n"
    assert "Good" in of("-Y verify")


def test_moves_are_a_line_each_where_merge_commits_landed_them(merged: Desk) -> None:
    lists = [each for each in COMMANDS if "git log" in each and "-- live/code.fast.json" in each]
    assert len(lists) == 3
    for command in lists:
        said = run_in_shell(merged, command).splitlines()
        assert said[0].count("author=") == 1
        assert all("author=" in line for line in said if line), command
    assert len(run_in_shell(merged, lists[0]).splitlines()) == 4


def test_a_changed_release_is_found(desk: Desk) -> None:
    (release,) = (desk.releases / "frozen").glob(f"{OLD}.*.json")
    release.write_text(release.read_text().replace("globex/swift", "globex/other"))
    command = next(command for command in COMMANDS if command.startswith("sha256sum"))
    with pytest.raises(AssertionError, match="FAILED"):
        run_in_shell(desk, command)
