"""`zumik pages build`: the first build of a large site, and the next one, in which nothing changed.

Beside the seconds stand the files, the biggest page, and the most memory that all processes of the
build had at a time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.measuring import Figure
from tests.benchmarks.workspaces import (
    add_steady_release,
    write_changing_line,
    write_steady_line,
)

ZUMIK = str(Path(sys.executable).with_name("zumik"))

_LOOK_EVERY = 0.05


def building(
    scratch: Path, *, models: int = 500, aliases: int = 100, releases: int = 10
) -> list[Figure]:
    """The next build beside the first, where each release changes all aliases, and where it changes
    three; of the latter, the build after one more release too.

    A line of 1,000 releases is built by `releases=1000`.
    """
    size = f"{models:,} models x {aliases:,} aliases x {releases:,} releases"
    changing, steady = scratch / "changing", scratch / "steady"
    write_changing_line(changing, models=models, aliases=aliases, releases=releases)
    builds = [_built(changing, scratch / "site") for _ in range(2)]
    figures = _figures(f"pages, {size}, all change", *builds)
    few = min(3, aliases)
    write_steady_line(steady, models=models, aliases=aliases, releases=releases, changed=few)
    builds = [_built(steady, scratch / "steady site") for _ in range(2)]
    figures += _figures(f"pages, {size}, {few} aliases change", *builds)
    add_steady_release(steady, releases=releases, changed=few)
    more = _built(steady, scratch / "steady site")
    first = builds[0]
    what = f"after one more release: {more.tree['written']:,} files written"
    ratio = more.seconds / first.seconds
    return [*figures, Figure(what, "the first build", more.seconds, first.seconds, ratio)]


def _figures(what: str, first: _Built, next_: _Built) -> list[Figure]:
    tree, peak = first.tree, max(first.peak, next_.peak)
    made = f"{tree['files']:,} files of {tree['bytes'] / 1e6:,.0f} MB"
    most = f"biggest page {tree['biggest']['bytes'] / 1e3:,.0f} kB, peak {peak / 1e6:,.0f} MB"
    ratio = next_.seconds / first.seconds
    return [
        Figure(f"{what}: next build", "the first build", next_.seconds, first.seconds, ratio),
        Figure(f"{made}; {most}", "one page", first.seconds, first.seconds / tree["files"], 1),
    ]


class _Built(NamedTuple):
    """One build: what it says of itself, its seconds, and the most memory of its processes."""

    tree: dict[str, Any]
    seconds: float
    peak: int


def _built(root: Path, out: Path) -> _Built:
    command = [ZUMIK, "--workspace", str(root), "pages", "build", "--out", str(out), "-f", "json"]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    peaks = [0]

    def look() -> None:
        while process.poll() is None:
            peaks[0] = max(peaks[0], sum(map(_memory, _family(process.pid))))
            time.sleep(_LOOK_EVERY)

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    text, _ = process.communicate()
    seconds = time.perf_counter() - started
    watcher.join()
    assert process.returncode == 0
    return _Built(json.loads(text), seconds, peaks[0])


def _family(pid: int) -> list[int]:
    """A process and all below it; only Linux says it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(member for child in children for member in _family(int(child)))]


def _memory(pid: int) -> int:
    """The bytes that a process has in memory now."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
