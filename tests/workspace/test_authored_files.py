"""Authoring: many files become one catalog and one policy, and nothing stops at the first fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from zumik.errors import IntegrityError
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


def test_hidden_and_other_files_are_not_read(tmp_path: Path) -> None:
    policy = tmp_path / "releases" / "policy"
    policy.mkdir(parents=True)
    for name in (".a.yaml", "a.yaml~", "a.yml", "README.md"):
        (policy / name).write_text("[")
    assert authored(tmp_path).findings == []


@pytest.mark.parametrize("kind", ["symlink", "directory"])
def test_an_entry_that_is_not_a_file_is_refused(tmp_path: Path, kind: str) -> None:
    policy = tmp_path / "releases" / "policy"
    policy.mkdir(parents=True)
    if kind == "symlink":
        (tmp_path / "elsewhere").write_text("aliases: {}\n")
        (policy / "a.yaml").symlink_to(tmp_path / "elsewhere")
    else:
        (policy / "a.yaml").mkdir()
    with pytest.raises(IntegrityError) as caught:
        authored(tmp_path)
    assert caught.value.hint
