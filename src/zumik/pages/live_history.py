"""What was live when, over all aliases of a source: read once, because many pages ask for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.live.live_spans import LiveSpan, live_spans
from zumik.pages.site_source import SiteSource


class LiveHistory(NamedTuple):
    """The releases that each alias was live at, newest first, and the aliases of each release."""

    of_alias: Mapping[AliasName, tuple[LiveSpan, ...]]
    of_release: Mapping[ReleaseId, Mapping[AliasName, tuple[LiveSpan, ...]]]


def live_history(source: SiteSource) -> LiveHistory:
    """The history of every alias that has a live pointer."""
    return source.remembered("live history", lambda: _history(source))


def _history(source: SiteSource) -> LiveHistory:
    by_alias: dict[AliasName, tuple[LiveSpan, ...]] = {}
    by_release: dict[ReleaseId, dict[AliasName, tuple[LiveSpan, ...]]] = {}
    for alias, live in source.live.items():
        spans = live_spans(source.history(alias))
        if not spans and not live.pointer.is_retired:
            # Without git only the pointer is known, and not since when it is live.
            winner = live.known_table.winner if live.known_table else None
            name = winner.model.id if winner else None
            spans = (LiveSpan(live.pointer.target.id, name, None, None),)
        by_alias[alias] = spans
        for span in spans:
            of_alias = by_release.setdefault(span.release, {})
            of_alias[alias] = (*of_alias.get(alias, ()), span)
    return LiveHistory(by_alias, by_release)
