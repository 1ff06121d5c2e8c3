"""A reader of the pages: a real Chromium, which notes everything that a page must not do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from tests.browser.engines import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

# A machine under load draws slowly; a page that hangs must still fail.
PATIENCE = 60_000
FORBIDDEN_HOST = "elsewhere.test"
"""A name of loopback that is no secure context, as any host that is reached over plain http."""

_NOTE_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The machine's own Chromium, without a window."""
    program = next(path for name in CHROMIUM if (path := shutil.which(name)))
    arguments = [
        "--disable-gpu",
        "--disable-dev-shm-usage",
        f"--host-resolver-rules=MAP {FORBIDDEN_HOST} 127.0.0.1",
    ]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    browser = playwright.chromium.launch(executable_path=program, args=arguments)
    yield browser
    browser.close()


class Reader:
    """One reader's window on a site. `faults` has what no page may cause.

    A message of the console that has the text `expected` is none.
    """

    expected = "\0"

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.origin = origin
        self.faults: list[str] = []
        self.asked: list[str] = []
        context.set_default_timeout(PATIENCE)
        context.add_init_script(_NOTE_VIOLATIONS)
        context.on("request", self._note_request)
        self.page: Page = context.new_page()
        self.page.on("console", self._note_message)
        self.page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        self.page.on("dialog", lambda dialog: self.faults.append(f"dialog: {dialog.message}"))

    def _note_request(self, request: Any) -> None:
        self.asked.append(request.url)
        if not request.url.startswith(f"{self.origin}/"):
            self.faults.append(f"asked another host: {request.url}")

    def _note_message(self, message: Any) -> None:
        if message.type in ("error", "warning") and self.expected not in message.text:
            self.faults.append(f"{message.type}: {message.text} {message.location}")

    def open(self, address: str) -> Page:
        """The page at an address of the site."""
        self.page.goto(f"{self.origin}/{address}")
        return self.page
