"""Measuring: two things in turn, A B A B …, so that a machine that drifts slows both alike.

The median of the ratios pair by pair is what is told. Nothing here asserts.
"""

from __future__ import annotations

import gc
import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Figure:
    """One line of the table: `ours` and `theirs` in seconds, `ratio` as the goal counts it."""

    what: str
    against: str
    ours: float
    theirs: float
    ratio: float
    goal: str = "-"


def in_turn(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int
) -> tuple[float, float, float]:
    """Median seconds of each, and the median of the ratios ours / theirs pair by pair."""
    ours()
    theirs()
    pairs = [(_seconds(ours), _seconds(theirs)) for _ in range(rounds)]
    return (
        median(pair[0] for pair in pairs),
        median(pair[1] for pair in pairs),
        median(pair[0] / pair[1] for pair in pairs),
    )


def process(*command: str, cwd: Path | None = None) -> Callable[[], object]:
    """A whole process, its output thrown away; it must succeed.

    It may keep its bytecode: an installation has that, and compiling is not what is measured.
    """
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

    def run() -> object:
        return subprocess.run(
            command,
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
        )

    return run


def _seconds(call: Callable[[], object]) -> float:
    gc.collect()
    gc.freeze()  # what others have left in this process is not to be gone through while timing
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def shown(seconds: float) -> str:
    """A duration to three digits, in the unit that suits it."""
    for unit, scale in (("s", 1.0), ("ms", 1e3), ("µs", 1e6)):
        if seconds * scale >= 1:
            return f"{seconds * scale:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def table(figures: Sequence[Figure]) -> str:
    """The figures in aligned columns."""
    rows = [("what", "ours", "against", "theirs", "ratio", "goal")]
    rows += [
        (f.what, shown(f.ours), f.against, shown(f.theirs), f"{f.ratio:.3g} x", f.goal)
        for f in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
