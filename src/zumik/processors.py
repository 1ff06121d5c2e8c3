"""Work that many processes share: how many there may be, and that Ctrl-C is not for them."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager


def usable_processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def starting_processes() -> Iterator[None]:
    """A process that is started inside never sees Ctrl-C, which is for the one that starts it.

    A terminal sends it to all of them, and one that still loads Python would print where it was.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def without_collection() -> Iterator[None]:
    """Do not look for garbage meanwhile: where thousands of values are made, that takes long.

    Values that refer to each other are not freed until later; all others are, as ever.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
