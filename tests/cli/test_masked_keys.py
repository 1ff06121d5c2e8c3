"""A key that a client sent in place of a name is shown and written nowhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.benchmarks.log_generator import RELEASES

from zumik.cli.main import run

KEY = "sk-proj-abcdefghijklmnop0123456789"
RELEASE = "alr_2026_06_09_003"
GOOD = {
    "requested_model": "code.fast",
    "alias_release": RELEASE,
    "resolved_model": "openai/gpt-4.1-mini",
}
LINES: list[dict[str, object]] = [
    {**GOOD, "requested_model": KEY},
    {**GOOD, "requested_model": f"openai/{KEY}", "alias_release": None},
    {**GOOD, "requested_model": f"two {KEY}"},
    {**GOOD, "alias_release": KEY},
    {**GOOD, "resolved_model": KEY},
    {**GOOD, "resolved_model": f"openai/{KEY}"},
    {**GOOD, "served_model": KEY, "resolution_reason": KEY, "resolved_revision": KEY},
    {**GOOD, "request": {"unavailable": [f"openai/{KEY}"]}},
    {**GOOD, "request": {"unavailable": [KEY], "capabilities": [KEY]}},
    {**GOOD, "candidates_considered": KEY},
    {
        "call_type": "acompletion",
        "response_cost": 1,
        "model_group": KEY,
        "error_information": {"error_class": KEY},
        "status": "failure",
        "litellm_call_id": KEY,
        "metadata": {"spend_logs_metadata": GOOD, "user_api_key": KEY},
    },
    {"zumik_receipt": f"code.fast@{RELEASE}:1a673eeacc7d={KEY}", "gen_ai.request.model": KEY},
]


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "log.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES))
    return str(path)


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize(
    "command",
    [
        ["replay", "--each", "--against", "live"],
        ["replay", "--output", "OUT"],
        ["logs", "mix"],
        ["logs", "observe"],
        ["logs", "workload"],
        ["release", "diff", "alr_2026_06_09_001", RELEASE, "--logs"],
    ],
    ids=" ".join,
)
def test_no_command_that_reads_logs_shows_a_key(
    command: list[str], form: str, log: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if "logs" in command[0]:
        pytest.importorskip("ibis", reason="needs the extra logs")
    out = tmp_path / "out.jsonl"
    arguments = [str(out) if each == "OUT" else each for each in command]
    run(["--workspace", str(RELEASES), *arguments, log, "--format", form])
    said = "".join(capsys.readouterr())
    written = out.read_text() if out.exists() else ""
    assert "12" in said
    assert "sk-proj" not in said + written
    if command[0] == "replay":
        assert "masked-key" in said + written


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("line", LINES, ids=map(str, range(len(LINES))))
def test_explain_shows_no_key(
    line: dict[str, object], form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["--workspace", str(RELEASES), "explain", json.dumps(line), "--format", form])
    assert "sk-proj" not in "".join(capsys.readouterr())


def test_a_model_that_looks_like_a_key_is_judged_by_its_whole_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = {**GOOD, "resolved_model": f"openai/{KEY}"}
    assert run(["--workspace", str(RELEASES), "replay", json.dumps(line)]) == 3
    assert "openai/masked-key" in capsys.readouterr().out
