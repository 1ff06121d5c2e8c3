"""The files that every site has: stylesheet, scripts, and the page for wrong addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from zumik.pages.addresses import ICON, MISSING, STYLE
from zumik.pages.page_kind import PageKind
from zumik.pages.site_source import SiteSource


def stylesheet() -> bytes:
    """The one stylesheet: that of the pages, then that of the charts."""
    room = files("zumik.pages")
    return (room / STYLE).read_bytes() + (room / "charts" / "charts.css").read_bytes()


def scripts() -> dict[str, bytes]:
    """Every script of a page, by its address."""
    room = files("zumik.pages")
    found = {}
    # Each resolver has a folder; a script that imports one which is missing does not run at all.
    for folder in ("browser/", "browser/v1/", "browser/v2/"):
        for item in (room / folder.rstrip("/")).iterdir():
            if item.name.endswith(".js"):
                found[f"{folder}{item.name}"] = item.read_bytes()
    return found


@cache
def _files() -> dict[str, bytes]:
    """Every file of the site that ships with zumik, by its address."""
    room = files("zumik.pages")
    found = {STYLE: stylesheet(), ICON: (room / ICON).read_bytes(), **scripts()}
    return dict(sorted(found.items()))


def _addresses(source: SiteSource) -> Iterator[str]:
    yield from _files()


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes | None:
    return _files().get(found[0])


def _missing(source: SiteSource, found: re.Match[str]) -> bytes:
    """A web server sends it for any wrong address, however deep: its links begin at the host.

    Where the site's own address is not known, they hold for a site at the root of its host.
    """
    from zumik.pages.html import missing_page

    return missing_page(MISSING, urlsplit(source.url).path if source.url else "/")


KINDS = (
    PageKind(
        re.compile(r"icon\.svg|style\.css|browser/[a-z0-9_/]+\.js"),
        _addresses,
        _rendered,
        is_constant=True,
    ),
    PageKind(re.compile(re.escape(MISSING)), lambda source: [MISSING], _missing),
)
