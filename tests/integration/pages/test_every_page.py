"""What holds of every kind of page: who can read it, on which screen, and what it may not do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.integration.pages.accessibility import violations
from tests.integration.pages.example_pages import ADDRESSES
from tests.integration.pages.reader import Reader
from tests.integration.pages.websites import Website

every_page = pytest.mark.parametrize("address", ADDRESSES.values(), ids=list(ADDRESSES))
PHONE = {"width": 360, "height": 740}


@every_page
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(
    site: Website, reader_of: Callable[..., Reader], address: str, scheme: str
) -> None:
    for size in (PHONE, {"width": 1280, "height": 800}):
        page = reader_of(site.origin, color_scheme=scheme, viewport=size).open(address)
        assert violations(page) == []


@every_page
def test_a_phone_scrolls_in_one_direction(
    site: Website, reader_of: Callable[..., Reader], address: str
) -> None:
    page = reader_of(site.origin, viewport=PHONE, has_touch=True).open(address)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    # Nor at twice the size of text, where a word is as wide as it was.
    page.set_viewport_size({"width": 320, "height": 740})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320


@every_page
def test_it_reads_without_javascript(
    site: Website, reader_of: Callable[..., Reader], address: str
) -> None:
    page = reader_of(site.origin, java_script_enabled=False).open(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    # What only a script could answer is not offered.
    for role in ("button", "textbox", "searchbox"):
        expect(page.get_by_role(role)).to_have_count(0)
    scripted = reader_of(site.origin).open(address)
    words = [each.locator("main").inner_text().split() for each in (page, scripted)]
    assert len(words[0]) >= 0.9 * (len(words[1]) - 40)


@every_page
def test_it_reads_without_a_stylesheet(
    site: Website, reader_of: Callable[..., Reader], address: str
) -> None:
    reader = reader_of(site.origin)
    reader.expected = "net::ERR_FAILED"
    reader.page.route("**/style.css", lambda route: route.abort())
    page = reader.open(address)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    first = page.evaluate("document.querySelector('main').querySelector('h1, h2').tagName")
    assert first == "H1"


@every_page
def test_the_keyboard_reaches_everything_in_the_order_of_the_page(
    reader: Reader, address: str
) -> None:
    page = reader.open(address)
    page.keyboard.press("Tab")
    assert focused(page)["text"] == "Skip to the content"
    seen = []
    for _ in range(400):
        page.keyboard.press("Tab")
        found = focused(page)
        if found["tag"] == "BODY" or found["place"] in [place for place, _ in seen]:
            break
        assert found["isVisible"], found
        # A point of a chart has a thick stroke instead.
        assert found["outline"] != "none" or found["tag"] == "g", found
        seen.append((found["place"], found["text"]))
    places = [place for place, _ in seen]
    assert places == sorted(places)
    assert len(places) >= min(400, page.evaluate(FOCUSABLE) - 1)


@every_page
def test_the_skip_link_leads_to_the_content(reader: Reader, address: str) -> None:
    page = reader.open(address)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


FOCUSABLE = """
() => [...document.querySelectorAll("a[href], button, input, textarea, summary, [tabindex='0']")]
  .filter((each) => each.checkVisibility({visibilityProperty: true})
    && !(each.closest("details:not([open])") && each.tagName !== "SUMMARY")).length
"""

_FOCUSED = """
() => {
  const found = document.activeElement;
  const box = found.getBoundingClientRect();
  return {
    tag: found.tagName,
    text: found.textContent.trim().slice(0, 60),
    place: [...document.querySelectorAll("*")].indexOf(found),
    isVisible: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    outline: getComputedStyle(found).outlineStyle,
  };
}
"""


def focused(page: Page) -> dict[str, Any]:
    return dict(page.evaluate(_FOCUSED))


@every_page
def test_it_prints_what_it_says(reader: Reader, address: str) -> None:
    page = reader.open(address)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for control in ("form", "button"):
        assert not page.locator(control).filter(visible=True).count()


@every_page
def test_nothing_moves_by_itself(reader: Reader, address: str) -> None:
    page = reader.open(address)
    assert page.evaluate("document.getAnimations().length") == 0
    assert page.locator("meta[http-equiv=refresh], marquee, video, audio").count() == 0


@every_page
def test_a_page_waits_for_no_script_and_fetches_few(reader: Reader, address: str) -> None:
    reader.open(address)
    asked = [url.removeprefix(f"{reader.origin}/") for url in reader.asked]
    scripts = [path for path in asked if path.endswith(".js")]
    assert set(scripts) <= {
        "browser/box.js",
        "browser/elements.js",
        "browser/root.js",
        "browser/search.js",
        "browser/verify_button.js",
    }
    assert len(asked) == len(set(asked))
