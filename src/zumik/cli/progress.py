"""Progress: how far a long command has come, drawn on stderr while a person watches.

A pipe, a file or a dumb terminal gets nothing, and loads no rich. The bar is removed when the work
ends, so that the screen then is the same with and without it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def watched(items: Iterable[Item], what: str, total: int | None = None) -> Iterator[Item]:
    """The same items, with a bar of how many were taken; `total` is None where it is unknown."""
    if not (sys.stderr and sys.stderr.isatty()) or os.environ.get("TERM") == "dumb":
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    console = Console(stderr=True, no_color=bool(os.environ.get("NO_COLOR")), markup=False)
    yield from track(items, what, total, console=console, transient=True)


def beside_results(items: Iterable[Item], what: str) -> Iterator[Item]:
    """Items whose results are printed one by one: no bar where they show on the same terminal."""
    return iter(items) if sys.stdout and sys.stdout.isatty() else watched(items, what)
