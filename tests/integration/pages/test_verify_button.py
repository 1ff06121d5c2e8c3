"""The button that checks a release in the reader's browser."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.integration.pages.reader import FORBIDDEN_HOST, Reader
from tests.integration.pages.websites import Website

RELEASE = "alr_2026_06_09_003"
ADDRESS = f"releases/{RELEASE}/"


def verified(page: Page) -> str:
    """The sentence that ends the verification."""
    place = page.locator("[data-verify]")
    place.get_by_role("button", name="Verify in this browser").click()
    expect(place.locator(".answer")).not_to_be_empty()
    return place.get_by_role("status").inner_text()


def test_an_intact_release_is_verified(reader: Reader) -> None:
    page = reader.open(ADDRESS)
    assert verified(page) == (
        f"Verified: the bytes of {RELEASE} are intact, and its 9 rankings follow from the frozen "
        "facts."
    )
    said = page.locator("[data-verify]").inner_text()
    assert "9 rankings derived here from the frozen facts, each as the release stores it" in said
    assert "Not checked here: the ledger SHA256SUMS and signatures" in said
    assert "whether this site is honest" in said


def test_every_release_of_the_example_is_verified(reader: Reader, site: Website) -> None:
    releases = sorted((site.directory / "releases").glob("alr_*"))
    assert len(releases) > 10
    for release in releases:
        assert verified(reader.open(f"releases/{release.name}/")).startswith("Verified: ")


def bytes_of(site: Website) -> Path:
    """The file of the release's bytes."""
    (file,) = (site.directory / "data" / "releases").glob(f"{RELEASE}.?*.json")
    return file


def test_a_byte_that_changed_is_found(own_site: Website, reader_of: Callable[..., Reader]) -> None:
    file = bytes_of(own_site)
    file.write_bytes(file.read_bytes().replace(b"1.68", b"9.68", 1))
    assert verified(reader_of(own_site.origin).open(ADDRESS)) == (
        "NOT VERIFIED: the bytes have another digest than the file's name."
    )


def test_a_ranking_that_does_not_follow_is_found(
    own_site: Website, reader_of: Callable[..., Reader]
) -> None:
    """Someone who can write the whole site gives the file a right name, on the page too."""
    file = bytes_of(own_site)
    tree = json.loads(file.read_bytes())
    tree["aliases"]["code.fast"]["ranking"].reverse()
    data = (json.dumps(tree, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()
    digest = sha256(data).hexdigest()
    file.with_name(f"{RELEASE}.{digest}.json").write_bytes(data)
    page_file = own_site.directory / ADDRESS / "index.html"
    page_file.write_text(page_file.read_text().replace(file.name.split(".")[1], digest))
    page = reader_of(own_site.origin).open(ADDRESS)
    assert verified(page).startswith("NOT VERIFIED: ")
    assert "code.fast came out otherwise than stored" in page.locator("[data-verify]").inner_text()


def test_a_release_that_is_not_there_is_not_verified(
    own_site: Website, reader_of: Callable[..., Reader]
) -> None:
    bytes_of(own_site).unlink()
    reader = reader_of(own_site.origin)
    reader.expected = "404"
    assert verified(reader.open(ADDRESS)) == (
        f"This could not be verified: the bytes of {RELEASE} are not on this site."
    )


def test_plain_http_gives_the_line_for_a_terminal(
    site: Website, reader_of: Callable[..., Reader]
) -> None:
    page = reader_of(site.origin.replace("127.0.0.1", FORBIDDEN_HOST)).open(ADDRESS)
    assert verified(page).startswith("This browser hashes only on pages that come over https")
    assert f"sha256sum {RELEASE}." in page.locator("[data-verify]").inner_text()


@pytest.mark.parametrize("keys", [["Enter"], ["Space"]])
def test_the_keyboard_presses_it(reader: Reader, keys: list[str]) -> None:
    page = reader.open(ADDRESS)
    page.get_by_role("button", name="Verify in this browser").focus()
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator("[data-verify] [role=status]")).to_contain_text("Verified: ")
    assert page.evaluate("document.activeElement.textContent") == "Verify in this browser"


THEN = f"aliases/code.fast/{RELEASE}/"


def test_the_ranking_on_a_page_of_an_alias_is_compared(reader: Reader) -> None:
    page = reader.open(THEN)
    assert verified(page).startswith("Verified: ")
    said = page.locator("[data-verify]").inner_text()
    assert "its table shows the ranking of code.fast that was derived here" in said


def test_a_page_that_shows_another_ranking_is_found(
    own_site: Website, reader_of: Callable[..., Reader]
) -> None:
    file = own_site.directory / THEN / "index.html"
    text = file.read_text()
    assert "claude-sonnet-4-5</a>" in text
    file.write_text(text.replace("claude-sonnet-4-5</a>", "claude-opus-4-5</a>"))
    page = reader_of(own_site.origin).open(THEN)
    assert verified(page).startswith("NOT VERIFIED: ")
    assert "shows another ranking of code.fast" in page.locator("[data-verify]").inner_text()
