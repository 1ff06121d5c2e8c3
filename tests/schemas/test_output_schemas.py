"""What commands write for programs is as the schemas in schemas/outputs say."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.benchmarks.log_generator import zumik_lines
from tests.logs.test_log_samples import SAMPLES
from tests.logs.verdicts import DAMAGE

from zumik.cli.main import run

ROOT = Path(__file__).parents[2]
OUTPUTS = ROOT / "schemas/outputs"
LOGS = [str(path) for path in sorted(SAMPLES.iterdir()) if path.suffix in (".jsonl", ".csv")]
EVERYTHING = [*LOGS, *map(str, DAMAGE)]


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((OUTPUTS / f"{name}.schema.json").read_bytes()))


def check(name: str, *documents: Any) -> None:
    assert documents
    for document in documents:
        assert [error.message for error in validator(name).iter_errors(document)] == []


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every sample, every damaged file and a generated log, in a workspace of its own."""
    shutil.copytree(ROOT / "releases", tmp_path / "releases")
    (tmp_path / "generated.jsonl").write_bytes(b"".join(zumik_lines(500)))
    monkeypatch.chdir(tmp_path)
    return [*EVERYTHING, "generated.jsonl"]


def said(capfd: pytest.CaptureFixture[str], *arguments: str) -> str:
    run([*arguments, "--format", "json"])
    return capfd.readouterr().out


@pytest.mark.parametrize("options", [[], ["--against", "live"], ["--since", "2026-08-01"]])
def test_replay(logs: list[str], options: Sequence[str], capfd: pytest.CaptureFixture[str]) -> None:
    check("replay", json.loads(said(capfd, "replay", *logs, *options)))


def test_listed_calls(logs: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    lines = said(capfd, "replay", *logs, "--each").splitlines()
    assert len(lines) > 500
    check("listed-call", *map(json.loads, lines))


def test_a_verdict_a_line(logs: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    said(capfd, "replay", *logs, "--output", "verdicts.jsonl")
    rows = [json.loads(line) for line in Path("verdicts.jsonl").read_text().splitlines()]
    assert {"no_decision", "unreadable", "reproduced"} <= {row["verdict"] for row in rows}
    check("verdict", *rows)


@pytest.mark.parametrize("by", [[], ["--by", "day"], ["--by", "release", "--by", "model"]])
def test_mix(logs: list[str], by: Sequence[str], capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ibis", reason="needs the extra logs")
    check("mix", json.loads(said(capfd, "logs", "mix", *logs, *by)))


@pytest.mark.parametrize("options", [[], ["--min-samples", "1", "--write", "--dry-run"]])
def test_observation(
    logs: list[str], options: Sequence[str], capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ibis", reason="needs the extra logs")
    check("observation", json.loads(said(capfd, "logs", "observe", *logs, *options)))


@pytest.mark.parametrize("options", [[], ["--min-samples", "1", "--write", "--dry-run"]])
def test_workloads(
    logs: list[str], options: Sequence[str], capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("ibis", reason="needs the extra logs")
    check("workloads", json.loads(said(capfd, "logs", "workload", *logs, *options)))


@pytest.mark.parametrize("release", ["alr_2026_06_09_001", "alr_2026_10_28_001", None])
def test_catalog_diff(
    logs: list[str], release: str | None, capfd: pytest.CaptureFixture[str]
) -> None:
    given = [release] if release else []
    check("catalog-diff", json.loads(said(capfd, "catalog", "diff", *given)))


def test_metrics_import(logs: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    rows = "model,metric,value,samples,date\nopenai/gpt-5-mini,own.tickets,0.75,40,2026-05-03\n"
    Path("own.csv").write_text(rows)
    Path("bad.csv").write_text("model\n")
    given = ["own.csv", "bad.csv", "missing.eval", "--unit", "fraction", "--better", "higher"]
    document = json.loads(said(capfd, "metrics", "import", *given, "--dry-run"))
    assert document["files"][0]["figures"]
    check("metrics-import", document)


@pytest.mark.parametrize("options", [[], ["--within", "900d"]])
def test_upcoming(
    logs: list[str], options: Sequence[str], capfd: pytest.CaptureFixture[str]
) -> None:
    check("upcoming", json.loads(said(capfd, "catalog", "upcoming", *options)))


def test_a_key_that_no_schema_knows_is_refused() -> None:
    for path in OUTPUTS.glob("*.schema.json"):
        name = path.name.removesuffix(".schema.json")
        (example, *_) = json.loads(path.read_bytes())["examples"]
        assert not validator(name).is_valid({**example, "new": 1})
