"""Ways through the site: from a question to its answer by clicking, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin

from playwright.sync_api import expect
from tests.integration.pages.reader import Reader
from tests.integration.pages.websites import Website

TODAY = "anthropic/claude-haiku-5-5"


def test_from_home_to_the_model_that_answers_and_back(reader: Reader) -> None:
    page = reader.open("")
    page.get_by_role("main").get_by_role("link", name="code.fast", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"code.fast answers with {TODAY}")
    page.get_by_role("heading", level=1).get_by_role("link").click()
    expect(page).to_have_url(f"{reader.origin}/models/{TODAY}/")
    page.get_by_role("main").get_by_role("link", name="code.fast", exact=True).first.click()
    expect(page).to_have_url(re.compile("/aliases/code.fast/"))
    page.go_back()
    page.go_back()
    page.go_back()
    expect(page).to_have_url(f"{reader.origin}/")


def test_what_an_alias_meant_in_june_has_an_address(reader: Reader) -> None:
    page = reader.open("aliases/code.fast/")
    page.get_by_role("link", name="alr_2026_06_09_003").first.click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("anthropic/claude-haiku-4-5")
    page = reader.open("aliases/code.fast/alr_2026_06_09_003/")
    expect(heading).to_contain_text("anthropic/claude-haiku-4-5")


def test_a_model_leads_to_those_that_it_is_compared_with(reader: Reader) -> None:
    page = reader.open(f"models/{TODAY}/")
    page.get_by_text("Side by side with").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile(r"/compare/.+/with/.+/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(TODAY.split("/")[1])
    expect(page.get_by_role("table").first).to_be_visible()


def test_a_release_is_compared_with_the_one_before(reader: Reader) -> None:
    page = reader.open("releases/alr_2026_11_12_001/")
    page.get_by_role("link", name="The two releases side by side").click()
    expect(page).to_have_url(re.compile("/compare/releases/alr_.+/with/alr_.+/"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("table").first).to_be_visible()


def test_the_latest_release_has_a_lasting_address(reader: Reader) -> None:
    page = reader.open("releases/latest/")
    expect(page).to_have_url(re.compile(r"/releases/alr_[0-9_]+/"))


class _Links(HTMLParser):
    """The addresses that a page leads to, and its own anchors."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.anchors |= {given[name] or "" for name in ("id", "name") if name in given}
        for name in ("href", "src"):
            if given.get(name):
                self.found.append(given[name] or "")


def dead_links(site: Path) -> Iterator[str]:
    """Every link of every page that leads to nothing."""
    pages = {file: _Links(file.read_text()) for file in site.rglob("*.html")}
    for file, links in pages.items():
        here = f"https://site.test/{file.relative_to(site).as_posix()}"
        for link in links.found:
            url, anchor = urldefrag(urljoin(here, link))
            path = unquote(url.removeprefix("https://site.test/"))
            target = site / path / "index.html" if url.endswith("/") else site / path
            is_here = url.startswith("https://site.test/") and target.is_file()
            if not is_here or (anchor and anchor not in pages[target].anchors):
                yield f"{here}: {link}"


def test_no_link_is_dead(site: Website) -> None:
    """Links to the sources of facts lead elsewhere; none of them is asked here."""
    dead = [
        text for text in dead_links(site.directory) if ": http" not in text.split("site.test")[1]
    ]
    assert dead == []
