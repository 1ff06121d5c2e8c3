"""Running: attempts in several processes at once, what became of them, and the end at a loss."""

from __future__ import annotations

import os
import shutil
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from tests.torture import children
from tests.torture.oracle import Loss
from tests.torture.scenes import Stage
from tests.torture.states import GitSaidNo

Labels = Iterable[tuple[str, str]]
"""What an attempt came to: a heading and what is counted under it."""


class NotHere(Exception):
    """What cannot be tried on this machine, and why."""


class Options(NamedTuple):
    """What is tried, how often and for how long."""

    seed: int = 1
    times: int | None = None
    seconds: float | None = None
    jobs: int = 2
    scenes: str = "*"
    trial: str | None = None
    each: int = 20
    keep_going: bool = False

    def number(self, turn: int) -> int:
        """The number of a turn; the one that is to be repeated, if there is one."""
        return turn if self.trial is None else int(self.trial)

    def wants(self, trial: object) -> bool:
        """Whether it is to be tried."""
        return self.trial is None or self.trial == str(trial)

    def again(self, torture: str, scene: object, trial: object, times: int = 1) -> str:
        """What is typed to try the same thing again."""
        which = f"--seed {self.seed} --scenes '{scene}' --trial '{trial}' --count {times}"
        return f"python -m tests.torture {torture} {which}"


class Attempt(NamedTuple):
    """One accident: what it is, how it is repeated, and the playing of it in a new directory."""

    title: str
    repeat: str
    play: Callable[[Path], Labels]


class Lost(NamedTuple):
    """A loss, with all that is needed to look into it."""

    title: str
    repeat: str
    what: str
    details: Sequence[str]
    kept: str

    def __str__(self) -> str:
        """For people."""
        details = "\n".join(f"  {line}" for text in self.details for line in text.splitlines())
        return (
            f"LOST: {self.what}\n  in {self.title}\n{details}\n"
            f"  kept in {self.kept}\n  repeat it: {self.repeat}"
        )


class Tally:
    """What became of the attempts, by heading."""

    def __init__(self) -> None:
        self.total = 0
        self.counts: dict[str, Counter[str]] = {}

    def add(self, labels: Labels) -> None:
        self.total += 1
        for heading, what in labels:
            self.counts.setdefault(heading, Counter())[what] += 1

    def __str__(self) -> str:
        """A line for each heading."""
        return "\n".join(
            f"  {heading:<13} " + " · ".join(f"{what} {n:,}" for what, n in counter.most_common())
            for heading, counter in self.counts.items()
        )


def run(module: ModuleType, stage: Stage, options: Options) -> Lost | None:
    """Try what a module has to try; the first loss, if there is one."""
    name = module.__name__.rpartition(".")[2]
    context = get_context("fork")
    told, stop = context.SimpleQueue(), context.Event()
    begun = time.monotonic()
    workers = [
        context.Process(target=_work, args=(module, stage, options, number, told, stop))
        for number in range(options.jobs)
    ]
    for worker in workers:
        worker.start()
    tally, lost, skipped, at_work = Tally(), None, None, len(workers)
    next_word = begun + 30
    while at_work:
        item = told.get()
        if item is None:
            at_work -= 1
        elif isinstance(item, Lost):
            tally.add([("LOST", item.what)])
            if options.keep_going:
                print(item, flush=True)
            lost = lost or item
        elif isinstance(item, NotHere):
            skipped = item
        else:
            tally.add(item)
        if time.monotonic() > next_word:
            next_word += 30
            print(f"{name}: {tally.total:,} …", file=sys.stderr, flush=True)
    for worker in workers:
        worker.join()
    seconds = time.monotonic() - begun
    if skipped is not None:
        print(f"{name}: SKIPPED, {skipped}", flush=True)
        return None
    rate = f"{tally.total / seconds * 60:,.0f} a minute"
    fate = "a LOSS" if lost else "nothing lost"
    print(f"{name}, seed {options.seed}: {tally.total:,} in {seconds:,.0f} s, {rate}: {fate}")
    print(tally, flush=True)
    return lost


def _work(module: Any, stage: Stage, options: Options, number: int, told: Any, stop: Any) -> None:
    """One worker: its share of the attempts, until the time is up or something is lost."""
    try:
        children.adopt_orphans()
        until = time.monotonic() + options.seconds if options.seconds else None
        share = None if options.times is None else -(-(options.times - number) // options.jobs)
        place = stage.scratch / f"at-{os.getpid()}"
        mine = islice(module.attempts(stage, options), number, None, options.jobs)
        for done, attempt in enumerate(mine):
            late = until is not None and time.monotonic() > until
            if stop.is_set() or late or (share is not None and done >= share):
                break
            outcome = _try(attempt, place)
            told.put(outcome)
            if isinstance(outcome, Lost):
                if not options.keep_going:
                    stop.set()
                    break
                place = stage.scratch / f"{place.name}+"
            shutil.rmtree(place, ignore_errors=True)
    except NotHere as missing:
        told.put(missing)
    except BaseException:  # noqa: BLE001  # whatever it is has to be told
        stop.set()
        told.put(Lost("the torture itself", "", "it broke", [traceback.format_exc()], ""))
    finally:
        told.put(None)


def _try(attempt: Attempt, root: Path) -> list[tuple[str, str]] | Lost:
    try:
        return list(attempt.play(root))
    except Loss as loss:
        what, details = loss.what, loss.details
    except GitSaidNo as error:
        what, details = "git cannot read the repository", (str(error),)
    except Exception:  # noqa: BLE001  # whatever it is has to be told
        what, details = "the torture itself broke", (traceback.format_exc(),)
    return Lost(attempt.title, attempt.repeat, what, details, str(root))
