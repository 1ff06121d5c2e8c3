"""The page of a release: what did it change, and is it intact?

Its bytes never change, so of all later events only those that concern it are here: where it is or
was live, that it was withdrawn, and its signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from zumik.core.basics.names import AliasName, Digest, ReleaseId
from zumik.core.decisions.resolver_before import frozen_ranking_before
from zumik.core.releases.release import VerifiedRelease
from zumik.core.reviews.changes import AliasChange, Changes
from zumik.pages.addresses import (
    RELEASE_PART,
    alias_address,
    bytes_address,
    data_address,
    release_address,
)
from zumik.pages.html import to_data, to_html
from zumik.pages.live_history import LiveHistory, live_history
from zumik.pages.page_kind import PageKind
from zumik.pages.page_table import Cell, PageTable, Row, left_out, model_cell
from zumik.pages.release_changes import (
    ChangedLines,
    Parent,
    changed_lines,
    changes_of,
    parent_of,
)
from zumik.pages.site_source import SiteSource
from zumik.reports import sentences
from zumik.reports.blocks import Column
from zumik.reports.changes_report import changes_to_json
from zumik.reports.changes_sentence import freeze_sentence
from zumik.reports.model_use_report import span_to_json, span_to_text
from zumik.reports.release_report import release_fields, release_head_to_json
from zumik.reports.resolver_report import before_to_text
from zumik.reports.text import count_in_words
from zumik.reports.withdrawal_report import withdrawal_to_json, withdrawal_to_text

MAX_ALIASES = 150


class ReleasePage(NamedTuple):
    """What the template of a release shows."""

    id: ReleaseId
    digest: Digest
    sentence: str
    fields: Sequence[tuple[str, str]]
    withdrawn: str
    parent: Parent | None
    aliases: PageTable
    withheld: Sequence[AliasName]
    changes: ChangedLines | None
    bytes_address: str | None
    file_name: str
    resolvers: Sequence[str]


def _page_addresses(source: SiteSource) -> Iterator[str]:
    for release in source.releases:
        address = release_address(release)
        yield from (address, data_address(address))


def _inputs(source: SiteSource, found: re.Match[str]) -> tuple[str, ...] | None:
    release = ReleaseId(found["release"])
    if release not in source.releases:
        return None
    # The digest covers the parent's too, and all that both of them say, where the parent is here.
    live = live_history(source).of_release.get(release, {})
    events = source.withdrawal(release), source.signature(release), source.vouched(release)
    parent = parent_of(source, release)
    return source.ref(release).sha256, repr(parent), repr(live), repr(events)


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes | None:
    release = ReleaseId(found["release"])
    if release not in source.releases:
        return None
    shown = source.release(release)
    changes = _changes(source, shown)
    address = release_address(release)
    if found[0] == data_address(address):
        return to_data(_to_json(source, shown, changes))
    if found[0] == address:
        return to_html("release.html", address, page=_page(source, shown, changes))
    return None


def _changes(source: SiteSource, shown: VerifiedRelease) -> Changes | None:
    """What a release changed from its parent; None for the first, or if its parent is not here."""
    parent = parent_of(source, shown.ref.id)
    return changes_of(source, parent.id, shown.ref.id) if parent and parent.is_here else None


def _page(source: SiteSource, shown: VerifiedRelease, changes: Changes | None) -> ReleasePage:
    ref = shown.ref
    withheld = source.withheld(ref.id)
    mark = source.withdrawal(ref.id)
    published = source.release_bytes(ref.id) is not None
    parent = parent_of(source, shown.ref.id)
    return ReleasePage(
        id=ref.id,
        digest=ref.sha256,
        sentence=_sentence(shown, len(withheld), changes, parent),
        fields=release_fields(shown, source.vouched(ref.id), source.signature(ref.id)),
        withdrawn=withdrawal_to_text(mark) if mark else "",
        parent=parent,
        aliases=_aliases(source, shown, changes),
        withheld=withheld,
        changes=None if changes is None else changed_lines(changes),
        bytes_address=bytes_address(ref.id, ref.sha256) if published else None,
        file_name=ref.file_name,
        resolvers=list(_resolvers(source, shown, parent)),
    )


def _resolvers(source: SiteSource, shown: VerifiedRelease, parent: Parent | None) -> Iterator[str]:
    """That another resolver made it than its parent, and which aliases that ranks otherwise."""
    if parent is None or not parent.is_here:
        return
    now, then = (each.release.resolver for each in (shown, source.release(parent.id)))
    if now == then:
        return
    yield f"Resolver {now} made it, and resolver {then} its parent."
    for alias in islice(shown.aliases, MAX_ALIASES):
        found = source.table(shown.ref.id, alias)
        before = found and frozen_ranking_before(shown, alias, found.table)
        if before:
            yield f"{alias}: {before_to_text(before)}."


def _sentence(
    shown: VerifiedRelease, withheld: int, changes: Changes | None, parent: Parent | None
) -> str:
    """What it freezes and changed, and that this is not all where aliases are hidden."""
    missing = parent.id if parent and not parent.is_here else ""
    sentence = freeze_sentence(shown.ref.id, len(shown.aliases) + withheld, changes, missing)
    if not withheld:
        return sentence
    return f"{sentence}; {count_in_words(withheld)} {'is' if withheld == 1 else 'are'} confidential"


def _aliases(source: SiteSource, shown: VerifiedRelease, changes: Changes | None) -> PageTable:
    """What each alias answers, those first whose winner changed."""
    live = live_history(source)
    changed = {change.alias: change for change in changes.aliases} if changes else {}
    aliases = list(shown.aliases.items())
    if changes:
        aliases.sort(key=lambda item: not _is_moved(changed.get(item[0])))
    columns = (
        Column("alias"),
        Column("answers"),
        *([Column("before")] * (changes is not None)),
        Column("chosen by"),
        Column("ranked\nmodels", number=True),
        Column("live at this release"),
    )
    rows = []
    for name, frozen in aliases[:MAX_ALIASES]:
        before = [] if changes is None else [_before(changed.get(name))]
        chosen = ", then ".join(map(sentences.preference, frozen.policy.prefer))
        rows.append(
            Row(
                [
                    Cell(name, alias_address(name, shown.ref.id)),
                    model_cell(frozen.winner),
                    *before,
                    Cell(chosen),
                    Cell(f"{len(frozen.ranking):,}"),
                    Cell(_live(live, name, shown.ref.id)),
                ],
                is_winner=_is_moved(changed.get(name)),
            )
        )
    caption = "What each alias answers in this release"
    caption += ": first those with another winner than in its parent." if changes else "."
    more = left_out(len(aliases) - len(rows), "alias")
    return PageTable("answers", caption, columns, rows, more=more)


def _live(live: LiveHistory, alias: AliasName, release: ReleaseId) -> str:
    spans = live.of_release.get(release, {}).get(alias, ())
    if not spans:
        # Where only the pointer of today is known, an earlier one may have been here.
        all_known = all(span.since is not None for span in live.of_alias.get(alias, ()))
        return "never" if all_known else "not now"
    return ", ".join(map(span_to_text, spans))


def _is_moved(change: AliasChange | None) -> bool:
    return change is not None and change.changes_winner


def _before(change: AliasChange | None) -> Cell:
    if change is None or not change.changes_winner:
        return Cell("the same")
    return model_cell(change.before) if change.before else Cell("new")


def _to_json(
    source: SiteSource, shown: VerifiedRelease, changes: Changes | None
) -> dict[str, object]:
    release = shown.ref.id
    signed = source.signature(release)
    published = source.release_bytes(release) is not None
    live = live_history(source).of_release.get(release, {})
    return {
        **release_head_to_json(shown),
        "ledger": source.vouched(release),
        "signature": signed and signed.to_json(),
        "withdrawn": withdrawal_to_json(source.withdrawal(release)),
        "published_bytes": bytes_address(release, shown.ref.sha256) if published else None,
        "aliases": {
            name: {
                "winner": frozen.winner,
                "ranking": list(frozen.ranking),
                "reason": frozen.reason,
                "live": [span_to_json(span) for span in live.get(name, ())],
            }
            for name, frozen in shown.aliases.items()
        },
        "withheld": list(source.withheld(release)),
        "changes": None if changes is None else changes_to_json(changes),
    }


def _bytes_addresses(source: SiteSource) -> Iterator[str]:
    # Those that hold something confidential have no bytes when they are rendered.
    for release in source.releases:
        yield bytes_address(release, source.ref(release).sha256)


def _bytes_inputs(source: SiteSource, found: re.Match[str]) -> tuple[str, ...] | None:
    return (found["digest"],)


def _bytes_rendered(source: SiteSource, found: re.Match[str]) -> bytes | None:
    release = ReleaseId(found["release"])
    if release not in source.releases or source.ref(release).sha256 != found["digest"]:
        return None
    return source.release_bytes(release)


KINDS = (
    PageKind(
        re.compile(rf"(?:data/)?releases/{RELEASE_PART}(?:/|\.json)"),
        _page_addresses,
        _rendered,
        _inputs,
    ),
    PageKind(
        re.compile(rf"data/releases/{RELEASE_PART}\.(?P<digest>[0-9a-f]{{64}})\.json"),
        _bytes_addresses,
        _bytes_rendered,
        _bytes_inputs,
    ),
)
