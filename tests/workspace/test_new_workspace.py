"""Starting: what a new workspace holds, and that it is a valid one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

import zumik.workspace.new_workspace as starting
from zumik.errors import CannotRun
from zumik.resources import schema_names
from zumik.transaction.file_plan import write_together
from zumik.workspace.authored_files import read_authored
from zumik.workspace.new_workspace import new_workspace
from zumik.workspace.settings import Settings, read_settings
from zumik.workspace.store import find_workspace
from zumik.workspace.work_tree import WorkTree


def made(directory: Path, *, empty: bool) -> Path:
    write_together(new_workspace(directory, empty=empty))
    return directory / "releases"


def test_an_empty_workspace_is_valid(tmp_path: Path) -> None:
    root = made(tmp_path, empty=True)
    assert read_authored(WorkTree(root)).findings == []
    assert read_settings(WorkTree(root)) == Settings(live_ref="origin/main")


def test_its_editor_lines_lead_to_schemas_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = {
        "zumik.yaml": b"# yaml-language-server: $schema=../schemas/settings.schema.json\n"
        b"live_ref: origin/main\n",
        "policy/a.yaml": b"# yaml-language-server: $schema=../../schemas/policy.schema.json\n",
    }
    monkeypatch.setattr(starting, "example_files", lambda: example)
    for empty in (True, False):
        place = tmp_path / str(empty)
        place.mkdir()
        root = made(place, empty=empty)
        for path in root.rglob("*.yaml"):
            head = path.read_text().splitlines()[0]
            schema = path.parent / head.partition("$schema=")[2]
            assert json.loads(schema.read_bytes())["$schema"]
        assert {path.name for path in (root / ".schemas").iterdir()} == {
            f"{name}.schema.json" for name in schema_names()
        }


def test_git_does_not_convert_frozen_files(tmp_path: Path) -> None:
    root = made(tmp_path, empty=True)
    subprocess.run(["git", "init", "--quiet", str(tmp_path)], check=True)

    def attributes(name: str) -> dict[str, str]:
        told = subprocess.run(
            ["git", "check-attr", "-z", "--all", "--", name],
            cwd=root,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split("\0")
        return dict(zip(told[1::3], told[2::3], strict=False))

    assert attributes("policy/code.yaml") == {"text": "set", "eol": "lf"}
    assert attributes("live/code.fast.json") == {"text": "set", "eol": "lf"}
    for name in ("frozen/alr_2026_01_10_001.json", "SHA256SUMS"):
        found = attributes(name)
        for attribute in ("text", "filter", "ident", "export-subst", "working-tree-encoding"):
            assert found[attribute] == "unset", (name, attribute)
    assert attributes("frozen/x.json")["merge"] == "binary"
    assert "merge" not in attributes("SHA256SUMS")


@pytest.mark.parametrize("taken", ["releases/zumik.yaml", "aliases/zumik.yaml", "zumik.yaml"])
def test_an_existing_workspace_is_refused(tmp_path: Path, taken: str) -> None:
    path = tmp_path / taken
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}\n")
    with pytest.raises(CannotRun) as caught:
        new_workspace(tmp_path, empty=True)
    assert caught.value.hint


@pytest.mark.parametrize("kind", ["file", "directory", "dead link"])
def test_releases_of_another_kind_stay_and_the_workspace_is_beside_them(
    tmp_path: Path, kind: str
) -> None:
    if kind == "file":
        (tmp_path / "releases").write_text("")
    elif kind == "directory":
        (tmp_path / "releases").mkdir()
        (tmp_path / "releases" / "notes.txt").write_text("")
    else:
        (tmp_path / "releases").symlink_to("nowhere")
    files = new_workspace(tmp_path, empty=True)
    assert {file.path.relative_to(tmp_path).parts[0] for file in files} == {"aliases"}
    write_together(files)
    assert find_workspace(tmp_path).root == tmp_path / "aliases"
    assert find_workspace(tmp_path / "aliases" / "policy").root == tmp_path / "aliases"


def test_two_names_that_are_taken_are_refused(tmp_path: Path) -> None:
    for name in ("releases", "aliases"):
        (tmp_path / name).write_text("")
    with pytest.raises(CannotRun, match="neither is a workspace of zumik"):
        new_workspace(tmp_path, empty=True)


def test_an_empty_directory_is_taken(tmp_path: Path) -> None:
    (tmp_path / "releases").mkdir()
    assert made(tmp_path, empty=True).is_dir()
