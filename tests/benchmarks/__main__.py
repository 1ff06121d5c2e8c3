"""Measure, and print one table: each figure, what it is held against, and the goal."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.measuring import Figure, table
from tests.benchmarks.servers import NotHere
from tests.benchmarks.subjects import SUBJECTS


def main() -> None:
    """Run the subjects that are named, or all of them."""
    parser = argparse.ArgumentParser(description="Measure.")
    parser.add_argument("subjects", nargs="*", choices=[*SUBJECTS, []])
    parser.add_argument("--lines", type=int, help="of the log that is audited")
    asked = parser.parse_args()
    wanted = asked.subjects or list(SUBJECTS)
    sizes = {"auditing": {"lines": asked.lines, "rounds": 1}} if asked.lines else {}
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as scratch:
        for name in wanted:
            print(f"measuring {name} …", file=sys.stderr, flush=True)
            place = Path(scratch) / name
            place.mkdir()
            try:
                figures += SUBJECTS[name](place, **sizes.get(name, {}))
            except NotHere as missing:
                print(f"{name} is not measured: {missing}", file=sys.stderr)
    print(table(figures))


if __name__ == "__main__":
    main()
