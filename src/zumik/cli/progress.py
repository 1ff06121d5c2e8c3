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
    many, as lines. With `beside_results` there is no bar where results are printed one by one on
    the same terminal.
    """
    is_same = beside_results and sys.stdout and sys.stdout.isatty()
    if is_same or not _is_watched():
        yield from read(lambda size, lines=0: None)
        return
    from rich import progress as bars

    rate = "{task.fields[count]:,} {task.description}, {task.fields[rate]:,.0f}/s"
    columns = (
        bars.BarColumn(),
        bars.TaskProgressColumn(),
        bars.TextColumn(rate),
        bars.TimeRemainingColumn(),
    )
    count, started = 0, monotonic()
    with bars.Progress(*columns, console=_console(), transient=True) as progress:
        task = progress.add_task(what, total=size(), count=0, rate=0)

        def seen(size: int, lines: int = 0) -> None:
            nonlocal count
            count += 0 if counts_items else lines
            rate = count / max(monotonic() - started, 0.001)
            progress.update(task, advance=size, count=count, rate=rate)

        for item in read(seen):
            count += counts_items
            yield item


_PATIENCE = 1.0
"""Seconds after which a person is shown that a command still works."""


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say what is done, while a person watches work that takes longer than a second.

    Nothing inside may write to the terminal or ask.
    """
    if not _is_watched():
        yield
        return
    from threading import Lock, Timer

    lock, shown = Lock(), ExitStack()

    def show() -> None:
        with lock:
            # The work may have ended while this waited for the lock.
            if not ended:
                shown.enter_context(_console().status(f"{what} …"))

    ended = False
    timer = Timer(_PATIENCE, show)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        with lock:
            ended = True
            shown.close()


def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")), markup=False)
