"""The page of an alias: who answers, and why; now, and in each release that holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.decisions.alias_table import AliasTable, Rederived
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.decisions.resolver_before import frozen_ranking_before
from zumik.core.facts.policy import alias_to_json as policy_to_json
from zumik.core.live.live_spans import LiveSpan
from zumik.core.releases.release import VerifiedRelease
from zumik.pages import alias_timeline, candidate_tables
from zumik.pages.addresses import ALIAS_PART, RELEASE_PART, alias_address, data_address
from zumik.pages.alias_answer import (
    Answer,
    answer_never,
    answer_now,
    answer_then,
    live_then,
    receipt_now,
)
from zumik.pages.alias_charts import Figure, figures_of
from zumik.pages.alias_timeline import aliases_of, neighbours, releases_of
from zumik.pages.html import to_data, to_html
from zumik.pages.live_history import live_history
from zumik.pages.page_kind import PageKind
from zumik.pages.page_table import PageTable
from zumik.pages.public_move import public_move
from zumik.pages.site_source import SiteSource
from zumik.pages.unchanged_alias import (
    answer_unchanged,
    by_day_table,
    failed_by_day,
    first_with_same,
)
from zumik.reports import sentences
from zumik.reports.alias_report import alias_to_json
from zumik.reports.blocks import without_marks
from zumik.reports.drain_report import NO_OTHER, drain_to_words
from zumik.reports.fact_changes import listed
from zumik.reports.ranking_table import (
    flips_to_text,
    nearest_excluded,
    not_compared_to_text,
    row_to_json,
    table_to_json,
)
from zumik.reports.resolver_report import resolver_to_text
from zumik.reports.retirement_report import retirement_to_text
from zumik.reports.text import safe, share, value_to_text
from zumik.reports.withdrawal_report import withdrawal_to_json, withdrawal_to_text

_NOW = re.compile(rf"(?P<data>data/)?aliases/{ALIAS_PART}(?(data)\.json|/)")
_THEN = re.compile(rf"(?P<data>data/)?aliases/{ALIAS_PART}/{RELEASE_PART}(?(data)\.json|/)")


_MOST_GLOBS = 40


class Ranked(NamedTuple):
    """All that stands behind the answer of one ranking."""

    margin: str
    flips: tuple[str, ...]
    notes: tuple[str, ...]
    figures: tuple[Figure, ...]
    ranking: PageTable
    facts: PageTable
    sources: PageTable | None
    excluded: PageTable | None
    policy: tuple[tuple[str, str], ...]


class Warned(NamedTuple):
    """Something to know before the alias is used: a word for it, and a sentence."""

    word: str
    text: str


def _now_addresses(source: SiteSource) -> Iterator[str]:
    for alias in aliases_of(source):
        page = alias_address(alias)
        yield from (page, data_address(page))


def _then_addresses(source: SiteSource) -> Iterator[str]:
    # Release by release, so that each is read once.
    for release, outline in source.outlines.items():
        for alias in outline.rankings:
            page = alias_address(alias, release)
            yield from (page, data_address(page))


def _now(source: SiteSource, found: re.Match[str]) -> bytes | None:
    alias = AliasName(found["alias"])
    live = source.live.get(alias)
    held = releases_of(source, alias)
    if live is None and not held:
        return None
    history = source.history(alias)
    answer = answer_now(live, history) if live else answer_never(alias)
    if found["data"]:
        return to_data(_now_to_json(source, alias, live, answer))
    ranked = verifiable = None
    # A bundle lacks the release that an alias was retired at, if nothing else is live there.
    release = held[-1] if held else None
    if live is not None and live.known_table is not None:
        release = live.pointer.target.id
        shown = source.release(release)
        ranked = _ranked(live.known_table, shown, live)
        verifiable = _verifiable(source, shown, alias)
    return to_html(
        "alias.html",
        alias_address(alias),
        alias=alias,
        answer=answer,
        promise=_promise(live.known_table if live else None),
        warnings=_warnings(live) if live else [],
        release=release,
        ranked=ranked,
        verifiable=verifiable,
        is_live=live is not None,
        receipt=receipt_now(live),
        timeline=alias_timeline.line(source, alias, history),
        moves=alias_timeline.moves(alias, history),
        rankings=alias_timeline.rankings(source, alias),
    )


def _then(source: SiteSource, found: re.Match[str]) -> bytes | None:
    alias, release = AliasName(found["alias"]), ReleaseId(found["release"])
    outline = source.outlines.get(release)
    if outline is None or alias not in outline.rankings:
        return None
    first = first_with_same(source, alias, release)
    if first is None:
        return whole_page(source, alias, release, as_data=bool(found["data"]))
    return _unchanged(source, alias, release, first, as_data=bool(found["data"]))


def whole_page(
    source: SiteSource, alias: AliasName, release: ReleaseId, *, as_data: bool = False
) -> bytes:
    """The page of an alias in a release with everything that it is derived from.

    Raises ZumikError.
    """
    rederived = source.table(release, alias)
    shown = source.release(release)
    table = rederived.table if rederived else None
    answer = answer_then(alias, shown, table)
    if as_data:
        tree = _then_to_json(source, alias, release, answer)
        return to_data(tree | _derived_to_json(rederived))
    return to_html(
        "alias_then.html",
        alias_address(alias, release),
        **_then_values(source, alias, release, answer),
        promise=_promise(table),
        ranked=_ranked(table, shown) if table else None,
        verifiable=_verifiable(source, shown, alias) if table else None,
    )


def _unchanged(
    source: SiteSource, alias: AliasName, release: ReleaseId, first: ReleaseId, *, as_data: bool
) -> bytes:
    outline = source.outlines[release]
    answer, identity = answer_unchanged(outline, alias, first), outline.identities[alias]
    # Most releases need not be read for it.
    failed = failed_by_day(source.release(release), alias, identity) if identity.by_day else ()
    if as_data:
        tree = _then_to_json(source, alias, release, answer)
        held = identity.incumbent
        return to_data(
            tree
            | {"same_as": first, "data": data_address(alias_address(alias, first))}
            | {"incumbent": held and {"model": held.model, "release": held.release}}
            | {"excluded_by_day": [row_to_json(row) for row in failed]}
        )
    return to_html(
        "alias_unchanged.html",
        alias_address(alias, release),
        **_then_values(source, alias, release, answer),
        first=first,
        incumbent=identity.incumbent,
        by_day=by_day_table(failed, first),
    )


def _then_values(
    source: SiteSource, alias: AliasName, release: ReleaseId, answer: Answer
) -> dict[str, Any]:
    """What both pages of a release have, and what of them later events may change."""
    mark = source.withdrawal(release)
    return {
        "alias": alias,
        "release": release,
        "answer": answer,
        "live": live_then(_spans(source, alias, release)) if source.history(alias) else "",
        "warnings": [Warned("Withdrawn", withdrawal_to_text(mark))] if mark else [],
        "near": neighbours(source, alias, release),
    }


def _then_to_json(
    source: SiteSource, alias: AliasName, release: ReleaseId, answer: Answer
) -> dict[str, object]:
    mark = withdrawal_to_json(source.withdrawal(release))
    return {"alias": alias, "release": release, "answer": answer.text, "withdrawn": mark}


def _verifiable(
    source: SiteSource, shown: VerifiedRelease, alias: AliasName
) -> dict[str, object] | None:
    """What a reader's browser needs to verify the ranking; None where no bytes are published."""
    release = shown.ref.id
    # The pages of a release follow each other, and its bytes are read for the first of them.
    is_published = source.remembered(
        f"published {release}", lambda: source.release_bytes(release) is not None
    )
    if not is_published:
        return None
    return {"release": release, "sha256": shown.ref.sha256, "alias": alias}


def _then_inputs(source: SiteSource, found: re.Match[str]) -> tuple[str, ...] | None:
    """A release never changes; what does is whether it is live, withdrawn, or the last."""
    alias, release = AliasName(found["alias"]), ReleaseId(found["release"])
    outline = source.outlines.get(release)
    if outline is None or alias not in outline.rankings:
        return None
    spans = _spans(source, alias, release)
    near = neighbours(source, alias, release)
    first = first_with_same(source, alias, release)
    mark = source.withdrawal(release)
    return (outline.ref.sha256, first or "", repr(spans), repr(near), repr(mark))


def _spans(source: SiteSource, alias: AliasName, release: ReleaseId) -> Sequence[LiveSpan]:
    """When the alias was live at the release."""
    return live_history(source).of_release.get(release, {}).get(alias, ())


def _promise(table: AliasTable | None) -> str:
    return safe(table.alias.description or "") if table else ""


def _ranked(table: AliasTable, shown: VerifiedRelease, live: LiveAlias | None = None) -> Ranked:
    answers = live.answers.model.id if live and live.answers else None
    notes = (
        sentences.latency_note(table),
        sentences.cost_note(table.ranked),
        not_compared_to_text(table, with_edit=False),
        *sentences.ways_in(nearest_excluded(table)),
    )
    release = shown.release
    before = frozen_ranking_before(shown, table.alias.name, table)
    return Ranked(
        margin=sentences.margin(table),
        flips=tuple(flips_to_text(table)),
        notes=tuple(note for note in notes if note),
        figures=tuple(figures_of(table, release.content)),
        ranking=candidate_tables.ranking(table, answers),
        facts=candidate_tables.candidates(table, release.facts.day),
        sources=candidate_tables.figures(table, release.content, release.facts.day),
        excluded=candidate_tables.excluded(table),
        policy=(*_policy(table), ("resolver", resolver_to_text(release.resolver, before))),
    )


def _policy(table: AliasTable) -> Iterator[tuple[str, str]]:
    """How the alias chooses, as its policy says it."""
    alias = table.alias
    tree = policy_to_json(alias)
    for key, globs in (("candidates", alias.candidates), ("exclude", alias.exclude)):
        if globs:
            yield key, listed([*map(safe, globs)], _MOST_GLOBS)
    if tree.get("require"):
        yield "require", safe(value_to_text(tree["require"]))
    yield "prefer", ", then ".join(map(sentences.preference, alias.prefer))
    if load := sentences.workload(table):
        yield "workload", load
    if alias.incumbent_margin is not None:
        yield "incumbent margin", share(alias.incumbent_margin)


def _warnings(live: LiveAlias) -> list[Warned]:
    found = []
    if live.answered is not None:
        found += [Warned("Drained", drain_to_words(drain)) for drain in live.answered.drains]
    if live.ignores_drains:
        found.append(Warned("Drain ignored", NO_OTHER))
    if live.deprecated is not None:
        said = sentences.deprecation(live.deprecated, overdue=live.overdue)
        found.append(Warned("Deprecated", said))
    if live.withdrawal is not None:
        found.append(Warned("Withdrawn release", withdrawal_to_text(live.withdrawal)))
    if live.retirement is not None:
        found.append(Warned("Retirement", retirement_to_text(live.retirement)))
    return [item._replace(text=without_marks(item.text)) for item in found]


def _now_to_json(
    source: SiteSource, alias: AliasName, live: LiveAlias | None, answer: Answer
) -> dict[str, object]:
    tree: dict[str, object] = {"alias": alias, "answer": answer.text}
    if live is not None and live.known_table is not None:
        found = source.table(live.pointer.target.id, alias)
        assert found is not None
        tree |= alias_to_json(
            live.pointer, found, live.withdrawal, live.answered, live.beside, live.retirement
        )
    moves = [public_move(past) for past in source.history(alias)]
    return {**tree, "history": moves, "releases": list(releases_of(source, alias))}


def _derived_to_json(found: Rederived | None) -> dict[str, object]:
    """What the page shows. All the rest follows from the release's bytes, which the site has."""
    if found is None:
        return {"withheld": True}
    table = found.table
    shown = table._replace(
        ranked=table.ranked[: candidate_tables.MAX_RANKED], excluded=nearest_excluded(table)
    )
    return {
        "policy": policy_to_json(found.frozen.policy),
        "rederived": found.matches,
        "ranked": len(table.ranked),
        "excluded": len(table.excluded),
        "table": table_to_json(shown) | {"not_compared": len(table.not_compared)},
    }


KINDS = (
    PageKind(_NOW, _now_addresses, _now),
    PageKind(_THEN, _then_addresses, _then, _then_inputs),
)
