"""The page of a release: what did it change, and is it intact?

Its bytes never change, so of all later events only those that concern it are here: where it is or
was live, that it was withdrawn, and its signature.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from zumik.core.basics.names import AliasName, Digest, ModelId, ReleaseId
from zumik.core.releases.release import FrozenAlias, VerifiedRelease
from zumik.core.reviews.changes import Changes, changes_between
from zumik.pages.addresses import RELEASE_PART, bytes_address, data_address, release_address
from zumik.pages.html import to_data, to_html
from zumik.pages.live_history import live_history
from zumik.pages.page_kind import PageKind
from zumik.pages.report_lines import NestedLine, nested_lines
from zumik.pages.site_source import SiteSource
from zumik.reports import sentences
from zumik.reports.changes_report import changes_report, changes_to_json
from zumik.reports.changes_sentence import freeze_sentence
from zumik.reports.model_use_report import span_to_json, span_to_text
from zumik.reports.release_report import release_fields, release_head_to_json
from zumik.reports.withdrawal_report import withdrawal_to_json, withdrawal_to_text

_MAX_LINES = 250
"""Lines of changes on a page; its JSON has all of them."""


class AliasRow(NamedTuple):
    """An alias of a release: who answers, who answered in the parent, and where it was live."""

    name: AliasName
    winner: ModelId
    before: ModelId | None
    is_new: bool
    ranked: int
    chosen_by: str
    live: Sequence[str]
    is_live: bool


class ReleasePage(NamedTuple):
    """What the template of a release shows."""

    id: ReleaseId
    digest: Digest
    sentence: str
    fields: Sequence[tuple[str, str]]
    withdrawn: str
    parent: ReleaseId | None
    aliases: Sequence[AliasRow]
    withheld: Sequence[AliasName]
    changes: Sequence[Sequence[NestedLine]]
    lines_left_out: int
    bytes_address: str | None
    file_name: str


def _addresses(source: SiteSource) -> Iterator[str]:
    for release in source.releases:
        address = release_address(release)
        yield from (address, data_address(address))


def _inputs(source: SiteSource, found: re.Match[str]) -> tuple[str, ...] | None:
    release = ReleaseId(found["release"])
    if release not in source.releases:
        return None
    # The digest covers the parent's too, and all that both of them say.
    live = live_history(source).of_release.get(release, {})
    events = source.withdrawal(release), source.signature(release), source.vouched(release)
    return source.ref(release).sha256, repr(live), repr(events)


def _rendered(source: SiteSource, found: re.Match[str]) -> bytes | None:
    release = ReleaseId(found["release"])
    if release not in source.releases:
        return None
    shown = source.release(release)
    changes = visible_changes(source, shown)
    address = release_address(release)
    if found[0] == data_address(address):
        return to_data(_to_json(source, shown, changes))
    if found[0] == address:
        return to_html("release.html", address, page=_page(source, shown, changes))
    return None


def visible_changes(source: SiteSource, shown: VerifiedRelease) -> Changes | None:
    """What a release changed from its parent; None for the first."""
    parent = shown.release.parent
    return None if parent is None else changes_of(source, parent.id, shown.ref.id)


def changes_of(source: SiteSource, before: ReleaseId, after: ReleaseId) -> Changes:
    """What differs between two releases, as far as it may be shown. Raises ZumikError."""
    old, new = source.release(before), source.release(after)
    changes = changes_between(old.release.content, new.release.content)
    # An alias that is hidden in one of the two is neither new nor removed.
    hidden = {*source.withheld(before), *source.withheld(after)}
    aliases = tuple(change for change in changes.aliases if change.alias not in hidden)
    return changes._replace(aliases=aliases)


def _page(source: SiteSource, shown: VerifiedRelease, changes: Changes | None) -> ReleasePage:
    release, ref = shown.release, shown.ref
    withheld = source.withheld(ref.id)
    mark = source.withdrawal(ref.id)
    sections, left_out = bounded_lines(changes)
    published = source.release_bytes(ref.id) is not None
    return ReleasePage(
        id=ref.id,
        digest=ref.sha256,
        sentence=freeze_sentence(ref.id, len(shown.aliases) + len(withheld), changes),
        fields=release_fields(shown, source.vouched(ref.id), source.signature(ref.id)),
        withdrawn=withdrawal_to_text(mark) if mark else "",
        parent=release.parent.id if release.parent else None,
        aliases=list(_rows(source, shown, changes)),
        withheld=withheld,
        changes=sections,
        lines_left_out=left_out,
        bytes_address=bytes_address(ref.id, ref.sha256) if published else None,
        file_name=ref.file_name,
    )


def _rows(
    source: SiteSource, shown: VerifiedRelease, changes: Changes | None
) -> Iterator[AliasRow]:
    live = live_history(source).of_release.get(shown.ref.id, {})
    changed = {change.alias: change for change in changes.aliases} if changes else {}
    for name, frozen in shown.aliases.items():
        change = changed.get(name)
        spans = live.get(name, ())
        yield AliasRow(
            name=name,
            winner=frozen.winner,
            before=change.before if change and change.changes_winner else None,
            is_new=change is not None and change.kind == "added",
            ranked=len(frozen.ranking),
            chosen_by=_chosen_by(frozen),
            live=[span_to_text(span) for span in spans],
            is_live=any(span.until is None for span in spans),
        )


def _chosen_by(frozen: FrozenAlias) -> str:
    return ", then ".join(map(sentences.preference, frozen.policy.prefer))


def bounded_lines(changes: Changes | None) -> tuple[list[Sequence[NestedLine]], int]:
    """The changes as nested lines, as many as a page has room for, and how many are left out."""
    if changes is None:
        return [], 0
    report = changes_report(changes, "the JSON of this page has them all")
    sections, room, left_out = list[Sequence[NestedLine]](), _MAX_LINES, 0
    for section in report:
        lines = nested_lines(section)
        kept = list[NestedLine]()
        for line in lines:
            room -= _size(line)
            if room >= 0:
                kept.append(line)
            else:
                left_out += 1
        if kept:
            sections.append(kept)
    return sections, left_out


def _size(line: NestedLine) -> int:
    return 1 + sum(map(_size, line.below))


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
        _addresses,
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
