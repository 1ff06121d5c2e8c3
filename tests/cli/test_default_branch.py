"""The default branch of the remote: what `init` writes as live_ref, and where it does not exist."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from zumik.actions.init_workspace import init_workspace


def git(directory: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(directory), *arguments], check=True, capture_output=True)


def live_ref(directory: Path) -> str:
    text = (directory / "releases" / "zumik.yaml").read_text()
    return next(line for line in text.splitlines() if line.startswith("live_ref:"))


def clone(root: Path, branch: str, *, pushed: bool = True, remote: str = "origin") -> Path:
    origin, desk = root / "origin.git", root / "desk"
    git(root, "init", "--quiet", "--bare", f"--initial-branch={branch}", str(origin))
    git(root, "init", "--quiet", f"--initial-branch={branch}", str(desk))
    git(desk, "remote", "add", remote, str(origin))
    git(desk, "commit", "--quiet", "--allow-empty", "--message=begin")
    if pushed:
        git(desk, "push", "--quiet", "-u", remote, branch)
    return desk


@pytest.mark.parametrize("empty", [True, False])
@pytest.mark.parametrize("branch", ["main", "master", "trunk"])
def test_init_names_the_default_branch_of_the_remote(
    tmp_path: Path, branch: str, empty: bool
) -> None:
    desk = clone(tmp_path, branch)
    git(desk, "remote", "set-head", "origin", branch)
    init_workspace(desk, empty=empty, dry_run=False)
    assert live_ref(desk) == f"live_ref: origin/{branch}"


@pytest.mark.parametrize(
    ("branch", "pushed", "remote", "expected"),
    [
        ("master", True, "origin", "origin/master"),
        ("release", True, "origin", "origin/release"),
        ("master", False, "origin", "origin/master"),
        ("feature", False, "origin", "origin/main"),
        ("master", True, "upstream", "upstream/master"),
    ],
)
def test_init_without_a_known_head_takes_what_is_there(
    tmp_path: Path, branch: str, pushed: bool, remote: str, expected: str
) -> None:
    desk = clone(tmp_path, branch, pushed=pushed, remote=remote)
    init_workspace(desk, empty=True, dry_run=False)
    assert live_ref(desk) == f"live_ref: {expected}"


def test_init_outside_git_names_main(tmp_path: Path) -> None:
    init_workspace(tmp_path, empty=True, dry_run=False)
    assert live_ref(tmp_path) == "live_ref: origin/main"


def test_a_live_ref_that_the_remote_does_not_have_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from zumik.cli.main import main

    desk = clone(tmp_path, "master")
    init_workspace(desk, empty=True, dry_run=False)
    settings = desk / "releases" / "zumik.yaml"
    settings.write_text(settings.read_text().replace("origin/master", "origin/main"))
    monkeypatch.chdir(desk)
    for command in (["status"], ["status", "--format", "json"], ["bundle", "-o", "b.json"]):
        monkeypatch.setattr("sys.argv", ["zumik", *command])
        with pytest.raises(SystemExit):
            main()
        said = capsys.readouterr()
        words = (
            json.loads(said.out)["live_ref_problem"] if "json" in command else said.out + said.err
        )
        assert "origin/main is not known here, and origin has origin/master" in words
        assert "set live_ref: origin/master in zumik.yaml" in words
