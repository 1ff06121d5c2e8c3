"""The list of releases, newest first, and the way to the newest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.basics.times import moment_text
from zumik.core.releases.outline import ReleaseOutline
from zumik.pages.addresses import LATEST, RELEASES, data_address, release_address
from zumik.pages.html import to_data, to_html
from zumik.pages.live_history import live_history
from zumik.pages.page_kind import PageKind
from zumik.pages.page_table import Cell, PageTable, Row, left_out
from zumik.pages.release_changes import parent_of
from zumik.pages.site_source import SiteSource
from zumik.reports.blocks import Column
from zumik.reports.fact_changes import listed
from zumik.reports.model_facts import UNKNOWN
from zumik.reports.text import day_in_words, in_words, safe
from zumik.reports.withdrawal_report import withdrawal_to_json, withdrawal_to_text

MAX_RELEASES = 150

_MAX_LIVE = 3
_MAX_NOTE = 160


def _addresses(source: SiteSource) -> Iterator[str]:
    yield from (RELEASES, data_address(RELEASES))


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes:
    if found["data"]:
        return to_data({"releases": [_to_json(source, name) for name in source.releases[::-1]]})
    return to_html("releases.html", RELEASES, sentence=_sentence(source), table=_table(source))


def _sentence(source: SiteSource) -> str:
    count = len(source.releases)
    if not count:
        return "There are no releases yet."
    newest = source.outlines[source.releases[-1]]
    head = f"{in_words(count, 'release')}, the newest {newest.ref.id}".capitalize()
    live = sum(bool(_live_at(source, name)) for name in source.releases)
    at = f"aliases are live at {in_words(live, 'of them', 'of them')}" if live else "none is live"
    return f"{head} of {day_in_words(newest.created_at.date())}; {at}."


def _live_at(source: SiteSource, release: ReleaseId) -> Sequence[AliasName]:
    """The aliases that are live at a release now."""
    spans = live_history(source).of_release.get(release, {})
    return sorted(alias for alias, found in spans.items() if any(s.until is None for s in found))


def _note(source: SiteSource, outline: ReleaseOutline) -> str | None:
    """Why it was made, where that names nothing that is not shown."""
    return None if outline.note is None or source.named(outline.note) else outline.note


def _table(source: SiteSource) -> PageTable:
    columns = (
        Column("release"),
        Column("frozen\nUTC", whole=True),
        Column("aliases", number=True),
        Column("changed\nwinners", number=True),
        Column("live now"),
    )
    shown = source.releases[: -MAX_RELEASES - 1 : -1]
    rows = [_row(source, name) for name in shown]
    caption = "Releases, newest first."
    if any(source.outlines[name].backfilled for name in shown):
        caption += " Those frozen afterwards are from the facts known at that time."
    more = left_out(len(source.releases) - len(rows), "release")
    return PageTable("releases", caption, columns, rows, more=more)


def _row(source: SiteSource, name: ReleaseId) -> Row:
    outline, mark = source.outlines[name], source.withdrawal(name)
    live = _live_at(source, name)
    made = f"{outline.created_at:%Y-%m-%d %H:%M}"
    note = safe(_note(source, outline) or "")
    return Row(
        [
            Cell(name, release_address(name), "withdrawn" if mark else ""),
            Cell(f"{made}, afterwards" if outline.backfilled else made),
            Cell(f"{len(outline.rankings):,}"),
            Cell(_changed(source, name)),
            Cell(listed(live, _MAX_LIVE) or "none"),
        ],
        is_winner=bool(live),
        note=_cut(f"Withdrawn {withdrawal_to_text(mark)}" if mark else note),
    )


def _changed(source: SiteSource, name: ReleaseId) -> str:
    """How many aliases have another winner than in its parent, as far as that is shown."""
    parent, now = parent_of(source, name), source.outlines[name].rankings
    if parent is None:
        return "the first"
    if not parent.is_here:
        return UNKNOWN
    before = source.outlines[parent.id].rankings
    firsts = ((before[alias].first, now[alias].first) for alias in now if alias in before)
    return f"{sum(one != other for one, other in firsts if one and other):,}"


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_NOTE else f"{text[:_MAX_NOTE]}…"


def _to_json(source: SiteSource, name: ReleaseId) -> dict[str, object]:
    outline = source.outlines[name]
    return {
        "id": name,
        "sha256": outline.ref.sha256,
        "created_at": moment_text(outline.created_at),
        "backfilled": outline.backfilled,
        "note": _note(source, outline),
        "aliases": len(outline.rankings),
        "live": list(_live_at(source, name)),
        "withdrawn": withdrawal_to_json(source.withdrawal(name)),
    }


def _latest_addresses(source: SiteSource) -> Iterator[str]:
    if source.releases:
        yield LATEST


def _latest(source: SiteSource, found: re.Match[str]) -> bytes | None:
    if not source.releases:
        return None
    return to_html("latest.html", LATEST, release=source.releases[-1])


KINDS = (
    PageKind(re.compile(r"releases/|(?P<data>data/)releases\.json"), _addresses, _rendered),
    PageKind(re.compile(re.escape(LATEST)), _latest_addresses, _latest),
)
