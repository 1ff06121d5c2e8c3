"""The README's questions to logs, typed as they stand there, in the example workspace."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.benchmarks.log_generator import litellm_lines
from tests.cli.conversation import Desk
from tests.cli.test_readme_walk import TODAY, block

ROOT = Path(__file__).parents[2]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The example's own line of releases, and a folder of LiteLLM's logs."""
    desk = Desk(tmp_path, TODAY)
    desk.repo.mkdir()
    desk.git("init", "--quiet", "--initial-branch=main")
    shutil.copytree(ROOT / "releases", desk.releases)
    desk.git("add", "-A")
    desk.git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "Start")
    return desk


@pytest.mark.parametrize("command", block("<!-- logs -->"))
def test_the_question_is_answered(desk: Desk, command: str) -> None:
    if command.startswith("zumik logs"):
        pytest.importorskip("duckdb")
        pytest.importorskip("ibis")
    (desk.repo / "logs").mkdir()
    (desk.repo / "logs" / "day.jsonl").write_bytes(b"".join(litellm_lines(200)))
    turn = desk.say(command)
    assert turn.exit_code in (0, 3), turn
    assert turn.out.strip(), turn
    if "mix.html" in command:
        assert (desk.repo / "mix.html").read_text().startswith("<!DOCTYPE html>")
