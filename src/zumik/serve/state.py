"""What is served now: a view that is swapped as a whole when the files are others."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from zumik.core.basics.tree import WITHDRAWN
from zumik.resolver import Resolver
from zumik.serve.alias_routes import Histories
from zumik.serve.metrics import Meters
from zumik.serve.release_source import BundleReleases, WorkspaceReleases
from zumik.serve.view import View
from zumik.workspace.store import Store

LOOK_EVERY = 1.0
"""Seconds between looks at the files."""

MakeView = Callable[[], View]


class ServeState:
    """One source of answers. `view` is read once by each request, and swapped by `look` alone."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        root: Path | None = None,
        histories: Histories | None = None,
        max_age: timedelta | None = None,
        list_aliases: bool = False,
    ) -> None:
        self._resolver = resolver
        self._root = root
        self.histories = histories
        self._max_age = max_age
        self._list_aliases = list_aliases
        self.meters = Meters()
        self._marks = self._stamp()
        self.view = self._made()

    def look(self) -> None:
        """Take up other files, if there are any that can be."""
        self._resolver.refresh()
        marks = self._stamp()
        if self._resolver.bundle is self.view.bundle and marks == self._marks:
            return
        self.view, self._marks = self._made(), marks
        self.meters.reloaded()

    def _made(self) -> View:
        bundle = self._resolver.bundle
        if self._root is None:
            return View(bundle, BundleReleases(bundle), list_aliases=self._list_aliases)
        releases = WorkspaceReleases(Store.at(self._root), bundle)
        return View(bundle, releases, list_aliases=self._list_aliases)

    def _stamp(self) -> object:
        """What changes with the marks of withdrawn releases, which no bundle holds."""
        if self._root is None:
            return None
        try:
            with os.scandir(self._root / WITHDRAWN) as found:
                return sorted((item.name, item.stat().st_mtime_ns) for item in found)
        except OSError:
            return None

    @property
    def age(self) -> timedelta:
        """How old a bundle is; a workspace is as it lies, and has no age."""
        return self._resolver.age if self._root is None else timedelta(0)

    @property
    def has_problem(self) -> bool:
        """Whether the newest files are not what is answered from."""
        return self._resolver.problem is not None

    def not_ready(self) -> tuple[str, str] | None:
        """Why this should not be asked: a code, and in words. None where it should."""
        problem = self._resolver.problem
        if problem is not None:
            return "last_good", f"answering from the last good files: {problem.message}"
        if self._max_age is not None and self.age > self._max_age:
            return "stale", (
                f"the bundle is {_seconds(self.age)} old, more than {_seconds(self._max_age)}"
            )
        return None


def _seconds(span: timedelta) -> str:
    return f"{int(span.total_seconds()):,} s"
