"""`action.yml` and the workflow: what reaches a script, and what a job may."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.action.jobs import ACTION

GITHUB = ACTION.parents[1]
SCRIPTS = sorted(ACTION.glob("*.sh"))
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text())


def steps() -> list[dict[str, Any]]:
    return read(ACTION / "action.yml")["runs"]["steps"]  # type: ignore[no-any-return]


def jobs() -> list[tuple[str, dict[str, Any]]]:
    return [(f"{p.name}:{name}", job) for p in WORKFLOWS for name, job in read(p)["jobs"].items()]


def test_no_script_holds_an_expression() -> None:
    for step in [*steps(), *(step for _, job in jobs() for step in job["steps"])]:
        assert "${{" not in step.get("run", ""), step
    for script in SCRIPTS:
        assert "${{" not in script.read_text(), script


@pytest.mark.parametrize("step", steps(), ids=lambda step: step["id"])
def test_a_step_gets_the_variables_that_its_script_reads_and_no_other(step: dict[str, Any]) -> None:
    match = re.fullmatch(r'bash "\$GITHUB_ACTION_PATH/(\w+\.sh)"', step["run"])
    assert match is not None
    code = (ACTION / match[1]).read_text()
    for function in ("repository", "authorize"):
        if re.search(rf"^{function}$", code, re.MULTILINE):
            common = (ACTION / "common.sh").read_text()
            code += re.search(rf"^{function}\(\) {{.*?^}}", common, re.MULTILINE | re.DOTALL)[0]  # type: ignore[index]
    assert set(re.findall(r"\bCHECK_[A-Z_]+", code)) == set(step["env"])
    assert step["shell"] == "bash"


def test_every_output_that_a_step_is_asked_for_is_written() -> None:
    text = (ACTION / "action.yml").read_text()
    for step, name in re.findall(r"steps\.(\w+)\.outputs\.([\w-]+)", text):
        code = (ACTION / f"{step}.sh").read_text() + (ACTION / "common.sh").read_text()
        assert re.search(rf"\boutput(_text)? {name}\b", code), (step, name)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_stops_at_the_first_fault(script: Path) -> None:
    assert "\nset -euo pipefail\n" in script.read_text()


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_and_nothing_else_but_publish_pages_and_comment(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in workflow[True]  # YAML reads `on` as true
    for name, job in workflow["jobs"].items():
        if (path.name, name) == ("pages.yml", "publish"):
            assert job["permissions"] == {"pages": "write", "id-token": "write"}
            # Nothing of the repository runs where something may be written.
            assert [step.get("uses", "").split("@")[0] for step in job["steps"]] == [
                "actions/deploy-pages"
            ]
        elif (path.name, name) == ("check.yml", "comment"):
            assert job["permissions"] == {"contents": "read", "pull-requests": "write"}
            # The base's copy of one action, and nothing of the branch.
            checkout, comment = job["steps"]
            assert checkout["with"]["ref"] == "${{ github.event.pull_request.base.ref }}"
            assert comment["uses"] == "./.github/actions/comment"
        else:
            assert set(job.get("permissions", {}).values()) <= {"read"}
        assert "timeout-minutes" in job
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_a_required_check_is_never_skipped() -> None:
    """GitHub takes a skipped job for a passed one."""
    check = read(GITHUB / "workflows" / "check.yml")
    for event in check[True].values():
        assert not {"paths", "paths-ignore"} & set(event or {})
    skipped = [name for name, job in check["jobs"].items() if "if" in job or "needs" in job]
    assert skipped == ["comment"], "no rule requires it"
    assert "edited" in check[True]["pull_request"]["types"]


def test_third_party_actions_are_pinned_by_commit() -> None:
    uses = [step["uses"] for _, job in jobs() for step in job["steps"] if "uses" in step]
    for use in (*uses, *(step["uses"] for step in steps() if "uses" in step)):
        assert use.startswith("./") or re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", use), use


def test_the_action_comes_from_the_base_and_not_the_branch() -> None:
    """It comes from a checkout that names the base, beside the one that is judged."""
    found = read(GITHUB / "workflows" / "check.yml")["jobs"]["releases"]["steps"]
    base, branch, use = found
    assert "base" in base["with"]["ref"]
    assert "ref" not in branch["with"]
    assert base["with"]["path"] != branch["with"]["path"]
    assert use["uses"] == f"./{base['with']['path']}/.github/actions/check"
    assert use["with"]["directory"] == branch["with"]["path"]


def test_the_codeowners_example_is_not_active_here() -> None:
    for place in (GITHUB, GITHUB.parent, GITHUB.parent / "docs"):
        assert not (place / "CODEOWNERS").exists()
    lines = (GITHUB / "CODEOWNERS.example").read_text().splitlines()
    rules = [line.split() for line in lines if line and not line.startswith("#")]
    assert {"/releases/zumik.yaml", "/.github/"} <= {rule[0] for rule in rules}
    assert all(owner.startswith("@") for _, *owners in rules for owner in owners)


def test_the_hooks_run_where_a_workspace_may_have_changed() -> None:
    hooks = {hook["id"]: hook for hook in read(GITHUB.parent / ".pre-commit-hooks.yaml")}
    assert set(hooks) == {"zumik-validate", "zumik-check"}
    for name, hook in hooks.items():
        assert hook["language"] == "python"
        assert hook["pass_filenames"] is False
        assert hook["entry"] == name.replace("-", " ")
    # pre-commit leaves deleted files out of what it matches.
    assert hooks["zumik-check"]["always_run"] is True
    files = hooks["zumik-validate"]["files"]
    for path in ("releases/zumik.yaml", "zumik.yaml", "a/releases/policy/code.yaml"):
        assert re.search(files, path), path
    for path in ("README.md", "src/policy.py", "releases/frozen/x.json", "azumik.yaml"):
        assert not re.search(files, path), path
