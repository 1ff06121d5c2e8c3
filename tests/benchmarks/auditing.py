"""The audit of a log, beside what only counts it: DuckDB's GROUP BY, and a loop over orjson."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from tests.benchmarks.audit_rivals import Run
from tests.benchmarks.log_generator import litellm_lines, zumik_lines
from tests.benchmarks.measuring import Figure
from tests.benchmarks.servers import NotHere

REPOSITORY = Path(__file__).parents[2]


def auditing(scratch: Path, *, rounds: int = 3, lines: int = 300_000) -> list[Figure]:
    """Logs of zumik's lines, and a twentieth as many payloads of LiteLLM.

    The ratio is the others' seconds by ours: how many times as fast we are.
    """
    for library in ("duckdb", "orjson"):
        if find_spec(library) is None:
            raise NotHere(f"{library} is not installed")
    log, payloads = scratch / "calls.jsonl", scratch / "payloads.jsonl"
    for file, blocks in ((log, zumik_lines(lines)), (payloads, litellm_lines(lines // 20))):
        with file.open("wb") as out:
            out.writelines(blocks)
    return [
        _figure(f"audit of {lines:,} lines", "zumik", "duckdb", log, rounds, ">= 0.7 x"),
        _figure(f"{lines // 20:,} payloads", "zumik", "orjson", payloads, rounds, ">= 1 x"),
    ]


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
