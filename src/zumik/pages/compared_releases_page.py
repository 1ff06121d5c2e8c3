"""The page that compares two releases: what changed from the earlier to the later?

Neither ever changes, so the page never does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from zumik.core.basics.names import ReleaseId
from zumik.core.basics.times import moment_text
from zumik.core.releases.release import VerifiedRelease
from zumik.core.reviews.changes import AliasChange, Changes
from zumik.pages.addresses import (
    RELEASE_PART,
    alias_address,
    compared_releases_address,
    data_address,
)
from zumik.pages.html import to_data, to_html
from zumik.pages.live_history import live_history
from zumik.pages.page_kind import PageKind
from zumik.pages.page_table import Cell, PageTable, Row, left_out, model_cell
from zumik.pages.release_changes import changed_lines, changes_of
from zumik.pages.site_source import SiteSource
from zumik.reports import sentences
from zumik.reports.blocks import Column
from zumik.reports.changes_report import changes_to_json
from zumik.reports.changes_sentence import what_changed
from zumik.reports.text import safe

MAX_WINNERS = 150

_PAGE = re.compile(
    rf"(?P<data>data/)?compare/releases/{RELEASE_PART}/with/"
    rf"{RELEASE_PART.replace('release', 'after')}(?(data)\.json|/)"
)


def _pairs(source: SiteSource) -> Mapping[tuple[ReleaseId, ReleaseId], None]:
    """Each release with the one before it, and each that an alias moved from with that it moved to.

    The earlier release is first, also where an alias was rolled back to it.
    """

    def made() -> dict[tuple[ReleaseId, ReleaseId], None]:
        found = dict.fromkeys(pairwise(source.releases))
        for spans in live_history(source).of_alias.values():
            moves = pairwise(span.release for span in spans)
            for move in moves:
                before, after = sorted(move, key=lambda release: release.order)
                if before != after and {*move} <= {*source.releases}:
                    found[before, after] = None
        return found

    return source.remembered("compared releases", made)


def _addresses(source: SiteSource) -> Iterator[str]:
    for before, after in _pairs(source):
        address = compared_releases_address(before, after)
        yield from (address, data_address(address))


def _asked(source: SiteSource, found: re.Match[str]) -> tuple[ReleaseId, ReleaseId] | None:
    pair = ReleaseId(found["release"]), ReleaseId(found["after"])
    return pair if pair in _pairs(source) else None


def _inputs(source: SiteSource, found: re.Match[str]) -> tuple[str, ...] | None:
    pair = _asked(source, found)
    return pair and tuple(source.ref(release).sha256 for release in pair)


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes | None:
    pair = _asked(source, found)
    if pair is None:
        return None
    before, after = pair
    changes = changes_of(source, before, after)
    changed = what_changed(changes)
    sentence = f"From {before} to {after} {changed}."
    if found["data"]:
        tree = {"before": before, "after": after, "changes": changes_to_json(changes)}
        return to_data({"sentence": sentence, **tree})
    return to_html(
        "compared_releases.html",
        compared_releases_address(before, after),
        before=before,
        after=after,
        sentence=sentence,
        what_changed=changed,
        heads=_heads(source, before, after),
        winners=_winners(before, after, changes),
        changed=changed_lines(changes),
    )


def _heads(source: SiteSource, before: ReleaseId, after: ReleaseId) -> PageTable:
    """What each release is."""
    old, new = source.release(before), source.release(after)
    columns = [Column("what"), Column(before), Column(after)]
    rows = [
        Row([Cell(name), Cell(one), Cell(other)])
        for (name, one), (_, other) in zip(_head(source, old), _head(source, new), strict=True)
    ]
    return PageTable("heads", "The two releases.", columns, rows)


def _head(source: SiteSource, found: VerifiedRelease) -> Iterator[tuple[str, str]]:
    release = found.release
    yield "created", sentences.frozen(release.backfilled, moment_text(release.created_at))
    yield "note", safe(release.note or "none")
    yield "aliases", f"{len(found.aliases) + len(source.withheld(found.ref.id)):,}"
    yield "models", f"{len(found.models):,}"
    yield "resolver", str(release.resolver)
    yield "SHA-256", found.ref.sha256


def _winners(before: ReleaseId, after: ReleaseId, changes: Changes) -> PageTable | None:
    """The aliases that another model answers; None where none does."""
    moved = [change for change in changes.aliases if change.changes_winner]
    if not moved:
        return None
    columns = (Column("alias"), Column(before), Column(after))
    rows = [_winner(before, after, change) for change in moved[:MAX_WINNERS]]
    more = left_out(len(moved) - len(rows), "alias")
    return PageTable("winners", "Aliases that another model answers.", columns, rows, more=more)


def _winner(before: ReleaseId, after: ReleaseId, change: AliasChange) -> Row:
    held = after if change.after else before
    old, new = (
        Cell("not there") if model is None else model_cell(model)
        for model in (change.before, change.after)
    )
    return Row([Cell(change.alias, alias_address(change.alias, held)), old, new])


KINDS = (PageKind(_PAGE, _addresses, _rendered, _inputs),)
