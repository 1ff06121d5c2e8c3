"""Measure, and print one table: each figure, what it is held against, and the goal."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.benchmarks.measuring import Figure, table
from tests.benchmarks.servers import NotHere
from tests.benchmarks.subjects import SUBJECTS


def main() -> None:
    """Run the subjects that are named, or all of them."""
    wanted = sys.argv[1:] or list(SUBJECTS)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in wanted:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            place = Path(scratch) / name
            place.mkdir()
            try:
                figures += SUBJECTS[name](place)
            except NotHere as missing:
                print(f"{name} is not measured: {missing}", file=sys.stderr)
    print(table(figures))


if __name__ == "__main__":
    main()
