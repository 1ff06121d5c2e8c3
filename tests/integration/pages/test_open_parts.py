"""What a reader opened, as axe sees it: an answer, what was found, a verification; and paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from tests.integration.pages.accessibility import violations
from tests.integration.pages.reader import Reader
from tests.integration.pages.test_box import RECEIPT, Box
from tests.integration.pages.websites import Website

ReaderOf = Callable[..., Reader]
SIZES = [{"width": 360, "height": 740}, {"width": 1280, "height": 800}]

look = pytest.mark.parametrize("scheme", ["light", "dark"])


@look
@pytest.mark.parametrize("address", ["", "aliases/code.fast/"])
@pytest.mark.parametrize(
    "pasted",
    [RECEIPT, RECEIPT.replace("haiku-4-5", "opus-4-8"), "no line of any log", "{"],
    ids=["explained", "another model", "no line", "no JSON"],
)
def test_axe_finds_nothing_in_an_answer_of_the_box(
    site: Website, reader_of: ReaderOf, scheme: str, address: str, pasted: str
) -> None:
    for size in SIZES:
        reader = reader_of(site.origin, color_scheme=scheme, viewport=size)
        assert Box(reader, address).explain(pasted)
        assert violations(reader.page) == []
        assert reader.page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]


@look
@pytest.mark.parametrize("words", ["claude", "code", "nothing is called so"])
def test_axe_finds_nothing_in_what_a_search_found(
    site: Website, reader_of: ReaderOf, scheme: str, words: str
) -> None:
    for size in SIZES:
        page = reader_of(site.origin, color_scheme=scheme, viewport=size).open("")
        place = page.get_by_role("search")
        place.get_by_role("searchbox").fill(words)
        expect(place.get_by_role("status")).not_to_be_empty()
        assert violations(page) == []
        page.keyboard.press("ArrowDown")
        assert violations(page) == []


@look
def test_axe_finds_nothing_in_a_verification(
    site: Website, reader_of: ReaderOf, scheme: str
) -> None:
    page = reader_of(site.origin, color_scheme=scheme).open("releases/alr_2026_11_22_001/")
    page.get_by_role("button", name="Verify in this browser").click()
    expect(page.locator("[data-verify] [role=status]")).to_contain_text("Verified: ")
    assert violations(page) == []


def test_paper_has_what_can_be_read_and_nothing_to_press(reader: Reader) -> None:
    page = reader.open("aliases/auto.balanced/")
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("#sources")).to_be_visible()
    for part in (".top", ".box", ".verify", "#check", "button"):
        assert not any(item.is_visible() for item in page.locator(part).all())
    colours = "(({ color, backgroundColor }) => [color, backgroundColor])"
    found = page.evaluate(f"{colours}(getComputedStyle(document.body))")
    assert found == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    # A browser shrinks what is wider than a sheet, and cuts off what it cannot shrink so far.
    page.set_viewport_size({"width": 680, "height": 980})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 760
