"""The files that every site has: the stylesheet, and the scripts that a reader may run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from zumik.pages.addresses import ICON, STYLE
from zumik.pages.page_kind import PageKind
from zumik.pages.site_source import SiteSource


def stylesheet() -> bytes:
    """The one stylesheet: that of the pages, then that of the charts."""
    room = files("zumik.pages")
    return (room / STYLE).read_bytes() + (room / "charts" / "charts.css").read_bytes()


@cache
def _files() -> dict[str, bytes]:
    """Every file of the site that ships with zumik, by its address."""
    room = files("zumik.pages")
    found = {STYLE: stylesheet(), ICON: (room / ICON).read_bytes()}
    for folder in ("browser/", "browser/v1/"):
        for item in (room / folder.rstrip("/")).iterdir():
            if item.name.endswith(".js"):
                found[f"{folder}{item.name}"] = item.read_bytes()
    return dict(sorted(found.items()))


def _addresses(source: SiteSource) -> Iterator[str]:
    yield from _files()


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes | None:
    return _files().get(found[0])


KINDS = (
    PageKind(
        re.compile(r"icon\.svg|style\.css|browser/[a-z0-9_/]+\.js"),
        _addresses,
        _rendered,
        is_constant=True,
    ),
)
