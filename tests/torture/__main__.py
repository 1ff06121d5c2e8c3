"""Torture zumik: kill it, break its disk, race it; and see that nothing is lost."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from tests.torture import children
from tests.torture.places import isolate
from tests.torture.running import Options, run
from tests.torture.scenes import Stage, can_recover, not_here

TORTURES = ("kills", "faults", "syscalls", "disks", "races")


def main() -> int:
    """What is lost is told and kept; the exit code is 1 then."""
    asked = _asked()
    options = Options(
        seed=asked.seed if asked.seed is not None else int(time.time()),
        times=asked.count,
        seconds=asked.seconds / len(asked.what) if asked.seconds else None,
        jobs=asked.jobs,
        scenes=asked.scenes,
        trial=asked.trial,
        each=asked.each,
        keep_going=asked.keep_going,
    )
    scratch = Path(tempfile.mkdtemp(prefix="torture-", dir=asked.at or _fastest()))
    isolate(scratch)
    children.preload()
    for name, why in {**not_here(), **({} if can_recover() else {"recover": "not there"})}.items():
        print(f"{name} is SKIPPED: {why}")
    stage = Stage(scratch)
    losses = 0
    for name in asked.what:
        lost = run(import_module(f"tests.torture.{name}"), stage, options)
        if lost is not None and not asked.keep_going:
            print(lost)
            return 1
        losses += lost is not None
    if losses:
        return 1
    shutil.rmtree(scratch)
    return 0


def _fastest() -> str | None:
    """Memory, if there is a disk of it: nothing here is to outlive the machine."""
    memory = Path("/dev/shm")
    return str(memory) if os.access(memory, os.W_OK) else None


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.torture", description=__doc__)
    parser.add_argument("what", nargs="*", help=f"of {', '.join(TORTURES)}; all by default")
    parser.add_argument("--seed", type=int, help="what chance does; by default another each time")
    parser.add_argument("--count", type=int, help="how many of each")
    parser.add_argument("--seconds", type=float, help="for how long in all")
    parser.add_argument("--jobs", type=int, default=2, help="how many at once; 2 by default")
    parser.add_argument("--scenes", default="*", help="glob of KIND/COMMAND/VARIANT")
    parser.add_argument("--trial", help="this one alone, again and again")
    parser.add_argument("--each", type=int, default=20, help="kills of a scene before the next")
    parser.add_argument("--keep-going", action="store_true", help="go on after a loss")
    parser.add_argument("--at", help="directory for what is made on the way; in memory by default")
    asked = parser.parse_args()
    asked.what = asked.what or list(TORTURES)
    unknown = set(asked.what) - set(TORTURES)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    if asked.count is None and asked.seconds is None:
        parser.error("give --count or --seconds")
    return asked


if __name__ == "__main__":
    sys.exit(main())
