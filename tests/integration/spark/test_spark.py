"""Logs on a real Spark: what its workers find is what the reader of logs finds here."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.benchmarks.log_generator import zumik_lines
from tests.integration.spark.conftest import PART_BYTES
from tests.logs.test_log_samples import SAMPLES
from tests.logs.verdicts import DAMAGE

from zumik.cli.main import run
from zumik.core.traffic.logged_call import LoggedCall, ReadEntry
from zumik.core.traffic.selection import EVERY_CALL, Selection
from zumik.core.traffic.token_edges import token_edges
from zumik.errors import CannotRun, UsageError
from zumik.logs.calls import calls_in
from zumik.logs.formats.gateway_formats import SPEND_LOGS, ZUMIK
from zumik.logs.formats.log_format import LogFormat
from zumik.logs.formats.mapping_file import read_mapping
from zumik.logs.spark.spark_calls import spark_calls_in
from zumik.logs.spark.spark_sums import Task, call_key
from zumik.workspace.store import Store

ROOT = Path(__file__).parents[3]
SINCE = ["--since", "2026-08-01", "--alias", "code.fast"]
STORE = Store.at(ROOT / "releases")
EDGES = token_edges(
    model for release in STORE.releases for model in STORE.release(release).models.values()
)
LINE = {
    "requested_model": "code.fast",
    "resolved_model": "a/b",
    "timestamp": "2026-11-28T03:00:00Z",
}


def summed(items: Iterable[ReadEntry], task: Task) -> list[Any]:
    """Items with equal calls as one: how many, when, and which of them was first."""
    found: dict[object, list[Any]] = {}
    for number, item in enumerate(items):
        if not isinstance(item, LoggedCall) or task.is_apart(item):
            found[number] = [item]
            continue
        key = call_key(item, task)
        row = found.setdefault(key, [item.place, item.call_id, 0, [], item.input_tokens])
        row[2] += item.calls
        row[3] = [
            min([*row[3][:1], item.at], key=_or_never),
            max([*row[3][1:], item.at], key=_or_never),
        ]
    return list(found.values())


def _or_never(at: datetime | None) -> datetime:
    return at or datetime.min.replace(tzinfo=UTC)


def compare(
    *names: object, form: LogFormat | None = None, selection: Selection = EVERY_CALL
) -> list[ReadEntry]:
    """Read logs here and on Spark; what Spark gave."""
    task = Task((), EDGES, form, selection)
    notes: list[str] = []
    expected_notes: list[str] = []
    files = [str(name) for name in names]
    found = list(spark_calls_in(files, task, notes.append))
    expected = list(calls_in(files, form, expected_notes.append))
    assert summed(found, task) == summed(expected, task)
    assert notes == expected_notes
    return found


def write(path: Path, *lines: object, end: str = "\n") -> Path:
    texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("\n".join(texts) + end)
    return path


@pytest.fixture(scope="session")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("generated") / "calls.jsonl"
    path.write_bytes(b"".join(zumik_lines(2000)))
    return path


def test_every_sample(spark: Any) -> None:
    compare(*sorted(path for path in SAMPLES.iterdir() if path.suffix in (".jsonl", ".csv")))


def test_every_damaged_file(spark: Any) -> None:
    compare(*DAMAGE)


def test_a_generated_log_in_many_parts(spark: Any, generated: Path) -> None:
    found = compare(generated)
    assert sum(item.calls for item in found if isinstance(item, LoggedCall)) > 1900


def test_verdicts_and_report_are_those_of_the_local_engine(
    spark: Any,
    generated: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    said = []
    for engine in ("local", "spark"):
        for arguments in (
            [],
            ["--format", "json"],
            ["--since", "2026-08-01", "--alias", "code.fast"],
        ):
            code = run(["replay", str(generated), "--engine", engine, *arguments])
            said.append((engine, code, capfd.readouterr().out))
    assert [each[1:] for each in said[:3]] == [each[1:] for each in said[3:]]
    assert "reproduced" in said[0][2]


def test_values_over_many_lines_where_spark_cuts(spark: Any, tmp_path: Path) -> None:
    pretty = [json.dumps(LINE, indent=2)] * 3
    spark.conf.set(PART_BYTES, "1000")
    lines = [item for n in range(60) for item in ([LINE] * (n % 7) + pretty[: n % 3] + ['{"a": '])]
    compare(write(tmp_path / "mixed.jsonl", LINE, *lines))


def test_a_log_of_one_value_over_many_lines(spark: Any, tmp_path: Path) -> None:
    spark.conf.set(PART_BYTES, "1000")
    compare(write(tmp_path / "array.json", json.dumps([LINE] * 200, indent=1)))


def test_parts_that_docker_split(spark: Any, tmp_path: Path) -> None:
    spark.conf.set(PART_BYTES, "40000")
    text = json.dumps({**LINE, "prompt": "x" * 40_000}) + "\n"
    pieces = [text[at : at + 16384] for at in range(0, len(text), 16384)]
    whole = {"log": json.dumps(LINE) + "\n", "stream": "stdout", "time": "2026-11-28T03:00:00Z"}
    split = [{**whole, "log": piece} for piece in pieces]
    lines = [json.dumps(line, separators=(",", ":")) for line in [whole, *split] * 8]
    found = compare(write(tmp_path / "docker.log", *lines))
    assert sum(item.calls for item in found if isinstance(item, LoggedCall)) == 16


@pytest.mark.parametrize("part_bytes", ["300", "1000000"])
def test_a_last_line_without_its_end(spark: Any, tmp_path: Path, part_bytes: str) -> None:
    spark.conf.set(PART_BYTES, part_bytes)
    cut = json.dumps(LINE)[:-10]
    compare(
        write(tmp_path / "a.jsonl", *[LINE] * 20, cut, end=""),
        write(tmp_path / "b.jsonl", LINE, cut),
        write(tmp_path / "c.jsonl", LINE, "{", end=""),
        write(tmp_path / "d.jsonl", *[cut] * 20, end=""),
    )


def test_other_packings_encodings_and_names(spark: Any, tmp_path: Path) -> None:
    plain = b"".join(json.dumps({**LINE, "n": n}).encode() + b"\n" for n in range(400))
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(plain))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(plain)[:200])
    (tmp_path / "not packed.gz").write_bytes(plain)
    (tmp_path / "utf-16.jsonl").write_bytes(plain.decode().encode("utf-16"))
    (tmp_path / "mark.jsonl").write_bytes(b"\xef\xbb\xbf" + plain)
    (tmp_path / "_hidden [x]{1}.jsonl").write_bytes(plain)
    (tmp_path / "é.jsonl").write_bytes(plain)
    (tmp_path / "empty.jsonl").write_bytes(b"")
    (tmp_path / "cr.jsonl").write_bytes(plain.replace(b"\n", b"\r\n").replace(b", ", b",\r"))
    compare(*sorted(tmp_path.iterdir()))


def test_a_stretch_of_time_is_selected_before_calls_are_summed_up(
    spark: Any, tmp_path: Path
) -> None:
    lines = [{**LINE, "timestamp": f"2026-11-{day:02}T03:00:00Z"} for day in range(1, 29)]
    log = write(tmp_path / "calls.jsonl", *lines, {"requested_model": "code.fast"})
    selection = Selection(since=datetime(2026, 11, 10, tzinfo=UTC))
    found = compare(log, selection=selection)
    taken = [item for item in found if isinstance(item, LoggedCall) and selection.takes(item)]
    assert sum(item.calls for item in taken) == 19


def test_a_format_of_the_users_own(spark: Any, tmp_path: Path) -> None:
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text("name: own\ndecision: [[line]]\ncalled: who\nerror: nowhere\n")
    log = write(tmp_path / "own.jsonl", *[{"line": LINE, "who": f"m{n}"} for n in range(300)])
    found = compare(log, form=read_mapping(mapping))
    assert "nowhere" in str(found[-1])


def test_a_format_that_is_named(spark: Any, tmp_path: Path) -> None:
    other = {"receipt": "code.fast@alr_2026_06_09_003:000000000000=a/b"}
    log = write(tmp_path / "calls.jsonl", *[LINE, other] * 200)
    for form in (ZUMIK, SPEND_LOGS):
        compare(log, form=form)


def test_where_spark_finds_a_log_by_a_url(spark: Any, generated: Path) -> None:
    task = Task((), EDGES, None, EVERY_CALL)
    found = list(spark_calls_in([generated.as_uri()], task, lambda note: None))
    expected = list(calls_in([str(generated)]))
    assert [item.place.line for item in found][:20] == sorted(item.place.line for item in found)[
        :20
    ]
    assert sum(i.calls for i in found if isinstance(i, LoggedCall)) == sum(
        i.calls for i in expected if isinstance(i, LoggedCall)
    )
    assert found[0].place.file == generated.as_uri()


@pytest.mark.parametrize(
    "name", ["-", "postgresql://db/logs?sslmode=require&table=calls", '{"a": 1}']
)
def test_what_spark_does_not_read(name: str) -> None:
    with pytest.raises(UsageError):
        list(spark_calls_in([name], Task((), EDGES, None, EVERY_CALL), lambda note: None))


def test_a_file_that_cannot_be_read(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "logs.jsonl").write_bytes(b"PK\x03\x04")
    task = Task((), EDGES, None, EVERY_CALL)
    with pytest.raises(CannotRun, match="is a zip archive"):
        list(spark_calls_in([str(tmp_path)], task, lambda note: None))
    with pytest.raises(CannotRun, match="Spark failed: PATH_NOT_FOUND"):
        list(spark_calls_in([f"file://{tmp_path}/none"], task, lambda note: None))
