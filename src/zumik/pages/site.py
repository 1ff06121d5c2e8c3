"""The site: every page by its address. A build takes all of them, a server one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zumik.core.basics.names import BadName
from zumik.pages import (
    alias_page,
    badges,
    compared_models_page,
    compared_releases_page,
    feeds,
    home_page,
    model_page,
    models_page,
    release_page,
    releases_page,
    search_index,
    site_files,
    traffic_page,
)
from zumik.pages.html import template_words, withheld_page
from zumik.pages.page_kind import PageKind
from zumik.pages.site_source import SiteSource

KINDS: Sequence[PageKind] = (
    *home_page.KINDS,
    *alias_page.KINDS,
    *models_page.KINDS,
    *model_page.KINDS,
    *compared_releases_page.KINDS,
    *compared_models_page.KINDS,
    *releases_page.KINDS,
    *release_page.KINDS,
    *traffic_page.KINDS,
    *feeds.KINDS,
    *badges.KINDS,
    *search_index.KINDS,
    *site_files.KINDS,
)
"""The one list of what the site has. The first whose pattern matches an address has it."""


def is_address(text: str) -> bool:
    """Whether a page may be at an address; whether one is there, only rendering it says."""
    return any(kind.pattern.fullmatch(text) for kind in KINDS)


class Site:
    """All pages of a source."""

    def __init__(self, source: SiteSource) -> None:
        self._source = source

    def addresses(self) -> Iterator[str]:
        """Every address, each once, in an order in which pages that share values are near."""
        for kind in KINDS:
            yield from kind.addresses(self._source)

    def inputs(self, address: str) -> tuple[str, ...] | None:
        """All that the page at an address is made of; None where only rendering it says that."""
        for kind in KINDS:
            if found := kind.pattern.fullmatch(address):
                of_page = kind.inputs(self._source, found)
                return None if of_page is None else (self._source.sight, *of_page)
        return None

    def rendered(self, address: str) -> bytes | None:
        """The bytes at an address; None where the site has none.

        Every answer is searched here for names of what is not shown, for the pages drop those part
        by part. Raises ZumikError where something cannot be read.
        """
        for kind in KINDS:
            if found := kind.pattern.fullmatch(address):
                try:
                    data = kind.rendered(self._source, found)
                except BadName:
                    return None
                if data is None or kind.is_constant:
                    return data
                return withheld_page(address) if self._names_hidden(data) else data
        return None

    def _names_hidden(self, data: bytes) -> bool:
        """Whether a page names what is not shown.

        A word that every page has, such as the name of a class, says nothing of a hidden model that
        is called the same.
        """
        named = self._source.named
        usual = self._source.remembered("words of templates", lambda: named(template_words()))
        return not named(data.decode("utf-8", "replace")) <= usual
