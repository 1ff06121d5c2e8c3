"""Names by which calls are chosen, and logs that hold no call."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.benchmarks.log_generator import RELEASES, zumik_lines

from zumik.cli.main import run


@pytest.mark.parametrize(
    ("option", "name", "meant"),
    [
        ("--alias", "code.fst", "code.fast"),
        ("--release", "alr_2026_06_09_004", "alr_2026_06_09_001"),
        ("--model", "openai/gpt5", "openai/gpt-5"),
    ],
)
def test_a_name_that_nothing_has_is_an_error(
    option: str, name: str, meant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"".join(zumik_lines(50)))
    code = run(["--workspace", str(RELEASES), "replay", str(log), option, name])
    said = capsys.readouterr()
    assert (code, said.out) == (4, "")
    assert f"no {option[2:]} {name} in the logs, and none in the workspace" in said.err
    assert f"did you mean {meant[:-1]}" in said.err


def test_a_known_name_without_a_call_is_an_empty_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"".join(zumik_lines(5, damage=0)))
    arguments = ["replay", str(log), "--alias", "code.fast", "--since", "2030-01-01"]
    run(["--workspace", str(RELEASES), *arguments])
    assert "left out 5 calls that were not asked about" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["mix", "observe", "workload"])
def test_logs_without_a_call_exit_with_4(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ibis", reason="needs the extra logs")
    log = tmp_path / "log.jsonl"
    for data, why in (
        (b"this is no log\n", "nothing in these logs is of a format"),
        (b"", "no call of a model"),
    ):
        log.write_bytes(data)
        assert run(["--workspace", str(RELEASES), "logs", command, str(log)]) == 4
        assert why in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", [["plan"], ["release", "diff", "alr_2026_06_09_001", "alr_2026_06_09_002"]]
)
@pytest.mark.parametrize(
    ("option", "name", "meant"),
    [("--alias", "code.fst", "code.fast"), ("--model", "openai/gpt5", "openai/gpt-5")],
)
def test_a_change_is_not_weighed_on_calls_of_a_name_that_nothing_has(
    command: list[str],
    option: str,
    name: str,
    meant: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"".join(zumik_lines(20)))
    arguments = [*command, "--logs", str(log), option, name]
    code = run(["--workspace", str(RELEASES), *arguments])
    said = capsys.readouterr()
    assert (code, said.out) == (4, "")
    assert f"no {option[2:]} {name} in the logs, and none in the workspace" in said.err
    assert f"did you mean {meant[:-1]}" in said.err
