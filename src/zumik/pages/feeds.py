"""Feeds: the newest releases and moves, as Atom (RFC 4287) and as JSON Feed 1.1.

An entry's id follows from what it is about, so that it stays the same wherever the site lies and
whichever releases it has. A release or a commit is named by its digest, which no other line has.
Links of Atom may be relative; JSON Feed has only whole addresses, and leaves them out where the
site's own address is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from heapq import nlargest
from typing import NamedTuple
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from zumik.core.basics.display import neutral
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.basics.times import moment_text
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.releases.release import VerifiedRelease
from zumik.core.reviews.changes import AliasChange, alias_change
from zumik.pages.addresses import ALIASES, RELEASES, alias_address, release_address, to_root
from zumik.pages.html import to_data
from zumik.pages.page_kind import PageKind
from zumik.pages.release_changes import parent_of
from zumik.pages.site_source import SiteSource
from zumik.reports.changes_sentence import winners_sentence
from zumik.reports.text import safe

MOST_ENTRIES = 100
_MOST_CHANGES = 20

_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without an entry was last updated: its bytes must not follow the clock."""


class FeedEntry(NamedTuple):
    """One entry. `about` names it for ever, and `address` is the page that has all of it.

    `updated` is later than `at` where something was added since, as a withdrawal.
    """

    about: str
    title: str
    lines: Sequence[str]
    at: datetime
    updated: datetime
    address: str


class Feed(NamedTuple):
    """A feed: what it is called, the page that it is about, and its entries, newest first."""

    name: str
    title: str
    page: str
    entries: Sequence[FeedEntry]
    line: str
    """What the line of releases is known by."""


def release_entries(source: SiteSource) -> Iterator[FeedEntry]:
    """The newest releases, newest first: what each changed. Raises ZumikError."""
    for release in reversed(source.releases[-MOST_ENTRIES:]):
        yield _release_entry(source, source.release(release))


def _release_entry(source: SiteSource, found: VerifiedRelease) -> FeedEntry:
    release, ref = found.release, found.ref
    withheld = source.withheld(ref.id)
    parent, changes = parent_of(source, ref.id), None
    if parent and parent.is_here:
        changes = _alias_changes(source, parent.id, found)
    moved = [
        f"{change.alias}: {change.before or 'new'} → {change.after or 'removed'}"
        for change in changes or ()
        if change.changes_winner
    ]
    mark, count = source.withdrawal(ref.id), len(found.aliases) + len(withheld)
    missing = parent.id if parent and not parent.is_here else ""
    said = winners_sentence(ref.id, count, changes, missing)
    left = len(moved) - _MOST_CHANGES
    return FeedEntry(
        about=f"release {ref.id} {ref.sha256}",
        title=f"{ref.id} was withdrawn" if mark else said,
        lines=[
            *([f"Withdrawn: {safe(mark.reason)}", f"{said}."] if mark else ()),
            *([safe(release.note)] if release.note else ()),
            *moved[:_MOST_CHANGES],
            *([f"and {left:,} more"] if left > 0 else ()),
            f"SHA-256 {ref.sha256}",
        ],
        at=release.created_at,
        updated=max(release.created_at, mark.withdrawn_at) if mark else release.created_at,
        address=release_address(ref.id),
    )


def _alias_changes(
    source: SiteSource, before: ReleaseId, found: VerifiedRelease
) -> list[AliasChange]:
    """How the aliases changed from the parent. What models changed is on the release's page."""
    old, new = source.release(before).release.content, found.release.content
    # An alias that is hidden in one of the two is neither new nor removed.
    hidden = {*source.withheld(before), *source.withheld(found.ref.id)}
    names = sorted({*old.aliases, *new.aliases} - hidden)
    return [change for name in names if (change := alias_change(name, old, new))]


def move_entries(source: SiteSource) -> Sequence[FeedEntry]:
    """The newest moves of all aliases, newest first."""
    landed = (
        (past.landed_at, alias, -place, past)
        for alias in source.live
        for place, past in enumerate(source.history(alias))
        if past.commit is not None
    )
    newest = nlargest(MOST_ENTRIES, landed, key=lambda item: item[:3])
    return [_move_entry(alias, past) for _, alias, _, past in newest]


def _move_entry(alias: AliasName, past: LandedPointer) -> FeedEntry:
    pointer = past.pointer
    # The site is for everyone, and who moved a pointer is not what it is for.
    commit = f"In commit {past.commit}"
    if pointer is None:
        about, title = f"removed {past.commit}", f"{alias}: its pointer was removed or broken"
        lines = [commit]
    else:
        about = f"{pointer.generation} {pointer.target.sha256}"
        title = f"{alias} was retired"
        if not pointer.is_retired:
            title = f"{alias} → {past.winner or 'a model that is not shown'}"
        lines = [
            f"{pointer.kind} {pointer.generation}: {pointer.target.id}",
            *([safe(pointer.reason)] if pointer.reason else ()),
            commit,
        ]
    return FeedEntry(
        about=f"move {alias} {about} {moment_text(past.landed_at)}",
        title=title,
        lines=lines,
        at=past.landed_at,
        updated=past.landed_at,
        address=alias_address(alias),
    )


def _feed(source: SiteSource, name: str) -> Feed:
    if name == "releases":
        title, page, entries = "Releases of model aliases", RELEASES, [*release_entries(source)]
    else:
        title, page, entries = "Moves of model aliases", ALIASES, [*move_entries(source)]
    return Feed(name, title, page, entries, _line(source))


def _line(source: SiteSource) -> str:
    """The digest of a line's first release; a bundle has no part that later ones have too."""
    if not source.releases:
        return "none"
    first = source.releases[0]
    return "a bundle" if source.vouched(first) is None else source.ref(first).sha256


def _id(about: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'zumik {about}')}"


def to_atom(feed: Feed, url: str | None) -> bytes:
    """The feed as Atom. `url` is the address of the site, with a slash at its end."""
    here = f"feeds/{feed.name}.atom"
    root = url or to_root(here)
    tree = ElementTree.Element("feed", xmlns="http://www.w3.org/2005/Atom")
    add = partial(_add, tree)
    add("id", _id(f"{feed.line} feed {feed.name}"))
    add("title", feed.title)
    add("updated", moment_text(max((entry.updated for entry in feed.entries), default=_NO_TIME)))
    _add(add("author"), "name", "zumik")
    add("link", rel="alternate", type="text/html", href=root + feed.page)
    if url is not None:
        add("link", rel="self", type="application/atom+xml", href=url + here)
    for entry in feed.entries:
        part = partial(_add, add("entry"))
        part("id", _id(entry.about))
        part("title", entry.title)
        part("published", moment_text(entry.at))
        part("updated", moment_text(entry.updated))
        part("link", rel="alternate", type="text/html", href=root + entry.address)
        part("content", "\n".join(entry.lines), type="text")
    ElementTree.indent(tree)
    data: bytes = ElementTree.tostring(tree, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _add(
    parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    found = ElementTree.SubElement(parent, tag, attributes)
    if text is not None:
        # XML has no control characters at all, not even escaped.
        found.text = "\n".join(map(neutral, text.split("\n")))
    return found


def to_json_feed(feed: Feed, url: str | None) -> bytes:
    """The feed as JSON Feed. `url` as in `to_atom`."""
    here = f"feeds/{feed.name}.json"
    pages = {"home_page_url": url + feed.page, "feed_url": url + here} if url else {}
    return to_data(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            **pages,
            "language": "en",
            "authors": [{"name": "zumik"}],
            "items": [
                {
                    "id": _id(entry.about),
                    **({"url": url + entry.address} if url else {}),
                    "title": entry.title,
                    "content_text": "\n".join(entry.lines),
                    "date_published": moment_text(entry.at),
                    "date_modified": moment_text(entry.updated),
                }
                for entry in feed.entries
            ],
        }
    )


def _addresses(source: SiteSource) -> Iterator[str]:
    for name in ("releases", "moves"):
        yield from (f"feeds/{name}.atom", f"feeds/{name}.json")


def _inputs(source: SiteSource, found: re.Match[str]) -> tuple[str, ...] | None:
    """The releases that a feed is made of; git has to be asked for moves in any case."""
    if found["name"] != "releases":
        return None
    newest = source.releases[-MOST_ENTRIES:]
    refs = [source.ref(release).sha256 for release in (*source.releases[:1], *newest)]
    events = [(source.withdrawal(name), parent_of(source, name)) for name in newest]
    return repr(source.url), repr(refs), repr(events)


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes:
    feed = _feed(source, found["name"])
    return (to_atom if found["form"] == "atom" else to_json_feed)(feed, source.url)


KINDS = (
    PageKind(
        re.compile(r"feeds/(?P<name>releases|moves)\.(?P<form>atom|json)"),
        _addresses,
        _rendered,
        _inputs,
    ),
)
