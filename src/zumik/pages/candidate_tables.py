"""The candidates of an alias as tables: their ranks, what is known of each, who was left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from zumik.core.basics.names import ModelId
from zumik.core.decisions.alias_table import AliasTable, CandidateRow
from zumik.core.facts.catalog import Metric, Model
from zumik.core.facts.policy import Measure
from zumik.core.facts.price import Price
from zumik.core.releases.release import Content
from zumik.pages.page_table import Cell, PageTable, Row, cells, left_out, model_cell
from zumik.reports import sentences
from zumik.reports.blocks import Column, without_marks
from zumik.reports.model_facts import (
    ABILITIES,
    UNKNOWN,
    measured_facts,
    price_origin,
    rate_name,
    rate_to_text,
    words_to_text,
)
from zumik.reports.model_report import context_of
from zumik.reports.ranking_table import nearest_excluded, ranking_table
from zumik.reports.text import safe

_ORIGIN = ("source", "observed")

MAX_RANKED = 30
MAX_SHOWN = 12
"""Candidates whose facts are shown side by side; of the others the models' own pages have them."""


def ranking(table: AliasTable, answers: ModelId | None = None) -> PageTable:
    """The ranking with its figures. `answers` is the model that answers where it is not the first.

    The figures and their heads are the terminal's.
    """
    shown = table.ranked[:MAX_RANKED]
    found = ranking_table(table._replace(ranked=shown))
    rows = []
    for row, texts in zip(shown, found.rows, strict=True):
        rank, _, *rest = (without_marks(text) for text in texts)
        mark = "winner" if row.rank == 1 else "answers now" * (row.model.id == answers)
        named = model_cell(row.model.id, mark)
        rows.append(Row([Cell(rank), named, *cells(rest)], is_winner=row.rank == 1))
    load = sentences.workload(table)
    caption = "Eligible models, in the order of preference"
    caption += f". A request is {load}." if load else "."
    more = left_out(len(table.ranked) - len(rows), "ranked model", "the release")
    return PageTable("ranking", caption, found.columns, rows, head=1, more=more)


def candidates(table: AliasTable, day: date) -> PageTable:
    """What is known of the ranked models, each beside the others, with the prices of the day."""
    shown = [row.model for row in table.ranked[:MAX_SHOWN]]
    more = [name for name in _SELDOM if len({_word(model, name) for model in shown}) > 1]
    rows = [
        Row(
            [
                model_cell(model.id),
                *cells(_facts(model, day)),
                *cells(_word(model, name) for name in more),
            ],
            is_winner=place == 0,
        )
        for place, model in enumerate(shown)
    ]
    columns = (
        Column("model"),
        Column("input\nUSD/Mtok", number=True),
        Column("output\nUSD/Mtok", number=True),
        Column("context\ntokens", number=True),
        Column("output limit\ntokens", number=True),
        Column("takes"),
        Column("capabilities"),
        Column("released", whole=True),
        Column("retires", whole=True),
        *(Column(ABILITIES.get(name, name.replace("_", " "))) for name in more),
    )
    rest = left_out(len(table.ranked) - len(rows), "ranked model", "the release")
    return PageTable("facts", "What is known of each ranked model.", columns, rows, more=rest)


_SELDOM = ("output", "mode", "region", "data_residency", "labels")
"""Facts in which models seldom differ, shown where they do; the models' own pages have all."""


def _word(model: Model, field: str) -> str:
    if field == "output":
        return safe(words_to_text(model, field) or "")
    if field == "labels":
        return ", ".join(sorted(map(safe, model.labels or ())))
    return safe(getattr(model, field) or "")


def _facts(model: Model, day: date) -> Iterator[str]:
    rates = model.price.on(day).rates if model.price else {}
    yield from (rate_to_text(rates, rate) for rate in ("input", "output"))
    for tokens in (context_of(model), model.limits.get("output_tokens")):
        yield f"{tokens:,}" if tokens is not None else ""
    for field in ("input", "capabilities"):
        yield safe(words_to_text(model, field) or "")
    yield str(model.released_on or "")
    # That no source names a day is known: none is announced.
    yield str(model.retires_on or "not announced")


def origin(source: str | None, day: object) -> str:
    """A source with its date."""
    return ", ".join(safe(part) for part in (source, day) if part)


def figures(table: AliasTable, content: Content, day: date) -> PageTable | None:
    """Where the prices and measured figures of the ranked models come from; None without any."""
    metrics = _metrics_of(table, content.measures, content.metrics)
    rows = [
        Row([model_cell(row.model.id), *cells(texts)])
        for row in table.ranked[:MAX_SHOWN]
        for texts in _figures(row, metrics, day)
    ]
    if not rows:
        return None
    columns = [Column("model"), Column("fact"), Column("value"), *map(Column, _ORIGIN)]
    return PageTable(
        "sources", "Where each fact comes from, and when it was observed.", columns, rows
    )


def _metrics_of(
    table: AliasTable, measures: Mapping[str, Measure], metrics: Mapping[str, Metric]
) -> dict[str, Metric]:
    """The metrics that decide, in the order in which the alias names their measures."""
    used = (measures[word] for word in table.alias.words if word in measures)
    names = dict.fromkeys(name for measure in used for name in measure.metrics)
    return {name: metrics[name] for name in names if name in metrics}


def _figures(
    row: CandidateRow, metrics: Mapping[str, Metric], day: date
) -> Iterator[Sequence[str]]:
    model = row.model
    price = model.price and model.price.on(day)
    if price is not None:
        source, observed = price_origin(model._replace(price=price))
        rates = ", ".join(f"{name} {text}" for name, text in _rates(price))
        yield ("price, USD/Mtok", rates, source or "", str(observed or ""))
    for fact in measured_facts(model, metrics):
        if fact.name in metrics:
            value = fact.value
            if fact.error != UNKNOWN:
                value += f" (95 %: {fact.error})"
            yield (fact.name, value, fact.source or "", str(fact.observed_on or ""))
    own = ", ".join(f"{name}: {safe(text)}" for name, text in model.sources.items())
    yield (
        "limits, abilities, days",
        own or "as above",
        safe(model.source or ""),
        str(model.observed_on or ""),
    )


def _rates(price: Price) -> Iterator[tuple[str, str]]:
    for rate in ("input", "output", "cache_read"):
        if rate in price.rates:
            yield rate_name(rate), rate_to_text(price.rates, rate)


def excluded(table: AliasTable) -> PageTable | None:
    """Who was left out, and by which requirements, the nearest first; None without any."""
    shown = nearest_excluded(table)
    if not shown:
        return None
    rows = [
        Row([model_cell(row.model.id), Cell(sentences.failures(row.failures))]) for row in shown
    ]
    count = len(table.excluded)
    caption = f"{count:,} of {count + len(table.ranked):,} candidates, nearest first."
    more = left_out(count - len(rows), "excluded candidate", "the release")
    columns = (Column("model"), Column("what it lacks"))
    return PageTable("excluded", caption, columns, rows, more=more)
