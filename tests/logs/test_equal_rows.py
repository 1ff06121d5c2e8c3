"""Rows of Parquet are grouped and get what reading each row gives, to the letter."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import pytest
from tests.benchmarks.log_generator import RELEASES, zumik_lines

from zumik.cli import log_options
from zumik.cli.main import run
from zumik.core.decisions.log_line import LINE_FIELDS
from zumik.core.traffic.token_edges import token_edges
from zumik.logs.counted.equal_rows import equal_rows
from zumik.workspace.store import Store

pa = pytest.importorskip("pyarrow", reason="needs the extra logs")
pq = pytest.importorskip("pyarrow.parquet", reason="needs the extra logs")
pytest.importorskip("duckdb", reason="needs the extra logs")

STORE = Store.at(RELEASES)
EDGES = token_edges(
    model for release in STORE.releases for model in STORE.release(release).models.values()
)
Row = dict[str, Any]
DAMAGE: list[Row] = [
    {"requested_model": None},
    {"requested_model": ""},
    {"requested_model": "two words"},
    {"alias_release": None},
    {"alias_release": ""},
    {"alias_release": "alr_9"},
    {"alias_release": None, "timestamp": None},
    {"alias_release": None, "timestamp": "2026-08-02 10:00:00"},
    {"timestamp": None},
    {"timestamp": "2026-13-45T10:00:00Z"},
    {"timestamp": "0000-01-01T10:00:00Z"},
    {"timestamp": "2026-06-01T10:00:00+02:00"},
    {"timestamp": "1781000000"},
    {"timestamp": "yesterday"},
    {"resolved_model": None},
    {"resolved_model": "openai/\x1b[31mred"},
    {"resolution_reason": "ünïcode"},
    {"candidates_considered": -1},
    {"candidates_considered": None},
    {"request": ""},
    {"request": "{}"},
    {"request": "{"},
    {"request": "[]"},
    {"request": '{"unavailable": [], "input_tokens": 5}'},
    {"request": '{"unavailable":[],"input_tokens":5}'},
    {"request": '{"unavailable": [], "input_tokens": 0}'},
    {"request": '{"unavailable": [], "input_tokens": 05}'},
    {"request": '{"unavailable": [], "input_tokens": 5.0}'},
    {"request": '{"unavailable": [], "input_tokens": 1e3}'},
    {"request": '{"unavailable": [], "input_tokens": 999999999999999999}'},
    {"request": '{"unavailable": [], "input_tokens": 9999999999999999999}'},
    {"request": '{"unavailable": [], "output_tokens": 400000}'},
    {"request": '{"unavailable": [], "output_tokens": "400000"}'},
    {"request": '{"unavailable": [], "input_tokens": 5, "input_tokens": 500000}'},
    {"request": '{"unavailable": ["\\"input_tokens\\": 5"], "input_tokens": 500000}'},
    {"request": '{"unavailable": [1], "input_tokens": 500000}'},
    {"request": '{"unavailable": [], "capabilities": ["tools"], "input": ["image"]}'},
    {"request": ' {"unavailable": []}\n'},
    {"request": "null"},
    {"served_model": "gpt-5"},
    {"served_model": ""},
    {"drain_ignored": "x"},
]
KINDS = {"candidates_considered": pa.int64()}
SCHEMA = [(name, KINDS.get(name, pa.string())) for name in LINE_FIELDS]


def good_rows(lines: int) -> list[Row]:
    rows = []
    for line in b"".join(zumik_lines(lines, damage=0)).splitlines():
        row = {name: value for name, value in json.loads(line).items() if name in LINE_FIELDS}
        rows.append({**row, "request": json.dumps(row["request"])})
    return rows


def written(path: Path, rows: list[Row], schema: list[Any] = SCHEMA) -> str:
    pq.write_table(pa.Table.from_pylist(rows, schema=pa.schema(schema)), path)
    return str(path)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    random = Random(7)
    rows = good_rows(3_000)
    damaged = [
        {**row, **damage} for damage in DAMAGE for row in random.sample(rows, random.randint(1, 14))
    ]
    mixed = [*rows, *damaged, *damaged]
    random.shuffle(mixed)
    return written(tmp_path_factory.mktemp("parquet") / "log.parquet", mixed)


@pytest.mark.parametrize(
    "more",
    [
        ["--format", "json"],
        ["--log-format", "zumik"],
        ["--against", "live", "--format", "json"],
        ["--alias", "code.fast"],
        ["--only", "diverged"],
        ["--since", "2026-07-02"],
    ],
    ids=" ".join,
)
def test_rows_are_counted_as_they_are_read(
    more: list[str],
    log: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said = []
    for worth in (10**12, 0):
        monkeypatch.setattr(log_options, "_WORTH_COUNTING", worth)
        code = run(["--workspace", str(RELEASES), "replay", log, *more])
        said.append((code, *capsys.readouterr()))
    assert said[0] == said[1]
    assert said[0][0] == 3


@pytest.mark.parametrize("more", [["--by", "day"], ["--format", "json"]], ids=" ".join)
def test_the_mix_of_counted_rows_is_that_of_each_row(
    more: list[str], log: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("ibis", reason="needs the extra logs")
    said = []
    for worth in (10**12, 0):
        monkeypatch.setattr(log_options, "_WORTH_COUNTING", worth)
        code = run(["--workspace", str(RELEASES), "logs", "mix", log, *more])
        said.append((code, *capsys.readouterr()))
    assert said[0] == said[1]


def test_few_values_come_of_many_rows(tmp_path: Path) -> None:
    rows = good_rows(300) * 10
    groups = equal_rows(written(tmp_path / "log.parquet", rows), EDGES)
    assert groups is not None
    values = list(groups)
    assert sum(getattr(value, "calls", 0) for value in values) == 3_000
    assert len(values) < 900


@pytest.mark.parametrize(
    "schema",
    [
        [("requested_model", pa.string()), ("Request", pa.string())],
        [("requested_model", pa.string()), ("request", pa.struct([("input_tokens", pa.int64())]))],
        [("requested_model", pa.string()), ("timestamp", pa.timestamp("ns"))],
        [("requested_model", pa.string()), ("resolved_model", pa.binary())],
        [("requested_model", pa.string()), ("candidates_considered", pa.float64())],
        [("requested_model", pa.string()), ("file_row_number", pa.int64())],
        [("model", pa.string())],
    ],
    ids=str,
)
def test_columns_of_other_types_are_read_row_by_row(schema: list[Any], tmp_path: Path) -> None:
    assert equal_rows(written(tmp_path / "log.parquet", [{}], schema), EDGES) is None


def test_a_cut_file_is_read_row_by_row(tmp_path: Path) -> None:
    path = Path(written(tmp_path / "log.parquet", good_rows(50)))
    path.write_bytes(path.read_bytes()[:-20])
    assert equal_rows(str(path), EDGES) is None
