"""Badges: an image an alias that says who answers, for a team's own README."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from markupsafe import Markup

from zumik.core.decisions.live_alias import LiveAlias
from zumik.pages.addresses import ALIAS_PART, badge_address
from zumik.pages.charts.text_width import text_width
from zumik.pages.page_kind import PageKind
from zumik.pages.site_source import SiteSource

_HEIGHT = 20
_MARGIN = 6
_SIZE = 11

_BADGE = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" role="img" '
    'aria-label="{label}">\n'
    "<title>{label}</title>\n"
    '<rect width="{left}" height="{height}" fill="#333"/>\n'
    '<rect x="{left}" width="{right}" height="{height}" fill="{colour}"/>\n'
    '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="{size}">\n'
    '<text x="{margin}" y="14" textLength="{left_text}">{alias}</text>\n'
    '<text x="{right_at}" y="14" textLength="{right_text}">{says}</text>\n'
    "</g>\n"
    "</svg>\n"
)

_ANSWERS, _DOES_NOT = "#0b4f8a", "#5a4a1a"
"""Behind white text of 11 px either has a contrast of more than 7:1."""


def badge(alias: str, says: str, *, answers: bool = True) -> bytes:
    """The image of an alias and what it says, as SVG; `answers` is false where that is no model."""
    # Where a reader has no font of that width, `textLength` keeps the words in their box.
    left_text, right_text = (math.ceil(text_width(words, _SIZE)) for words in (alias, says))
    left, right = (width + 2 * _MARGIN for width in (left_text, right_text))
    return _BADGE.format(
        width=left + right,
        height=_HEIGHT,
        left=left,
        right=right,
        margin=_MARGIN,
        size=_SIZE,
        right_at=left + _MARGIN,
        left_text=left_text,
        right_text=right_text,
        label=f"{alias}: {says}",
        alias=alias,
        says=says,
        colour=_ANSWERS if answers else _DOES_NOT,
    ).encode()


def _badge_of(live: LiveAlias) -> bytes:
    alias = live.pointer.alias
    if live.pointer.is_retired:
        return badge(alias, "retired", answers=False)
    if live.answers is None:
        return badge(alias, "not shown", answers=False)
    return badge(alias, live.answers.model.id)


def _addresses(source: SiteSource) -> Iterator[str]:
    yield from map(badge_address, source.live)


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes | None:
    live = next((live for name, live in source.live.items() if name == found["alias"]), None)
    return _badge_of(live) if live is not None else None


KINDS = (PageKind(re.compile(rf"badges/{ALIAS_PART}\.svg"), _addresses, _rendered),)
