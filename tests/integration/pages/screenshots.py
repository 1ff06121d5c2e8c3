"""Pictures of the example's pages: `python -m tests.integration.pages.screenshots DIRECTORY`.

One of each kind of page, whole, at three widths, in light and dark; and of the box with an answer.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from tests.integration.pages.example_pages import ADDRESSES, build_site
from tests.integration.pages.reader import Reader, chromium
from tests.integration.pages.websites import Website, served

WIDTHS = (360, 768, 1280)
SCHEMES = ("light", "dark")
RECEIPT = "code.fast@alr_2026_06_09_003:1a673eeacc7d=anthropic/claude-haiku-4-5"


def take(browser: Browser, site: Website, directory: Path) -> Iterator[Path]:
    """The files that were written."""
    directory.mkdir(parents=True, exist_ok=True)
    for scheme in SCHEMES:
        for width in WIDTHS:
            context = browser.new_context(
                color_scheme=scheme, viewport={"width": width, "height": 800}, locale="en-GB"
            )
            reader = Reader(context, site.origin)
            for name, address in ADDRESSES.items():
                page = reader.open(address)
                if name == "alias":
                    page.locator("#box-pasted").fill(RECEIPT)
                    page.get_by_role("button", name="Explain").click()
                    page.locator("[data-box] table").wait_for()
                file = directory / f"{name.replace(' ', '-')}-{width}-{scheme}.png"
                page.screenshot(path=file, full_page=True)
                yield file
            context.close()


def main() -> None:
    """Build the site, serve it, and take the pictures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        served(build_site(Path(folder))) as site,
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        for file in take(browser, site, Path(sys.argv[1])):
            print(file)


if __name__ == "__main__":
    main()
