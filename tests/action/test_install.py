"""Which zumik judges, and what pip is told."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from tests.action.jobs import ACTION, Forge, Job, Said

ROOT = ACTION.parents[2]

# It stands in for python3, and for the python of the environment that it is asked to make. What it
# is told goes to a file, one argument a line; after them, where it was run.
PYTHON = """\
#!/usr/bin/env bash
{ printf '%s\\n' "$@"; printf 'in %s\\n=====\\n' "$PWD"; } >> "$TOLD"
case "$*" in
  "-I -m venv "*) mkdir -p "$4/bin"; cp "$0" "$4/bin/python" ;;
  "-I -c "*) exit "${TOO_OLD:-0}" ;;
  *" pip install "*)
    case "${@: -1}" in /*) ls "${@: -1}" > "$TOLD.tree" ;; esac
    printf '::error::pwned\\n##[error]pwned\\n'; exit "${PIP:-0}" ;;
esac
"""


def install(job: Job, **env: str) -> tuple[Said, list[list[str]]]:
    """Run the step with a python that only writes down what it is told."""
    found = job.base()
    assert found.code == 0, found.log
    programs = job.place / "programs"
    programs.mkdir()
    (programs / "python3").write_text(PYTHON)
    (programs / "python3").chmod(0o755)
    told = job.place / "told"
    said = job.step(
        "install.sh",
        PATH=f"{programs}:{os.environ['PATH']}",
        TOLD=str(told),
        CHECK_SOURCE=found.outputs["source"],
        **env,
    )
    calls = (
        [call.splitlines() for call in told.read_text().split("=====\n")] if told.exists() else []
    )
    return said, [call for call in calls if call]


def of_a_branch_that_meddles(forge: Forge) -> Job:
    """A pull request that would like to choose the version and to configure pip."""
    settings = forge.desk.releases / "zumik.yaml"
    settings.write_text(f"{settings.read_text()}required_version: '==66.6'\n")
    forge.commit("pip.conf", "[global]\nindex-url = https://example.org/\n")
    return forge.pull_request()


def test_pip_installs_the_action_s_own_tree_and_sees_nothing_of_the_branch(forge: Forge) -> None:
    job = of_a_branch_that_meddles(forge)
    said, calls = install(job)
    assert said.code == 0, said.log
    *_, pip, _ = calls
    assert pip[:4] == ["-I", "-m", "pip", "install"]
    assert pip[-3] == "--"
    assert Path(pip[-2]).is_relative_to(job.place / "temp")
    assert set((job.place / "told.tree").read_text().split()) == {
        *("LICENSE", "README.md", "pyproject.toml", "releases", "schemas", "src"),
    }
    for call in calls:
        assert call[0] == "-I"
        assert Path(call[-1].removeprefix("in ")).is_relative_to(job.place / "temp")
    assert Path(said.outputs["python"]).is_relative_to(job.place / "temp")


def test_the_copied_tree_is_all_that_a_build_takes() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = build["tool"]["hatch"]["build"]["targets"]["wheel"]
    taken = {build["project"]["readme"], *build["project"]["license-files"], *wheel["packages"]}
    taken |= set(wheel["force-include"])
    copied = re.search(r"tar -c -C \S+ (.*?) \|", (ACTION / "install.sh").read_text())
    assert copied is not None
    assert {"pyproject.toml", *(path.split("/")[0] for path in taken)} == set(copied[1].split())


def test_an_action_without_its_repository_is_refused(forge: Forge, tmp_path: Path) -> None:
    forge.freeze()
    job = forge.pull_request()
    found = job.base()
    for script in ACTION.glob("*.sh"):
        (tmp_path / "a" / "b" / "c").mkdir(parents=True, exist_ok=True)
        shutil.copy(script, tmp_path / "a" / "b" / "c")
    done = subprocess.run(
        ["bash", tmp_path / "a" / "b" / "c" / "install.sh"],
        env=job.environment(CHECK_SOURCE=found.outputs["source"]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert "not in a whole copy of zumik's repository" in done.stdout


def test_a_base_that_requires_another_version_is_not_judged(forge: Forge) -> None:
    settings = forge.desk.releases / "zumik.yaml"
    before = settings.read_text()
    forge.desk.git("switch", "--quiet", "main")
    settings.write_text(f"{before}required_version: '>=66'\n")
    forge.commit("a.txt", "a\n")
    forge.push("main")
    forge.desk.git("switch", "--quiet", "--force-create", "change", "main")
    forge.commit("b.txt", "b\n")
    said = forge.pull_request().run()
    assert said.code == 4
    assert "requires zumik >=66" in said.summary


def test_from_source_installs_the_base_s_tree(forge: Forge) -> None:
    forge.desk.git("switch", "--quiet", "main")
    forge.commit("pyproject.toml", "[project]\n")
    forge.push("main")
    forge.desk.git("switch", "--quiet", "--force-create", "change", "main")
    forge.commit("setup.py", "pwned\n")
    job = forge.pull_request()
    said, calls = install(job, CHECK_FROM_SOURCE="true")
    assert said.code == 0, said.log
    *_, pip, _ = calls
    assert pip[-2].endswith("/source")
    tree = (job.place / "told.tree").read_text().split()
    assert "pyproject.toml" in tree
    assert "setup.py" not in tree


def test_from_source_needs_zumik_s_source_in_the_base(forge: Forge) -> None:
    forge.commit("pyproject.toml", "[project]\n")
    said, calls = install(forge.pull_request(), CHECK_FROM_SOURCE="true")
    assert said.code == 4
    assert calls == []
    assert "holds no zumik" in said.summary


@pytest.mark.parametrize("value", ["", "yes", "True", "$(touch pwned)"])
def test_from_source_is_true_or_false(forge: Forge, value: str) -> None:
    forge.freeze()
    said, calls = install(forge.pull_request(), CHECK_FROM_SOURCE=value)
    assert said.code == 4
    assert calls == []


def test_a_failing_pip_is_reported_and_its_output_runs_no_command(forge: Forge) -> None:
    forge.freeze()
    said, _ = install(forge.pull_request(), PIP="1")
    assert said.code == 4
    assert "pip cannot install zumik" in said.summary
    assert "::error::pwned" in said.log
    assert len(said.commands) == 1


def test_an_old_python_is_refused(forge: Forge) -> None:
    forge.freeze()
    said, _ = install(forge.pull_request(), TOO_OLD="1")
    assert said.code == 4
    assert "3.11" in said.summary
