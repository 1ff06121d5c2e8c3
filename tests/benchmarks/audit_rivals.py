"""One audit of a log as a process of its own, which prints its seconds and its peak memory.

python -m tests.benchmarks.audit_rivals zumik|duckdb|orjson FILE
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

COLUMNS = (
    "requested_model",
    "alias_release",
    "alias_release_sha256",
    "resolved_model",
    "candidates_considered",
    "resolution_reason",
    "resolved_revision",
    "request",
    "served_model",
)


class Run(NamedTuple):
    """What one audit took, and how many lines it counted."""

    seconds: float
    megabytes: float
    lines: int


def by_zumik(file: Path) -> int:
    """The whole command: the verdict on every call, of lines or of payloads."""
    from contextlib import redirect_stdout
    from io import StringIO

    from tests.benchmarks.log_generator import RELEASES

    from zumik.cli.main import run

    with redirect_stdout(StringIO()) as out:
        run(["--workspace", str(RELEASES), "replay", str(file), "--format", "json"])
    return int(json.loads(out.getvalue())["calls"])


def by_duckdb(file: Path) -> int:
    """How often each combination of the same columns stands there, each read as JSON text.

    In Parquet the columns are texts already.
    """
    if file.suffix == ".parquet":
        return _counted(f"SELECT {', '.join(COLUMNS)}, count(*) FROM '{file}' GROUP BY ALL")
    columns = ", ".join(f"{name}: 'JSON'" for name in COLUMNS)
    return _counted(
        f"SELECT {', '.join(COLUMNS)}, count(*) FROM read_json('{file}', "
        f"format='newline_delimited', ignore_errors=true, columns={{{columns}}}) GROUP BY ALL"
    )


def _counted(query: str) -> int:
    import duckdb

    found = duckdb.connect().execute(query)
    lines = 0
    while groups := found.fetchmany(100_000):
        lines += sum(group[-1] for group in groups)
    return lines


def by_orjson(file: Path) -> int:
    """A loop over parsed payloads that groups by the same fields, and checks nothing."""
    import orjson

    counts: Counter[bytes] = Counter()
    with file.open("rb") as lines:
        for line in lines:
            try:
                payload = orjson.loads(line)
                logged = payload["metadata"]["spend_logs_metadata"]
                counts[orjson.dumps([logged.get(column) for column in COLUMNS])] += 1
            except (ValueError, KeyError, TypeError, AttributeError):
                counts[b""] += 1
    return sum(counts.values())


RIVALS: dict[str, Callable[[Path], int]] = {
    "zumik": by_zumik,
    "duckdb": by_duckdb,
    "orjson": by_orjson,
}


class Memory(threading.Thread):
    """The most memory that this process and those that it starts have together, from /proc.

    A page that several have counts once. The peak of each alone would not do: one that is about to
    become git has all pages of the process that starts it.
    """

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._most = 0
        self._has_ended = threading.Event()

    def run(self) -> None:
        """Look until it is asked."""
        while not self._has_ended.wait(0.05):
            self._look()

    def megabytes(self) -> float:
        """The most that was seen; 0 where there is no /proc."""
        self._has_ended.set()
        self.join()
        self._look()
        return self._most / 1024

    def _look(self) -> None:
        together = 0
        for process in ("self", *_children()):
            with suppress(OSError):
                pages = Path(f"/proc/{process}/smaps_rollup").read_text()
                found = re.search(r"^Pss:\s*(\d+) kB", pages, re.MULTILINE)
                together += int(found[1]) if found else 0
        self._most = max(self._most, together)


def _children() -> list[str]:
    found: list[str] = []
    for file in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):
            found += file.read_text().split()
    return found


def main() -> None:
    """Run one of them. The seconds are those after the start of Python."""
    name, file = sys.argv[1:]
    memory = Memory()
    memory.start()
    start = time.perf_counter()
    lines = RIVALS[name](Path(file))
    seconds = time.perf_counter() - start
    print(json.dumps(Run(seconds, memory.megabytes(), lines)))


if __name__ == "__main__":
    main()
