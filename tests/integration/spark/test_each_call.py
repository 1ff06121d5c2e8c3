"""Calls that come one by one from a real Spark: impact, lists and verdict files as the local engine
writes them, to the letter.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.benchmarks.log_generator import litellm_lines, zumik_lines
from tests.integration.spark.conftest import PART_BYTES
from tests.integration.spark.test_call_questions import LOGS

import zumik.logs.spark.spark_calls as spark_calls
import zumik.logs.spark.spark_sums as spark_sums
from zumik.cli.main import run

ROOT = Path(__file__).parents[3]
DIVERGED = {
    "requested_model": "code.fast",
    "alias_release": "alr_2026_06_09_003",
    "resolved_model": "a/b",
    "timestamp": "2026-11-28T03:00:00Z",
}
pytest.importorskip("pyarrow", reason="needs the extra logs")


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("generated")
    own, payloads = folder / "calls.jsonl", folder / "payloads.jsonl"
    own.write_bytes(b"".join(zumik_lines(2000)))
    payloads.write_bytes(b"".join(litellm_lines(150)))
    return own, payloads


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def said(
    engine: str, question: Sequence[str], capfd: pytest.CaptureFixture[str]
) -> tuple[int, str, str]:
    code = run([*question, "--engine", engine])
    captured = capfd.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    "question",
    [
        ["--against", "live", "--format", "json"],
        ["--against", "alr_2026_06_09_003", "--since", "2026-06-20", "--alias", "code.fast"],
        ["--against", "anthropic/claude-haiku-4-5", "--only", "diverged"],
        ["--only", "diverged", "--only", "unreplayable", "--format", "json"],
        ["--each", "--format", "json"],
    ],
    ids=" ".join,
)
def test_each_answer_is_that_of_the_local_engine(
    spark: Any,
    generated: tuple[Path, Path],
    question: Sequence[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    asked = ["replay", *map(str, (*generated, *LOGS)), *question]
    here = said("local", asked, capfd)
    assert said("spark", asked, capfd) == here
    assert len(here[1]) > 1000


@pytest.mark.parametrize(
    ("ending", "question"),
    [("jsonl", ["--against", "live"]), ("parquet", ["--since", "2026-06-20"])],
)
def test_a_verdict_file_is_that_of_the_local_engine(
    spark: Any,
    generated: tuple[Path, Path],
    ending: str,
    question: Sequence[str],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    found = []
    for engine in ("local", "spark"):
        file = tmp_path / f"{engine}.{ending}"
        logs = map(str, (*generated, *LOGS))
        asked = ["replay", *logs, *question, "--output", str(file), "--format", "json"]
        found.append((said(engine, asked, capfd), file.read_bytes()))
    assert found[1] == found[0]


def test_many_small_rows_and_parts_come_in_the_order_of_the_files(
    spark: Any,
    generated: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(spark_sums, "_TOGETHER", 7)
    monkeypatch.setattr(spark_calls, "_ROWS_AT_ONCE", 5)
    spark.conf.set(PART_BYTES, "100000")
    asked = ["replay", "--each", *map(str, reversed(generated)), "--format", "json"]
    assert said("spark", asked, capfd) == said("local", asked, capfd)


def test_calls_of_a_log_that_a_runtime_split_come_as_they_are_whole(
    spark: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = json.dumps(DIVERGED)
    time = "2026-11-28T03:00:00.000000000Z"
    split = [f"{time} stdout P {text[:50]}", f"{time} stderr F {text}"]
    log = tmp_path / "cri.log"
    log.write_text("\n".join([*split, f"{time} stdout F {text[50:]}"] * 200) + "\n")
    docker = tmp_path / "docker.log"
    pieces = [(text + "\n", "stderr"), ("x" * 10 + text[:50], "stdout"), (text + "\n", "stderr")]
    pieces += [(text[50:] + "\n", "stdout"), (text + "\n", "stderr")]
    lines = [json.dumps({"log": piece, "stream": stream, "time": time}) for piece, stream in pieces]
    docker.write_text("\n".join(lines * 200) + "\n")
    asked = ["replay", "--each", str(log), str(docker), "--format", "json"]
    here = said("local", asked, capfd)
    assert said("spark", asked, capfd) == here
    assert here[1].count("diverged") >= 400


def test_the_logs_are_read_again_only_where_a_call_has_the_verdict(
    spark: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    read = []
    found_on_spark = spark_calls.found_on_spark

    def counting(*given: Any) -> Any:
        read.append(given)
        return found_on_spark(*given)

    monkeypatch.setattr(spark_calls, "found_on_spark", counting)
    log = tmp_path / "calls.jsonl"
    log.write_text((json.dumps(DIVERGED) + "\n") * 3)
    asked = ["replay", "--engine", "spark", str(log), "--format", "json", "--only"]
    assert run([*asked, "unreplayable"]) == 3
    assert len(read) == 1
    assert capfd.readouterr().out == ""
    assert run([*asked, "diverged"]) == 3
    assert len(read) == 3
    calls = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [(call["place"], call["calls"]) for call in calls] == [
        (f"{log}:{number}", 1) for number in (1, 2, 3)
    ]


def test_a_line_is_not_for_spark(capfd: pytest.CaptureFixture[str]) -> None:
    code, _, error = said("spark", ["replay", json.dumps(DIVERGED)], capfd)
    assert code == 2
    assert "drop --engine to read a line" in error
