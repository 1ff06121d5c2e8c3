"""The timeline of an alias: the releases that hold it, and its moves among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.releases.outline import RankingOutline, ReleaseOutline
from zumik.pages.addresses import alias_address
from zumik.pages.alias_charts import Figure
from zumik.pages.charts.step_line import Move, step_line
from zumik.pages.page_table import Cell, PageTable, Row, known, left_out, model_cell
from zumik.pages.release_changes import parent_of
from zumik.pages.site_source import SiteSource
from zumik.reports.blocks import Column
from zumik.reports.model_facts import UNKNOWN
from zumik.reports.text import plural, safe

MAX_ROWS = 30


class Neighbours(NamedTuple):
    """The releases before and after one that hold the same alias."""

    before: ReleaseId | None
    after: ReleaseId | None


def releases_of(source: SiteSource, alias: AliasName) -> Sequence[ReleaseId]:
    """The releases that hold an alias, oldest first."""

    def made() -> dict[AliasName, list[ReleaseId]]:
        found: dict[AliasName, list[ReleaseId]] = {}
        for name, outline in source.outlines.items():
            for held in outline.rankings:
                found.setdefault(held, []).append(name)
        return found

    return source.remembered("releases of aliases", made).get(alias, [])


def aliases_of(source: SiteSource) -> Sequence[AliasName]:
    """Every alias that is live, or that any release has, by name."""

    def made() -> list[AliasName]:
        held = (outline.rankings for outline in source.outlines.values())
        return sorted({*source.live}.union(*held))

    return source.remembered("aliases", made)


def neighbours(source: SiteSource, alias: AliasName, release: ReleaseId) -> Neighbours:
    """The releases before and after one that hold the alias."""

    def made() -> dict[tuple[AliasName, ReleaseId], Neighbours]:
        found = {}
        for name in aliases_of(source):
            line = [None, *releases_of(source, name), None]
            for before, at, after in zip(line, line[1:], line[2:], strict=False):
                assert at is not None
                found[name, at] = Neighbours(before, after)
        return found

    return source.remembered("neighbours", made)[alias, release]


def line(source: SiteSource, alias: AliasName, history: Sequence[LandedPointer]) -> Figure | None:
    """Which model answered when, as one line; None where no move is known."""
    landed = [past for past in reversed(history) if past.pointer is not None and past.commit]
    if not landed:
        return None
    stops = [
        Move(past.landed_at, past.pointer.kind, past.pointer.target.id, _answered(past))
        for past in landed
        if past.pointer is not None
    ]
    days = [source.outlines[name].created_at.date() for name in releases_of(source, alias)]
    title = "Which model answered when"
    return Figure(title, step_line("timeline-line", title, stops, days))


def _answered(past: LandedPointer) -> str | None:
    is_retired = past.pointer is not None and past.pointer.is_retired
    return None if is_retired else past.winner or UNKNOWN


def moves(alias: AliasName, history: Sequence[LandedPointer]) -> PageTable | None:
    """Each pointer that landed, newest first; None where none is known."""
    if not history:
        return None
    columns = (Column("landed", whole=True), Column("move"), Column("release"), Column("answered"))
    rows = [_move(alias, past) for past in history[:MAX_ROWS]]
    caption = "Each move of the live pointer, newest first. Times are UTC."
    more = left_out(len(history) - len(rows), "earlier move")
    return PageTable("moves", caption, columns, rows, more=more)


def _move(alias: AliasName, past: LandedPointer) -> Row:
    pointer = past.pointer
    landed = f"{past.landed_at:%Y-%m-%d %H:%M}" if past.commit else "earlier"
    if pointer is None:
        return Row([Cell(landed), Cell("no readable pointer"), Cell(""), Cell("")])
    answered = Cell("nothing" if pointer.is_retired else known(past.winner or ""))
    if past.winner is not None:
        answered = model_cell(ModelId(past.winner))
    release = Cell(pointer.target.id, alias_address(alias, pointer.target.id))
    reason = safe(pointer.reason) if pointer.reason else ""
    return Row([Cell(landed), Cell(pointer.kind), release, answered], note=reason)


def rankings(source: SiteSource, alias: AliasName) -> PageTable:
    """The releases in which the ranking of an alias changed, newest first."""
    rows = []
    before: RankingOutline | None = None
    held = releases_of(source, alias)
    for release in held:
        outline = source.outlines[release]
        ranking = outline.rankings[alias]
        if ranking != before:
            parent = parent_of(source, release)
            change = _change(ranking, before) if before or parent is None or parent.is_here else ""
            rows.append(_ranking(alias, outline, ranking, known(change)))
        before = ranking
    columns = (
        Column("release"),
        Column("frozen", whole=True),
        Column("first"),
        Column("ranked\nmodels", number=True),
        Column("change"),
    )
    shown = rows[: -MAX_ROWS - 1 : -1]
    caption = (
        "The releases that changed its ranking, newest first; "
        f"it is in {plural(len(held), 'release')}."
    )
    more = left_out(len(rows) - len(shown), "earlier release")
    return PageTable("rankings", caption, columns, shown, more=more)


def _ranking(
    alias: AliasName,
    outline: ReleaseOutline,
    ranking: RankingOutline,
    change: str,
) -> Row:
    head = Cell(outline.ref.id, alias_address(alias, outline.ref.id))
    afterwards = ", afterwards" if outline.backfilled else ""
    frozen = Cell(f"{outline.created_at:%Y-%m-%d}{afterwards}")
    if ranking.first is None:
        return Row([head, frozen, Cell("confidential"), Cell(""), Cell("")])
    return Row(
        [
            head,
            frozen,
            model_cell(ranking.first),
            Cell(f"{ranking.ranked:,}"),
            Cell(change),
        ]
    )


def _change(ranking: RankingOutline, before: RankingOutline | None) -> str:
    if before is None:
        return "new"
    if before.first is None:
        return "no longer confidential"
    if ranking.first != before.first:
        return f"first was {before.first}"
    return "same first, other ranking below"
