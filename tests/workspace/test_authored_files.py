"""Authoring: many files become one catalog and one policy, and nothing stops at the first fault."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from zumik.workspace.authored_files import Authored, read_authored
from zumik.workspace.work_tree import WorkTree

ALIAS = "aliases:\n  {}:\n    candidates: ['*']\n    prefer: [listed]\n"


def authored(root: Path, **files: str) -> Authored:
    for name, text in files.items():
        directory, _, stem = name.partition("_")
        path = root / "releases" / directory / f"{stem}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return read_authored(WorkTree(root / "releases"))


def test_an_empty_workspace_has_an_empty_policy_and_catalog(tmp_path: Path) -> None:
    found = authored(tmp_path)
    assert (found.models, found.aliases, found.findings) == ({}, {}, [])


def test_files_are_merged(tmp_path: Path) -> None:
    found = authored(
        tmp_path,
        policy_a=ALIAS.format("a"),
        policy_b=ALIAS.format("b"),
        catalog_acme="provider: acme\nmodels: {small: {variants: {high: {note: x}}}}\n",
        catalog_globex="provider: globex\nmodels: {small: {}}\n",
    )
    assert found.findings == []
    assert list(found.aliases) == ["a", "b"]
    assert list(found.models) == ["acme/small", "acme/small:high", "globex/small"]


def test_a_name_is_defined_once(tmp_path: Path) -> None:
    found = authored(
        tmp_path,
        policy_a=ALIAS.format("a") + "measures: {w: {metric: first}}\n",
        policy_b=ALIAS.format("a") + "measures: {w: {metric: other}}\n",
        catalog_acme="provider: acme\nmodels: {small: {}}\n",
        catalog_more="provider: acme\nmodels: {small: {}}\n",
    )
    assert [(item.code, item.message) for item in found.findings] == [
        ("duplicate-definition", "acme/small is defined a second time"),
        ("duplicate-definition", "w is defined a second time"),
        ("duplicate-definition", "a is defined a second time"),
    ]
    assert "the first is at releases/policy/a.yaml:2:3" in str(found.findings[2].hint)
    assert found.measures["w"].metric == "first"


def test_one_bad_alias_does_not_hide_the_others(tmp_path: Path) -> None:
    text = ALIAS.format("a") + "  b:\n    candidates: []\n    prefer: [listed]\n"
    found = authored(tmp_path, policy_a=text)
    assert list(found.aliases) == ["a"]
    assert len(found.findings) == 1
    assert found.findings[0].location.line == 6


def test_a_schema_fault_hides_no_other_fault(tmp_path: Path) -> None:
    text = ALIAS.format("a").replace("listed", "{minimize: expected_cost}") + "extra: 1\n"
    codes = [item.code for item in authored(tmp_path, policy_a=text).findings]
    assert codes == ["unknown-key", "missing-workload"]


def test_a_broken_catalog_is_named_as_the_cause(tmp_path: Path) -> None:
    assert authored(tmp_path, catalog_acme="provider: acme\nmodels: 7\n").catalog_broken
    assert not authored(tmp_path, catalog_acme="provider: acme\nmodels: {}\n").catalog_broken


def test_a_definition_is_pointed_at_by_its_name(tmp_path: Path) -> None:
    found = authored(tmp_path, policy_a=ALIAS.format("code.fast"))
    location = found.locate(("aliases", "code.fast"))
    assert (location.line, location.column, location.width) == (2, 3, 9)
    assert found.locate(("aliases", "code.fast", "prefer", 0)).line == 4
    assert found.place_of("aliases", "code.fast") is not None
    assert found.place_of("aliases", "code.slow") is None


# A path in the workspace, and how much it weighs that the file is not read; None for nothing.
UNREAD = {
    "policy/a.yml": "error",
    "policy/A.YAML": "error",
    "policy/a.Yaml": "error",
    "policy/a.json": "error",
    "policy/team/a.yaml": "error",
    "policy/team/deep/er/a.yml": "error",
    "policy/team/notes.txt": "warning",
    "policy/team/README.md": None,
    "catalog/acme.yml": "error",
    "catalog/more/acme.yaml": "error",
    "policy/.a.yaml": "warning",
    "policy/a.yaml~": "warning",
    "policy/a.yaml.orig": "warning",
    "policy/a.yaml.rej": "warning",
    "policy/.a.yaml.swp": "warning",
    "policy/#a.yaml#": "warning",
    "policy/a.yaml.txt": "warning",
    "policy/a.txt": "warning",
    "policy/README.md": None,
    "policy/.gitkeep": None,
    "catalog/CODEOWNERS": None,
    "zumik.yml": "error",
    "code.yaml": "error",
    "metrics.yaml": "error",
    "policies/a.yaml": "error",
    "Policy/a.yaml": "error",
    "catalogue/acme.yaml": "error",
    "extra/a.yaml": "error",
    "extra/a.sh": "warning",
    "build.sh": "warning",
    "zumik.yaml~": "warning",
    "SHA256SUMS.orig": "warning",
    "SHA256SUM": "error",
    ".pre-commit-config.yaml": "warning",
    ".idea/workspace.xml": None,
    ".schemas/policy.schema.json": None,
    "README.md": None,
    "allowed_signers": None,
}


@pytest.mark.parametrize("path", UNREAD)
def test_no_file_is_passed_over_in_silence(tmp_path: Path, path: str) -> None:
    file = tmp_path / "releases" / path
    file.parent.mkdir(parents=True)
    file.write_text(ALIAS.format("a"))
    found = [(f.code, f.severity.value) for f in authored(tmp_path).findings]
    assert found == [("unread-file", said) for said in [UNREAD[path]] if said]


def test_an_unread_file_is_named_with_its_new_place(tmp_path: Path) -> None:
    file = tmp_path / "releases" / "policy" / "team" / "Code.YML"
    file.parent.mkdir(parents=True)
    file.write_text(ALIAS.format("a"))
    (found,) = authored(tmp_path).findings
    assert str(found.location) == "releases/policy/team/Code.YML"
    assert found.hint == "move it to releases/policy/team-Code.yaml"


def test_moving_every_unread_file_to_its_new_place_overwrites_none(tmp_path: Path) -> None:
    names = "code.yaml Team-Code.yaml team/code.yaml team/code.yml code.yml code.json"
    paths = [f"policy/{name}" for name in f"{names} other/code.yaml a/b-c.yml a-b/c.yml".split()]
    root = tmp_path / "releases"
    for path in [*paths, "code.yaml", "code.yml"]:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(ALIAS.format(re.sub(r"[^a-z]", ".", path.casefold())))
    held = sorted(path.read_text() for path in root.rglob("*.*"))
    for finding in authored(tmp_path).findings:
        match = re.search(r"(?:move|rename) it to (releases/\S+\.yaml)", finding.hint or "")
        if match is not None:
            assert not (tmp_path / match[1]).exists(), finding
            (tmp_path / str(finding.location)).rename(tmp_path / match[1])
    assert sorted(path.read_text() for path in root.rglob("*.yaml")) == held


def test_the_other_files_of_a_repository_are_no_part_of_its_workspace(tmp_path: Path) -> None:
    root = tmp_path / "releases"
    (root / ".git").mkdir(parents=True)
    (root / "compose.yaml").write_text("services: {}\n")
    (root / "docs").mkdir()
    (root / "docs" / "mkdocs.yml").write_text("site_name: x\n")
    assert authored(tmp_path).findings == []
    (root / "zumik.yml").write_text("live_ref: origin/main\n")
    assert [str(item.location) for item in authored(tmp_path).findings] == ["releases/zumik.yml"]


@pytest.mark.parametrize("kind", ["symlink", "dead link", "directory", "linked folder", "pipe"])
def test_an_entry_that_is_not_a_file_is_refused(tmp_path: Path, kind: str) -> None:
    policy = tmp_path / "releases" / "policy"
    policy.mkdir(parents=True)
    elsewhere = tmp_path / "elsewhere"
    if kind == "symlink":
        elsewhere.write_text("aliases: {}\n")
        (policy / "a.yaml").symlink_to(elsewhere)
    elif kind == "dead link":
        (policy / "a.yaml").symlink_to(elsewhere)
    elif kind == "linked folder":
        elsewhere.mkdir()
        (policy / "team").symlink_to(elsewhere)
    elif kind == "pipe":
        os.mkfifo(policy / "a.yaml")
    else:
        (policy / "a.yaml").mkdir()
    (policy / "b.yaml").write_text(ALIAS.format("b"))
    found = authored(tmp_path)
    assert [(f.code, f.severity.value) for f in found.findings] == [("unread-file", "error")]
    assert found.findings[0].hint
    assert list(found.aliases) == ["b"]


PLACEHOLDERS = ("${MODEL}", "$MODEL", "{{ model }}", "{% if x %}", "%(model)s", "<%= model %>")
PLACEHOLDERS += ("$(MODEL)", "os.environ/MODEL", "%MODEL%", "@MODEL@", "__MODEL__", "acme/${M:-x}")


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_a_placeholder_of_another_tool_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    policy = ALIAS.format("a").replace("'*'", f'"{text}"')
    (found,) = authored(tmp_path, policy_a=policy).findings
    assert (found.code, found.severity.value) == ("placeholder", "error")
    assert str(found.location) == "releases/policy/a.yaml:3:18"
    described = ALIAS.format("a") + f'    description: "{text}"\n'
    (found,) = authored(tmp_path, policy_a=described).findings
    assert (found.code, found.severity.value) == ("placeholder", "warning")


def test_prices_and_percentages_in_prose_are_no_placeholders(tmp_path: Path) -> None:
    text = ALIAS.format("a") + '    description: "at most $5 or 10% of 50 %, {see} a@b.c, __x__"\n'
    assert authored(tmp_path, policy_a=text).findings == []


@pytest.mark.parametrize("mark", ["<<<<<<< HEAD", "=======", ">>>>>>> other", "||||||| base"])
def test_a_merge_conflict_is_named_as_one(tmp_path: Path, mark: str) -> None:
    (found,) = authored(tmp_path, policy_a=ALIAS.format("a") + f"{mark}\n").findings
    assert (found.code, str(found.location)) == ("yaml-conflict", "releases/policy/a.yaml:5:1")


def test_every_merge_conflict_of_a_file_is_found(tmp_path: Path) -> None:
    conflict = "<<<<<<< HEAD\n  x: 1\n=======\n  x: 2\n>>>>>>> other\n"
    found = authored(tmp_path, policy_a=f"{conflict}aliases: {{}}\n{conflict}").findings
    assert [item.location.line for item in found] == [1, 7]
