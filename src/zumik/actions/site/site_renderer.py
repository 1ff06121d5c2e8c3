"""Rendering many pages: in this process, and in others once there are many.

The bytes of a page follow from the workspace alone, so they are the same wherever it is rendered.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from zumik.actions.session import Session
from zumik.actions.site.pages_source import PagesSource
from zumik.actions.site.site_directory import Placed, SiteDirectory
from zumik.core.facts.hidden import Hidden
from zumik.core.traffic.mix import Mix
from zumik.errors import CannotRun
from zumik.pages.site import Site
from zumik.processors import starting_processes

_ALONE = 400
"""Pages that are rendered here before other processes are started: each takes a second to start."""

_AHEAD = 2
"""Batches for each process that may wait to be rendered."""


class SiteRecipe(NamedTuple):
    """All that a process needs to render pages of a workspace as another one does."""

    root: Path
    today: date
    url: str | None
    hidden: Hidden
    mix: Mix | None

    def site(self) -> Site:
        """The site. Raises ZumikError."""
        session = Session(self.root)
        return Site(PagesSource(session, self.mix, self.today, self.url, self.hidden))


class WantedPage(NamedTuple):
    """A page to render: its address, its file, its inputs' digest, and whose the file is."""

    address: str
    name: str
    inputs: str | None
    is_own: bool


class DonePage(NamedTuple):
    """A file that is in its place; `placed` is None where the site has no such page after all."""

    name: str
    placed: Placed | None


def render(site: Site, place: SiteDirectory, batch: Sequence[WantedPage]) -> list[DonePage]:
    """Render pages and put them in their places. Raises ZumikError and OSError."""
    done = []
    for page in batch:
        data = site.rendered(page.address)
        placed = None
        if data is not None:
            placed = place.place(page.name, data, page.inputs, is_own=page.is_own)
        done.append(DonePage(page.name, placed))
    return done


_worker: tuple[Site, SiteDirectory] | None = None


def _start(recipe: SiteRecipe, directory: Path) -> None:
    """What each process does first. The person's Ctrl-C is for the process that started it."""
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _worker = recipe.site(), SiteDirectory(directory)


def _end_with_parent() -> None:
    """A process of a pool would otherwise wait for ever where the one that started it is killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _render_there(batch: Sequence[WantedPage]) -> list[DonePage]:
    assert _worker is not None
    return render(*_worker, batch)


class SiteRenderer:
    """Renders batches of pages. Leave it by its `with`, which ends its processes."""

    def __init__(
        self, site: Site, recipe: SiteRecipe, place: SiteDirectory, processes: int
    ) -> None:
        self._site = site
        self._recipe = recipe
        self._place = place
        self._processes = processes
        self._count = 0
        self._pool: ProcessPoolExecutor | None = None
        self._waiting: deque[Future[list[DonePage]]] = deque()

    def __enter__(self) -> SiteRenderer:
        return self

    def __exit__(self, *error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def take(self, batch: Sequence[WantedPage]) -> Iterator[DonePage]:
        """Take a batch; what is done by now, of this one or of earlier ones. Raises ZumikError."""
        self._count += len(batch)
        if self._processes < 2 or self._count <= _ALONE:
            yield from render(self._site, self._place, batch)
            return
        try:
            with starting_processes():
                self._waiting.append(self._started().submit(_render_there, batch))
        except BrokenProcessPool:
            raise _ended() from None
        while len(self._waiting) > _AHEAD * self._processes:
            yield from self._next()

    def rest(self) -> Iterator[DonePage]:
        """Everything that was taken and is not done yet. Raises as `take`."""
        while self._waiting:
            yield from self._next()

    def _next(self) -> Sequence[DonePage]:
        try:
            return self._waiting.popleft().result()
        except BrokenProcessPool:
            raise _ended() from None

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._processes,
                # A process that is forked would share what other threads hold locked.
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_start,
                initargs=(self._recipe, self._place.root),
            )
        return self._pool


def _ended() -> CannotRun:
    return CannotRun(
        "a process that renders pages was ended from outside",
        hint="run it again: it goes on from there; if memory is short, with fewer other programs",
    )
