"""The state of the server: one view, replaced as a whole when the files change."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

from zumik.core.basics.display import neutral
from zumik.core.basics.tree import MARKER, WITHDRAWN
from zumik.errors import CannotRun, ZumikError
from zumik.resolver import LOG, Resolver
from zumik.serve.alias_routes import Histories
from zumik.serve.api_keys import Keys
from zumik.serve.metrics import Meters
from zumik.serve.release_source import BundleReleases, WorkspaceReleases
from zumik.serve.view import View
from zumik.workspace.confidentiality import CATALOG, FrozenMarks
from zumik.workspace.store import Store

_SETTLED = 5.0
"""Seconds that a ledger must stay shorter before it is used: a checkout rewrites it in steps."""

LOOK_EVERY = 1.0
"""Seconds between looks at the files."""


class ServeState:
    """The view that requests are answered from. A request reads `view` once; `look` replaces it."""

    def __init__(
        self,
        resolver: Resolver,
        *,
        root: Path | None = None,
        histories: Histories | None = None,
        max_age: timedelta | None = None,
        max_degraded: timedelta | None = None,
        list_aliases: bool = False,
    ) -> None:
        self._resolver = resolver
        self._root = root
        self.histories = histories
        self._max_age = max_age
        self._max_degraded = max_degraded
        self._degraded_at: float | None = None
        self._lost_at: float | None = None
        self.keys: Keys | None = None
        self._list_aliases = list_aliases
        self.meters = Meters()
        self._frozen_marks = FrozenMarks()
        self._not_made: ZumikError | None = None
        self._marks = self._stamp()
        self.view = self._made()

    def look(self) -> None:
        """Take changed files into use, if they are good."""
        if self.keys is not None:
            self.keys.look()
        self._resolver.refresh()
        self.meters.put_back(self._resolver.put_back)
        try:
            self._look_at_view()
        finally:
            if self.problem is None:
                self._degraded_at = None
            elif self._degraded_at is None:
                self._degraded_at = time.monotonic()

    def _look_at_view(self) -> None:
        marks = self._stamp()
        if self._resolver.bundle is self.view.bundle and marks == self._marks:
            self._not_made = None
            return
        try:
            view = self._made()
            self._require_settled(view)
        except ZumikError as error:
            # It cannot be known what is confidential: nothing new is shown until it can.
            if self._not_made is None:
                LOG.warning("zumik: %s: going on with the last good files", neutral(error.message))
            self._not_made = error
            return
        self.view, self._marks, self._not_made = view, marks, None
        self.meters.reloaded()

    def _require_settled(self, view: View) -> None:
        """Raises CannotRun while releases are missing that were there a moment ago.

        A ledger only grows, but git rewrites it in steps: who asks meanwhile for a release that
        exists must not hear that it does not. An older commit that stays is taken into use.
        """
        if self._root is None or set(self.view.releases.ids) <= set(view.releases.ids):
            self._lost_at = None
            return
        now = time.monotonic()
        self._lost_at = now if self._lost_at is None else self._lost_at
        if now - self._lost_at < _SETTLED:
            raise CannotRun("SHA256SUMS has lost releases", hint=f"in {_SETTLED:.0f} s they go")
        self._lost_at = None

    def _made(self) -> View:
        bundle = self._resolver.bundle
        if self._root is None:
            return View(bundle, BundleReleases(bundle), list_aliases=self._list_aliases)
        releases = WorkspaceReleases(Store.at(self._root), bundle, self._frozen_marks)
        return View(bundle, releases, list_aliases=self._list_aliases)

    def _stamp(self) -> object:
        """A value that changes with the files that the resolver does not see.

        Those are the marks of withdrawn releases, the catalog, which says what is confidential and
        what retires, and the settings, which say how long before a warning begins.
        """
        root = self._root
        if root is None:
            return None
        return [_stamp_of(root / name) for name in (WITHDRAWN, CATALOG)], _stamp_of_file(root)

    @property
    def age(self) -> timedelta:
        """The age of a bundle. A workspace is read as it is, and has no age: 0."""
        return self._resolver.age if self._root is None else timedelta(0)

    @property
    def problem(self) -> ZumikError | None:
        """Why the newest files are not in use; None where they are."""
        bad_keys = self.keys.problem if self.keys is not None else None
        return self._resolver.problem or self._not_made or bad_keys

    @property
    def degraded(self) -> timedelta:
        """How long the newest files have not been in use; 0 where they are."""
        since = self._degraded_at
        return timedelta(seconds=0 if since is None else time.monotonic() - since)

    def not_ready(self) -> str | None:
        """Why the server is not ready, in words; None where it is.

        It is ready while the last good files answer: every replica sees the same bad files, and to
        take all of them out would end the service. Bounds that the operator set are another matter.
        """
        if self._max_degraded is not None and self.degraded > self._max_degraded:
            return (
                f"the newest files could not be used for {_seconds(self.degraded)}, more than "
                f"{_seconds(self._max_degraded)}"
            )
        if self._max_age is None or self.age <= self._max_age:
            return None
        return f"the bundle is {_seconds(self.age)} old, more than {_seconds(self._max_age)}"


def _seconds(span: timedelta) -> str:
    return f"{int(span.total_seconds()):,} s"


def _stamp_of(directory: Path) -> list[tuple[str, int]] | None:
    try:
        with os.scandir(directory) as found:
            return sorted((item.name, item.stat().st_mtime_ns) for item in found)
    except OSError:
        return None


def _stamp_of_file(root: Path) -> int | None:
    try:
        return (root / MARKER).stat().st_mtime_ns
    except OSError:
        return None
