"""The policies for authors: each is valid, plans as written, and the page shows just that."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.cli.conversation import Desk

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / ".github" / "POLICIES.md"
NAMES = sorted(path.name for path in HERE.iterdir() if (path / "policy").is_dir())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path, datetime(2026, 11, 28, 9, tzinfo=UTC))
    desk.repo.mkdir()
    desk.git("init", "--quiet", "--initial-branch=main")
    assert desk.zumik("init", "--empty").exit_code == 0
    return desk


def policy_of(name: str) -> Path:
    """The one policy file of an example."""
    (file,) = (HERE / name / "policy").iterdir()
    return file


def alias_of(name: str) -> str:
    """The one alias of an example."""
    found = re.search(r"^aliases:\n  (\S+):$", policy_of(name).read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def planned(desk: Desk, name: str) -> str:
    """What a person who has these files sees."""
    for folder in ("policy", "catalog"):
        shutil.copytree(HERE / name / folder, desk.releases / folder, dirs_exist_ok=True)
    assert desk.zumik("validate").out.startswith("nothing found\nvalid: 1 alias")
    turn = desk.zumik("plan", alias_of(name))
    assert turn.exit_code == 0, turn
    return turn.out.removesuffix("\n1 alias, 1 with another winner\n")


@pytest.mark.parametrize("name", NAMES)
def test_example_is_valid_without_a_warning_and_plans_as_the_page_shows(
    desk: Desk, name: str
) -> None:
    assert f"<!-- plan: {name} -->\n\n```text\n{planned(desk, name)}```\n" in PAGE.read_text()


def test_page_shows_the_files_as_they_are() -> None:
    page = PAGE.read_text()
    for name in NAMES:
        shown = f"<!-- policy: {name} -->\n\n```yaml\n{policy_of(name).read_text()}```\n"
        assert shown in page, f"the page shows another policy than {name}"
    parts = re.findall(r"<!-- part: (\S+): [^\n]*-->\n\n```yaml\n(.*?)```\n", page, re.DOTALL)
    assert parts
    for file, part in parts:
        assert part in (HERE / file).read_text(), f"{file} has no such part"


def test_example_freezes_and_resolves(desk: Desk) -> None:
    planned(desk, "own-model")
    desk.git("config", "user.name", "Ada")
    desk.git("config", "user.email", "ada@example.org")
    for command in (
        "git add releases",
        "git commit --quiet -m Start",
        "zumik release create --note First",
        "zumik alias promote tickets.sort --latest --reason Go",
    ):
        assert desk.say(command).exit_code == 0
    turn = desk.zumik("resolve", "tickets.sort", "--output-tokens", "500")
    assert turn.out.startswith("vllm/tickets-8b-2026-10"), turn
