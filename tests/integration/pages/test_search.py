"""Search over aliases and models: what is typed, and what the keyboard can do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.integration.pages.reader import Reader
from tests.integration.pages.websites import Website

EVERY = ["", "aliases/code.fast/", "releases/alr_2026_06_09_003/", "models/"]


def search_of(page: Page) -> Locator:
    return page.get_by_role("search")


def typed(page: Page, text: str) -> Locator:
    """What is found, as links."""
    place = search_of(page)
    place.get_by_role("searchbox").fill("")
    expect(place.get_by_role("status")).to_be_empty()
    place.get_by_role("searchbox").fill(text)
    expect(place.get_by_role("status")).not_to_be_empty()
    return place.get_by_role("link")


@pytest.mark.parametrize("address", EVERY)
def test_an_alias_is_found_from_every_page(reader: Reader, address: str) -> None:
    page = reader.open(address)
    typed(page, "code.fa").first.click()
    expect(page).to_have_url(f"{reader.origin}/aliases/code.fast/")


def test_a_model_is_found_by_any_of_its_words_and_by_what_it_serves(reader: Reader) -> None:
    page = reader.open("")
    assert typed(page, "HAIKU 4").first.inner_text() == "anthropic/claude-haiku-4-5"
    typed(page, "serves code.fast")
    served = search_of(page).get_by_role("listitem").all_inner_texts()
    assert served
    assert all("model, serves " in text for text in served)


def test_the_keyboard_goes_through_what_is_found(reader: Reader) -> None:
    page = reader.open("")
    found = typed(page, "claude")
    expect(search_of(page).get_by_role("status")).to_contain_text("results")
    page.keyboard.press("ArrowDown")
    expect(found.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(found.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(search_of(page).get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/models/anthropic/claude-"))


def test_escape_empties_it(reader: Reader) -> None:
    page = reader.open("")
    typed(page, "claude")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(search_of(page).get_by_role("searchbox")).to_have_value("")
    expect(search_of(page).get_by_role("link")).to_have_count(0)


def test_nothing_found_is_said(reader: Reader) -> None:
    page = reader.open("")
    assert typed(page, "<b>__proto__</b>").count() == 0
    expect(search_of(page).get_by_role("status")).to_have_text("No alias and no model has this.")


@pytest.fixture
def great_site(own_site: Website) -> Website:
    """500 models and 100 aliases to search."""
    entries = [
        {"name": f"team{number:02}.fast", "about": "alias", "address": "aliases/code.fast/"}
        for number in range(100)
    ] + [
        {"name": f"acme/model-{number}", "about": "model", "address": "models/"}
        for number in range(500)
    ]
    (own_site.directory / "search.json").write_text(json.dumps({"entries": entries}))
    return own_site


def test_500_models_and_100_aliases_are_searched(
    great_site: Website, reader_of: Callable[..., Reader]
) -> None:
    page = reader_of(great_site.origin).open("")
    assert typed(page, "model").count() == 20
    expect(search_of(page).get_by_role("status")).to_have_text("500 results, the first 20 shown.")
    assert typed(page, "team42").count() == 1


def test_the_index_is_fetched_once_and_only_when_it_is_needed(reader: Reader) -> None:
    page = reader.open("")
    assert not [url for url in reader.asked if "search.json" in url]
    for text in ("c", "co", "code"):
        typed(page, text)
    assert len([url for url in reader.asked if "search.json" in url]) == 1


def test_without_the_index_the_lists_are_named(
    own_site: Website, reader_of: Callable[..., Reader]
) -> None:
    (own_site.directory / "search.json").unlink()
    reader = reader_of(own_site.origin)
    reader.expected = "404"
    page = reader.open("")
    typed(page, "code")
    expect(search_of(page).get_by_role("status")).to_contain_text("lists of aliases and models")


def test_no_address_of_the_index_leads_elsewhere(
    own_site: Website, reader_of: Callable[..., Reader]
) -> None:
    entries = [
        {"name": f"code{number}", "about": "<b>alias</b>", "address": address}
        for number, address in enumerate(
            ["javascript:alert(1)", "//elsewhere.test/", "https://elsewhere.test/"]
        )
    ]
    (own_site.directory / "search.json").write_text(json.dumps({"entries": entries}))
    page = reader_of(own_site.origin).open("")
    found = typed(page, "code")
    for link in found.all():
        assert link.evaluate("(each) => each.href").startswith(f"{own_site.origin}/")
