"""The releases that LiteLLM's callback answers from: opened once, and looked at every second.

No fault of a file ends a request: the last good files go on answering, and the log says so once.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable

from zumik.core.basics.display import neutral
from zumik.errors import CannotRun, ZumikError
from zumik.integrations.litellm_settings import CallbackSettings
from zumik.resolver import Resolver

LOG = logging.getLogger("zumik.litellm")

_LOOK_EVERY = 1.0
"""Seconds between two checks of the files."""


class LiveFiles:
    """The resolver of the newest good files, or why there is none yet."""

    def __init__(self, settings: Callable[[], CallbackSettings]) -> None:
        self._read_settings = settings
        self.settings = CallbackSettings()
        self.resolver: Resolver | None = None
        self.trouble: ZumikError | None = None
        self._problem: str | None = None
        self._next_look = 0.0
        self._opening: asyncio.Future[None] | None = None

    async def look(self) -> bool:
        """Check the files when it is time, in a thread, so that no other request waits.

        Before the first files are open there is nothing to answer from, so all requests that come
        meanwhile wait for the same opening; one that is cancelled does not cancel it. Returns
        whether it was time.
        """
        if self._opening is None:
            now = time.monotonic()
            if now < self._next_look:
                return False
            self._next_look = now + _LOOK_EVERY
            if self.resolver is not None:
                await self._check()
                return True
            self._opening = asyncio.ensure_future(self._check())
            self._opening.add_done_callback(self._has_opened)
        await asyncio.shield(self._opening)
        return True

    def _has_opened(self, opening: asyncio.Future[None]) -> None:
        self._opening = None

    async def _check(self) -> None:
        try:
            await asyncio.to_thread(self._open if self.resolver is None else self.resolver.refresh)
            problem = self.trouble
        except Exception as error:  # noqa: BLE001  # it may not fail a request
            problem = CannotRun(f"cannot check the files: {type(error).__name__}")
        self._log(problem)

    def open_now(self) -> None:
        """Open the files at once, so that a missing bundle is logged at the start."""
        self._open()
        self._log(self.trouble)

    def _open(self) -> None:
        try:
            self.settings = settings = self._read_settings()
            if settings.bundle is not None:
                self.resolver = Resolver.from_bundle(settings.bundle, check_every=math.inf)
            else:
                assert settings.workspace is not None
                self.resolver = Resolver.from_workspace(settings.workspace, check_every=math.inf)
            self.trouble = None
        except ZumikError as error:
            self.trouble = error
        except OSError as error:
            self.trouble = CannotRun(
                f"cannot read the bundle: {error.strerror or type(error).__name__}"
            )

    def _log(self, problem: ZumikError | None) -> None:
        """Log once why there is no bundle. What comes after the first one, the resolver logs."""
        text = None if problem is None else f"{problem.message} ({problem.hint})"
        if text == self._problem:
            return
        self._problem = text
        if text is None:
            LOG.warning("zumik: answering from the newest files again")
        elif self.resolver is not None:
            LOG.error("zumik: %s: going on with the last good files", neutral(text))
        else:
            LOG.error("zumik: %s: aliases are refused", neutral(text))
