"""Progress: how far a long command has come, drawn on stderr while a person watches.

A pipe, a file or a dumb terminal gets nothing, and loads no rich. The bar is removed when the work
ends, so that the screen then is the same with and without it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console

    from zumik.logs.files.log_files import Seen

Item = TypeVar("Item")


def _is_watched() -> bool:
    return bool(sys.stderr and sys.stderr.isatty()) and os.environ.get("TERM") != "dumb"


def watched(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """The same items, with a bar of how many were taken; `total` is None where it is unknown."""
    _end_waiting()
    if not _is_watched():
        yield from items
        return
    from rich.progress import track

    yield from track(items, what, total, console=_console(), transient=True)


def watched_files(
    read: Callable[[Seen], Iterable[Item]],
    what: str,
    size: Callable[[], int | None],
    *,
    counts_items: bool = True,
    beside_results: bool = False,
) -> Iterator[Item]:
    """What is read from files, with a bar of how much of them was read.

    `read` is given what takes the number of bytes, and `size` gives all of them, None where it is
    unknown. Beside the bar stand the items, by the word `what`, how many a second, and the time
    that is left. Without `counts_items` an item may be one of many: then what is read says how
    many, as lines. Until the first are counted, the bar says that they are prepared for. With
    `beside_results` there is no bar where results are printed one by one on the same terminal.
    """
    _end_waiting()
    is_same = beside_results and sys.stdout and sys.stdout.isatty()
    if is_same or not _is_watched():
        yield from read(lambda size, lines=0: None)
        return
    from rich import progress as bars

    columns = (
        bars.BarColumn(_BAR_WIDTH),
        bars.TaskProgressColumn(),
        bars.TextColumn("{task.description}"),
        bars.TimeRemainingColumn(),
    )
    rate = _Rate(what)
    with bars.Progress(*columns, console=_console(), transient=True) as progress:
        # A bar that has not started moves from side to side.
        task = progress.add_task(_PREPARING, start=counts_items, total=size())

        def seen(size: int, lines: int = 0) -> None:
            if not counts_items and lines and not rate.count:
                progress.start_task(task)
            rate.add(0 if counts_items else lines)
            text = str(rate) if rate.count else _PREPARING
            progress.update(task, advance=size, description=text)

        for item in read(seen):
            rate.add(counts_items)
            yield item


_BAR_WIDTH = 20
"""So that counts of hundreds of millions have room beside it, on a terminal of 80 columns."""

_PREPARING = "preparing, which takes longer the first time"
"""The scan of large logs is compiled once, which takes seconds."""


class _Rate:
    """How many were counted, and how many a second since the first of them were."""

    def __init__(self, what: str) -> None:
        self.count = 0
        self._what = what
        self._first = 0
        self._since = monotonic()

    def add(self, count: int) -> None:
        """Count some."""
        if not self.count:
            # What was prepared for them is no part of their rate.
            self._first, self._since = count, monotonic()
        self.count += count

    def __str__(self) -> str:
        text = f"{self.count:,} {self._what}"
        later, seconds = self.count - self._first, monotonic() - self._since
        return f"{text}, {later / seconds:,.0f}/s" if later and seconds else text


_PATIENCE = 1.0
"""Seconds after which a person is shown that a command still works."""


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say what is done, while a person watches work that takes longer than a second.

    Nothing inside may write to the terminal or ask. A bar inside takes the place of the words.
    """
    if not _is_watched():
        yield
        return
    from threading import Lock, Timer

    lock, shown = Lock(), ExitStack()
    ended = False

    def show() -> None:
        with lock:
            # The work may have ended while this waited for the lock.
            if not ended:
                shown.enter_context(_console().status(f"{what} …"))

    def end() -> None:
        nonlocal ended
        timer.cancel()
        with lock:
            ended = True
            shown.close()

    timer = Timer(_PATIENCE, show)
    timer.daemon = True
    timer.start()
    _waits.append(end)
    try:
        yield
    finally:
        _waits.remove(end)
        end()


_waits: list[Callable[[], None]] = []
"""What removes the words of work that goes on."""


def _end_waiting() -> None:
    """Remove them: two that draw on one terminal would leave parts of each other.

    While they are drawn, stderr is rich's, which says that it is no terminal.
    """
    for end in _waits:
        end()


def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")), markup=False)
