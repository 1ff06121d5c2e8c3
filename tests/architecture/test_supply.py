"""What is installed by whom: never zumik by a name that is not ours, and nothing without bounds."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]

INSTALLING = [
    *ROOT.glob("*.md"),
    # SECURITY.md says what a hint does that names an extra.
    *(
        path
        for path in (ROOT / ".github").rglob("*")
        if path.suffix in {".md", ".sh", ".yml"} and path.name != "SECURITY.md"
    ),
    ROOT / "src" / "zumik" / "errors.py",
    ROOT / "src" / "zumik" / "workspace" / "check_jobs.py",
    ROOT / "src" / "zumik" / "workspace" / "settings.py",
    ROOT / ".ci" / "run",
]

# A word that an installer reads as the project of that name: an address after `@` is no name.
_NAME = r"(?<![\w./@-])zumik(?:\[[\w,-]*\])?(?! *@)(?=$|[\s'\"`<>=~!,;$])"
_INSTALLER = r"\b(?:pip3? (?:install|download|wheel)|pipx|uvx|uv (?:add|run|tool|pip)|poetry add)\b"
_BY_NAME = re.compile(
    # Installed, or set as what a job will install.
    rf"{_INSTALLER}(?:(?!&&|;|\|\|).)*?{_NAME}|\b(?:ZUMIK|wanted)[:=] *[\"']?{_NAME}"
)


@pytest.mark.parametrize("path", INSTALLING, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_installs_zumik_by_a_name_that_is_not_ours_yet(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if _BY_NAME.search(line)] == []


@pytest.mark.parametrize(
    ("line", "is_by_name"),
    [
        ("pip install zumik", True),
        ("pip install --upgrade zumik", True),
        ("python -m pip install --quiet 'zumik[pages]>=0.1,<1'", True),
        ("pip install litellm zumik[litellm]", True),
        ("pipx install zumik", True),
        ("uvx zumik check", True),
        ("    ZUMIK: zumik>=0.1,<1", True),
        ('  wanted="zumik$version"', True),
        ("pip install 'zumik[serve] @ git+https://ADDRESS/OF/zumik@COMMIT'", False),
        ("pip install git+https://ADDRESS/OF/zumik@COMMIT", False),
        ('zumik/bin/python -I -m pip install --quiet -- "$ZUMIK"', False),
        ("pip install --quiet . && zumik explain", False),
        ("    ZUMIK: git+https://ADDRESS/OF/zumik@COMMIT", False),
    ],
)
def test_a_line_that_installs_by_name_is_known(line: str, is_by_name: bool) -> None:
    assert bool(_BY_NAME.search(line)) == is_by_name


@pytest.mark.parametrize("page", ["README.md", ".github/CHECKING.md", ".github/PUBLISHING.md"])
def test_a_page_that_installs_zumik_says_what_changes_once_it_is_published(page: str) -> None:
    text = " ".join((ROOT / page).read_text(encoding="utf-8").split())
    assert re.search(r"Once (it|zumik) is published, [^.]*version", text)


def dependencies() -> Iterator[Requirement]:
    """All that a build, zumik, its extras and its tests install."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    for extra in project["project"]["optional-dependencies"].values():
        listed += extra
    for text in listed:
        requirement = Requirement(text)
        if requirement.name != "zumik":
            yield requirement


@pytest.mark.parametrize("requirement", list(dependencies()), ids=str)
def test_a_dependency_has_a_lower_and_an_upper_bound(requirement: Requirement) -> None:
    operators = {clause.operator for clause in requirement.specifier}
    assert ">=" in operators
    # SECURITY.md names the one without: its versions are years, and it promises no break.
    assert "<" in operators or requirement.name == "packaging"


def test_ci_installs_by_ranges_or_at_a_version() -> None:
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        words = (
            re.findall(r"'([^']+)'", line) if "pip install" in line or "npm install" in line else []
        )
        for word in words:
            assert word.startswith(".[") or re.search(r"==|>=.*<", word), word
