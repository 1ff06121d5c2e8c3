"""The page that a web server sends for a wrong address, which lies at any depth."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from tests.pages.sources import MemorySource

from zumik.pages.site import Site


@pytest.mark.parametrize(
    ("url", "root"),
    [
        (None, "https://example.org/"),
        ("https://example.org/", "https://example.org/"),
        ("https://example.org/team/aliases/", "https://example.org/team/aliases/"),
    ],
)
@pytest.mark.parametrize("asked", ["nowhere", "aliases/code.fast/alr_2026_06_09_999/"])
def test_links_hold_wherever_the_page_is_sent(url: str | None, root: str, asked: str) -> None:
    source = MemorySource()
    source.url = url
    page = Site(source).rendered("404.html")
    assert page is not None
    links = re.findall(r'(?:href|src)="([^"#]+)"', page.decode())
    whole = {urljoin(root + asked, link) for link in links}
    assert all(link.startswith(root) for link in whole)
    assert {root, f"{root}style.css", f"{root}browser/search.js", f"{root}aliases/"} <= whole


def test_page_is_among_the_files_of_the_site() -> None:
    assert "404.html" in [*Site(MemorySource()).addresses()]
