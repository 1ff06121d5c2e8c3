"""The home page: what do our aliases mean today?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from zumik.pages.addresses import HOME, data_address
from zumik.pages.html import to_data, to_html
from zumik.pages.page_kind import PageKind
from zumik.pages.site_source import SiteSource
from zumik.reports.alias_report import lives_to_json
from zumik.reports.text import plural


def _addresses(source: SiteSource) -> Iterator[str]:
    yield from (HOME, data_address(HOME))


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes:
    lives = [live for live in source.live.values() if not live.pointer.is_retired]
    if found[0] != HOME:
        return to_data({"aliases": lives_to_json(lives)})
    count = plural(len(lives), "live alias", "live aliases")
    return to_html("home.html", HOME, count=count, lives=lives)


KINDS = (PageKind(re.compile(r"|data/home\.json"), _addresses, _rendered),)
