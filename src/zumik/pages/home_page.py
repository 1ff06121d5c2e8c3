"""The home page and the list of aliases: what do our aliases mean today?"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import zip_longest
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.facts.policy import COST, LATENCY
from zumik.core.live.drains import Drain
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.live.live_spans import served_spans
from zumik.pages.addresses import ALIASES, HOME, alias_address, data_address
from zumik.pages.alias_answer import receipt_now
from zumik.pages.alias_timeline import aliases_of, releases_of
from zumik.pages.html import to_data, to_html
from zumik.pages.live_history import live_history
from zumik.pages.page_kind import PageKind
from zumik.pages.page_table import Cell, PageTable, Row, known, left_out, model_cell, without_empty
from zumik.pages.public_move import public_move
from zumik.pages.site_source import SiteSource
from zumik.reports import sentences
from zumik.reports.alias_report import lives_to_json, notes_of
from zumik.reports.blocks import Column
from zumik.reports.drain_report import drains_to_json
from zumik.reports.model_facts import UNKNOWN
from zumik.reports.text import count_in_words, day_in_words, in_words, safe

_MOST_MOVES = 10
_SOON = timedelta(days=90)
"""How far ahead a retirement is listed: long enough to choose again and to test."""


class Retiring(NamedTuple):
    """A model that a live alias ranks and that retires soon, or has retired."""

    day: date
    model: ModelId
    alias: AliasName
    rank: int
    ranked: int


class Move(NamedTuple):
    """A move that landed, and what the alias answered before it; None where that is not known."""

    alias: AliasName
    past: LandedPointer
    before: str | None


def _home_addresses(source: SiteSource) -> Iterator[str]:
    yield from (HOME, data_address(HOME))


def _list_addresses(source: SiteSource) -> Iterator[str]:
    yield from (ALIASES, data_address(ALIASES))


def _home(source: SiteSource, found: re.Match[str]) -> bytes:
    lives, moves, soon = _lives(source), _moves(source), list(_retiring(source))
    sentence = _sentence(lives, moves, source.today)
    if found[0] != HOME:
        return to_data(
            {
                "sentence": sentence,
                "aliases": lives_to_json(lives),
                "moves": [{"alias": m.alias} | public_move(m.past) for m in moves],
                "drains": drains_to_json(_drains(lives)),
                "retiring": [item._asdict() | {"day": str(item.day)} for item in soon],
            }
        )
    return to_html(
        "home.html",
        HOME,
        sentence=sentence,
        receipt=next(filter(None, map(receipt_now, lives)), ""),
        aliases=_table(source, lives),
        note=sentences.cost_note(live.answers for live in lives),
        moves=_moves_table(moves),
        soon=_soon_table(soon),
        drains=_drains_table(lives),
        has_traffic=source.mix is not None,
    )


def _list(source: SiteSource, found: re.Match[str]) -> bytes:
    lives = _lives(source)
    live = {item.pointer.alias for item in lives}
    others = [name for name in aliases_of(source) if name not in live]
    if found[0] != ALIASES:
        tree = {"live": lives_to_json(lives), "not_live": [*others]}
        return to_data(tree)
    sentence = f"{in_words(len(live), 'live alias', 'live aliases').capitalize()}"
    sentence += f", and {in_words(len(others), 'other')} that releases hold." if others else "."
    if not live:
        held = f"; releases hold {count_in_words(len(others))}" if others else ""
        sentence = f"No alias is live{held}."
    return to_html(
        "aliases.html",
        ALIASES,
        sentence=sentence,
        aliases=_table(source, lives),
        note=sentences.cost_note(live.answers for live in lives),
        others=_others_table(source, others) if others else None,
    )


def _lives(source: SiteSource) -> list[LiveAlias]:
    return [live for live in source.live.values() if not live.pointer.is_retired]


def _sentence(lives: Sequence[LiveAlias], moves: Sequence[Move], today: date) -> str:
    """`Nine aliases, all answered; last change on 12 November 2026; one answer retires soon.`"""
    count = in_words(len(lives), "alias", "aliases")
    silent = sum(live.answers is None for live in lives)
    said = f"{count_in_words(silent)} without an answer to show" if silent else "all answered"
    parts = [f"{count}, {said}" if lives else "no alias is live"]
    if moves:
        parts.append(f"last change on {day_in_words(moves[0].past.landed_at.date())}")
    elif lives:
        parts.append("when they last changed is unknown")
    over = sum(live.retirement is not None and live.retirement.is_over for live in lives)
    soon = sum(live.retirement is not None for live in lives) - over
    if over:
        parts.append(f"{in_words(over, 'answer')} {'has' if over == 1 else 'have'} retired")
    if soon:
        parts.append(f"{in_words(soon, 'answer')} {'retires' if soon == 1 else 'retire'} soon")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _table(source: SiteSource, lives: Sequence[LiveAlias]) -> PageTable:
    columns = (
        Column("alias"),
        Column("answers"),
        Column("since", whole=True),
        Column("cost\nper request", number=True),
        Column("latency", number=True),
        Column("to know"),
    )
    rows = [_row(source, live) for live in lives]
    return without_empty(PageTable("aliases", "What each alias answers now.", columns, rows))


def _row(source: SiteSource, live: LiveAlias) -> Row:
    alias, answers, table = live.pointer.alias, live.answers, live.known_table
    head = Cell(alias, alias_address(alias))
    if answers is None or table is None:
        problem = Cell(safe(live.problem))
        return Row([head, problem, Cell(""), Cell(""), Cell(""), Cell("")])
    figures = (sentences.value(answers, word, table.units) for word in (COST, LATENCY))
    cells = [
        head,
        model_cell(answers.model.id),
        Cell(_since(source, live)),
        *(Cell(known(text)) for text in figures),
        Cell(", ".join(notes_of(live))),
    ]
    return Row(cells, note=safe(table.alias.description or ""))


def _since(source: SiteSource, live: LiveAlias) -> str:
    """The day since when the same model answers."""
    served = served_spans(live_history(source).of_alias.get(live.pointer.alias, ()))
    answers = live.answers
    if not served or answers is None or served[0].model != answers.model.id:
        return UNKNOWN
    since = served[0].since
    return f"{since:%Y-%m-%d}" if since else "before what is known"


def _others_table(source: SiteSource, others: Sequence[AliasName]) -> PageTable:
    """The aliases that were retired, and those that no pointer ever made live."""
    rows = []
    for alias in others:
        live, held = source.live.get(alias), releases_of(source, alias)
        state = "retired" if live is not None else "never live"
        newest = Cell(held[-1], alias_address(alias, held[-1])) if held else Cell("none")
        rows.append(Row([Cell(alias, alias_address(alias)), Cell(state), newest]))
    columns = (Column("alias"), Column("state"), Column("newest release that holds it"))
    return PageTable("others", "Aliases that have no live pointer now.", columns, rows)


def _moves(source: SiteSource) -> list[Move]:
    """The newest moves that changed what an alias answers, newest first."""

    def of(alias: AliasName) -> Iterator[Move]:
        history = source.history(alias)
        for past, before in zip_longest(history, history[1:]):
            if past.commit and (before is None or past.winner != before.winner):
                yield Move(alias, past, before.winner if before else None)

    moves = (move for alias in source.live for move in of(alias))
    return heapq.nlargest(_MOST_MOVES, moves, key=lambda move: move.past.landed_at)


def _drains(lives: Sequence[LiveAlias]) -> list[Drain]:
    """The drains in force that name what live aliases rank, the first to end first."""
    found = {drain for live in lives if live.answered for drain in live.answered.drains}
    return sorted(found, key=lambda drain: (drain.until, drain.models))


def _drains_table(lives: Sequence[LiveAlias]) -> PageTable | None:
    columns = (Column("drained"), Column("until\nUTC", whole=True), Column("reason"))
    rows = [
        Row([Cell(safe(d.models)), Cell(f"{d.until:%Y-%m-%d %H:%M}"), Cell(safe(d.reason))])
        for d in _drains(lives)
    ]
    caption = "Models that aliases pass over until a time; then what they answer changes back."
    return PageTable("drains", caption, columns, rows) if rows else None


def _moves_table(moves: Sequence[Move]) -> PageTable | None:
    if not moves:
        return None
    columns = (
        Column("landed", whole=True),
        Column("alias"),
        Column("move"),
        Column("release"),
        Column("answered before"),
        Column("answers since"),
    )
    rows = [_move_row(move) for move in moves]
    return PageTable(
        "moves", "The newest moves that changed an answer. Times are UTC.", columns, rows
    )


def _move_row(move: Move) -> Row:
    past, pointer = move.past, move.past.pointer
    landed = Cell(f"{past.landed_at:%Y-%m-%d %H:%M}")
    alias = Cell(move.alias, alias_address(move.alias))
    if pointer is None:
        return Row([landed, alias, Cell("no readable pointer"), Cell(""), Cell(""), Cell("")])
    before = model_cell(ModelId(move.before)) if move.before else Cell("nothing")
    after = Cell("nothing" if pointer.is_retired else known(past.winner or ""))
    return Row(
        [
            landed,
            alias,
            Cell(pointer.kind),
            Cell(pointer.target.id, alias_address(move.alias, pointer.target.id)),
            before,
            model_cell(ModelId(past.winner)) if past.winner else after,
        ]
    )


def _retiring(source: SiteSource) -> Iterator[Retiring]:
    """The retiring models that live aliases rank, the next day first."""
    found = []
    for live in _lives(source):
        table = live.known_table
        for rank, row in enumerate(table.ranked if table else (), 1):
            day = row.model.retires_on
            if live.retirement is not None and live.retirement.model == row.model.id:
                day = live.retirement.day
            if day is not None and day <= source.today + _SOON:
                ranked = len(table.ranked) if table else 0
                found.append(Retiring(day, row.model.id, live.pointer.alias, rank, ranked))
    yield from sorted(found)


def _soon_table(soon: Sequence[Retiring]) -> PageTable | None:
    if not soon:
        return None
    rows = [
        Row(
            [
                Cell(str(item.day)),
                model_cell(item.model),
                Cell(item.alias, alias_address(item.alias)),
                Cell(f"{item.rank:,} of {item.ranked:,}"),
            ]
        )
        for item in soon[: 3 * _MOST_MOVES]
    ]
    columns = (
        Column("retires", whole=True),
        Column("model"),
        Column("ranked by"),
        Column("rank", number=True),
    )
    caption = f"Models that live aliases rank and that retire within {_SOON.days} days."
    more = left_out(len(soon) - len(rows), "place")
    return PageTable("soon", caption, columns, rows, head=1, more=more)


KINDS = (
    PageKind(re.compile(r"|data/home\.json"), _home_addresses, _home),
    PageKind(re.compile(r"aliases/|data/aliases\.json"), _list_addresses, _list),
)
