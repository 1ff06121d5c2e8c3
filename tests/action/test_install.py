"""Which zumik judges, and what pip is told."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from tests.action.jobs import ACTION, Forge, Job, Said

from zumik import __version__

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


def version_of(settings: bytes) -> tuple[int, str]:
    """What `version.sh` makes of a `zumik.yaml`."""
    done = subprocess.run(
        ["bash", str(ACTION / "version.sh")], input=settings, capture_output=True, check=False
    )
    return done.returncode, done.stdout.decode().rstrip("\n")


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ('required_version: ">=0.1"', ">=0.1"),
        ("required_version: '>=0.1,<2'", ">=0.1,<2"),
        ("required_version: '>= 0.1, < 2'", ">=0.1,<2"),
        ("required_version: ==1.2.3", "==1.2.3"),
        ("required_version: ==1.*", "==1.*"),
        ("required_version: ~=1.2", "~=1.2"),
        ('required_version: "!=1.4,>=1.2rc1"', "!=1.4,>=1.2rc1"),
        ('required_version: ">=1.0.dev1"', ">=1.0.dev1"),
        ('required_version: ">=0.1"   # since the review', ">=0.1"),
    ],
)
def test_a_specifier_is_passed_to_pip_unchanged(line: str, version: str) -> None:
    for text in (
        line,
        f"# first\nlive_ref: origin/main\n{line}\n",
        f"{line}\r\n# required_version\n",
    ):
        assert version_of(text.encode()) == (0, version)
    SpecifierSet(version)


@pytest.mark.parametrize(
    "settings",
    [
        b"required_version:\n",
        b"required_version: 1.2\n",
        b"required_version: latest\n",
        b"required_version: ===1.2\n",
        b'required_version: ">=0.1" "x"\n',
        b"required_version: \">=0.1'\n",
        b'required_version: ">=0.1 @ https://example.org/zumik.whl"\n',
        b'required_version: "@ file:///tmp/zumik"\n',
        b'required_version: "[extra]>=0.1"\n',
        b"required_version: \">=0.1; python_version<'4'\"\n",
        b'required_version: ">=0.1 --index-url=https://example.org"\n',
        b'required_version: "--pre"\n',
        b'required_version: "/tmp/zumik"\n',
        b'required_version: "$(touch pwned)"\n',
        b'required_version: ">=0.1`touch pwned`"\n',
        b'required_version: ">=\\u0030"\n',
        b'required_version: ">=0.1\n  ,<2"\n',
        b"required_version: >-\n  >=0.1\n",
        b'required_version: ">=0.1"\nrequired_version: ">=0.2"\n',
        b'{required_version: ">=0.1"}\n',
        b'"required_version": ">=0.1"\n',
        b'  required_version: ">=0.1"\n',
        b'required_version:">=0.1"\n',
        b'\xef\xbb\xbfrequired_version: ">=0.1"\n',
        b'required_version: ">=0.1\x00"x\n',
        b'required_version: ">=' + b"1" * 3 + b'.1.1.1.1.1.1.1"\n',
        b'required_version: "' + b">=1," * 20 + b'<2"\n',
        'required_version: ">=٣"\n'.encode(),
    ],
)
def test_an_invalid_specifier_never_reaches_pip(settings: bytes) -> None:
    assert version_of(settings) == (4, "")


@pytest.mark.parametrize(
    "settings", [b"", b"# required_version: '>=9'\n", b"live_ref: origin/main\n"]
)
def test_the_default_version_is_the_action_s_major_version(settings: bytes) -> None:
    code, version = version_of(settings)
    assert code == 0
    assert SpecifierSet(version).contains(__version__, prereleases=True)
    assert SpecifierSet(version).contains(f"{__version__.split('.')[0]}.999")
    assert not SpecifierSet(version).contains(f"{int(__version__.split('.')[0]) + 1}.0")


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
        CHECK_RULES=found.outputs["rules"],
        CHECK_SOURCE=found.outputs["source"],
        **env,
    )
    calls = (
        [call.splitlines() for call in told.read_text().split("=====\n")] if told.exists() else []
    )
    return said, [call for call in calls if call]


def with_version(forge: Forge, text: str) -> Job:
    """A pull request on a base that asks for this version, from a branch that asks for another."""
    settings = forge.desk.releases / "zumik.yaml"
    before = settings.read_text()
    forge.desk.git("switch", "--quiet", "main")
    settings.write_text(before + text)
    forge.commit("a.txt", "a\n")
    forge.push("main")
    forge.desk.git("switch", "--quiet", "--force-create", "change", "main")
    settings.write_text(f"{before}required_version: '==66.6'\n")
    forge.commit("pip.conf", "[global]\nindex-url = https://example.org/\n")
    return forge.pull_request()


def test_pip_installs_what_the_base_requires_and_sees_nothing_of_the_branch(forge: Forge) -> None:
    job = with_version(forge, 'required_version: ">=0.1,<2"\n')
    said, calls = install(job)
    assert said.code == 0, said.log
    *_, pip, _ = calls
    assert pip[:4] == ["-I", "-m", "pip", "install"]
    assert pip[-3:-1] == ["--", "zumik>=0.1,<2"]
    for call in calls:
        assert call[0] == "-I"
        assert Path(call[-1].removeprefix("in ")).is_relative_to(job.place / "temp")
    assert Path(said.outputs["python"]).is_relative_to(job.place / "temp")


def test_an_invalid_version_stops_before_pip(forge: Forge) -> None:
    said, calls = install(with_version(forge, 'required_version: "@ https://example.org/z.whl"\n'))
    assert said.code == 4
    assert calls == []
    assert "required_version is no version specifier" in said.summary


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
    assert re.search("pip cannot install zumik>=", said.summary)
    assert "::error::pwned" in said.log
    assert len(said.commands) == 1


def test_an_old_python_is_refused(forge: Forge) -> None:
    forge.freeze()
    said, _ = install(forge.pull_request(), TOO_OLD="1")
    assert said.code == 4
    assert "3.11" in said.summary


def test_settings_that_are_too_large_are_not_read(forge: Forge) -> None:
    said, calls = install(with_version(forge, f"# {'x' * 300_000}\n"))
    assert said.code == 4
    assert calls == []
