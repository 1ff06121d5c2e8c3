"""LOG-FORMATS.md: its questions, typed as they stand there, and its format of one's own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.benchmarks.log_generator import litellm_lines
from tests.cli.conversation import Desk
from tests.documents.pages import ROOT, block_with
from tests.documents.typed import TODAY

from zumik.core.traffic.logged_call import LoggedCall
from zumik.logs.calls import calls_in
from zumik.logs.formats.known_formats import log_format_named

PAGE = "schemas/LOG-FORMATS.md"


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


@pytest.mark.parametrize("command", block_with(PAGE, "zumik replay logs").commands)
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


def test_a_format_of_one_s_own_reads_each_of_its_fields(tmp_path: Path) -> None:
    mapping = tmp_path / "our.yaml"
    mapping.write_text(block_with(PAGE, "name: our-gateway").text)
    entry = {
        "kind": "chat",
        "provider": "acme",
        "model": "fast-1",
        "started": "2026-06-09T10:00:00Z",
        "ended": "2026-06-09T10:00:02Z",
        "usage": {"in": 100, "out": 20},
        "cost": 5,
        "status": 200,
        "request_id": "one",
        "headers": {"x-zumik-receipt": "code.fast@alr_2026_06_09_003:1a673eeacc7d=acme/fast-1"},
    }
    log = tmp_path / "calls.jsonl"
    log.write_text(json.dumps(entry) + "\n")
    (call,) = calls_in([str(log)], log_format_named(str(mapping)))
    assert isinstance(call, LoggedCall)
    assert call.decision is not None
    assert (call.format, call.called) == ("our-gateway", "acme/fast-1")
    assert (call.input_tokens, call.output_tokens, call.seconds) == (100, 20, 2.0)
    assert (call.failed, call.call_id) == (False, "one")
