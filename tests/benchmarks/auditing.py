"""The audit of a log, beside what only counts it: DuckDB's GROUP BY, and a loop over orjson."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from statistics import median

from tests.benchmarks.audit_rivals import COLUMNS, Run
from tests.benchmarks.log_generator import litellm_lines, zumik_lines
from tests.benchmarks.measuring import Figure
from tests.benchmarks.servers import NotHere

REPOSITORY = Path(__file__).parents[2]


def auditing(scratch: Path, *, rounds: int = 3, lines: int = 300_000) -> list[Figure]:
    """Logs of zumik's lines, also as Parquet, and half as many payloads of LiteLLM, or 300,000.

    The ratio is the others' seconds by ours: how many times as fast we are.
    """
    for library in ("duckdb", "pyarrow", "orjson"):
        if find_spec(library) is None:
            raise NotHere(f"{library} is not installed")
    log, payloads = scratch / "calls.jsonl", scratch / "payloads.jsonl"
    number = min(lines // 2, 300_000)
    for file, blocks in ((log, zumik_lines(lines)), (payloads, litellm_lines(number))):
        with file.open("wb") as out:
            out.writelines(blocks)
    table = scratch / "calls.parquet"
    write_table(log, table)
    return [
        _figure(f"audit of {lines:,} lines", "zumik", "duckdb", log, rounds, ">= 0.7 x"),
        _figure("the same as Parquet", "zumik", "duckdb", table, rounds, ">= 0.7 x"),
        _figure(f"{number:,} payloads", "zumik", "orjson", payloads, rounds, ">= 1 x"),
    ]


def write_table(log: Path, table: Path) -> None:
    """The lines of a log that a table can hold, with a column for each field; a request is text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {"candidates_considered": pa.int64()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in (*COLUMNS, "timestamp")])
    with log.open("rb") as lines, pq.ParquetWriter(table, schema, compression="zstd") as writer:
        rows = filter(None, map(_row, lines))
        while batch := list(islice(rows, 50_000)):
            writer.write_table(pa.Table.from_pylist(batch, schema=schema))


def _row(line: bytes) -> dict[str, object] | None:
    try:
        fields = json.loads(line)
        row = {name: fields.get(name) for name in (*COLUMNS, "timestamp")}
        row["request"] = json.dumps(row["request"])
        texts = [value for name, value in row.items() if name != "candidates_considered"]
        "".join(text for text in texts if text is not None).encode()
    except (ValueError, AttributeError, TypeError):
        return None
    count = row["candidates_considered"]
    return row if type(count) is int and abs(count) < 2**63 else None


def _figure(what: str, ours: str, theirs: str, file: Path, rounds: int, goal: str) -> Figure:
    pairs = [(_run(ours, file), _run(theirs, file)) for _ in range(rounds)]
    memory = [max(run.megabytes for run in runs) for runs in zip(*pairs, strict=True)]
    return Figure(
        f"{what}, {memory[0]:.0f} MB",
        f"{theirs}, {memory[1]:.0f} MB",
        median(our.seconds for our, _ in pairs),
        median(their.seconds for _, their in pairs),
        median(their.seconds / our.seconds for our, their in pairs),
        goal,
    )


def _run(name: str, file: Path) -> Run:
    command = [sys.executable, "-m", "tests.benchmarks.audit_rivals", name, str(file)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, check=True, text=True)
    return Run(*json.loads(done.stdout))
