"""The tables of a model's page: where it is used, what is known of it, and how that changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from zumik.core.facts.catalog import Model
from zumik.core.facts.price import Origin as PriceOrigin
from zumik.core.facts.price import Price
from zumik.core.live.live_spans import ServedSpan
from zumik.core.reviews.model_index import ChangedFacts, KnownModel
from zumik.core.reviews.model_use import ModelUse
from zumik.pages.addresses import alias_address, release_address
from zumik.pages.candidate_tables import origin
from zumik.pages.page_table import Cell, PageTable, Row, cells, left_out, model_cell
from zumik.reports.blocks import Column
from zumik.reports.fact_changes import KINDS, title, upstream_to_text, values_by_kind
from zumik.reports.model_facts import (
    PINNED,
    UNKNOWN,
    FactGroup,
    ModelFact,
    measured_facts,
    price_origin,
    rate_name,
    rate_to_text,
)
from zumik.reports.model_use_report import place_to_text, rank_to_text, span_to_text
from zumik.reports.price_facts import (
    BASES,
    PricePeriod,
    RequestRates,
    fees_to_text,
    origin_to_text,
    origins_of,
    price_periods,
    rates_shown,
    request_rates,
)
from zumik.reports.text import plural, safe, value_to_text

Origin = tuple[str | None, date | None]
"""A source, and the day on which it was observed."""


class KnownFact(NamedTuple):
    """A fact in words, and its source where that is not the one that most have."""

    name: str
    value: str
    source: str


MAX_USES = 60
MAX_RANKS = 60
MAX_CHANGED = 40
MAX_VARIANTS = 40
MAX_PRICES = 4
MAX_FIGURES = 80
_MAX_SPANS = 3
_MAX_VALUES = 12


def uses(found: Sequence[ModelUse]) -> PageTable | None:
    """Where the model is used, what it answers first; None where no alias ranked it."""
    if not found:
        return None
    columns = (
        Column("alias"),
        Column("today", whole=True),
        Column("last ranked in"),
        Column("when it was first"),
    )
    rows = [_use(use) for use in found[:MAX_USES]]
    caption = "Every alias that ranks this model or did; first those that it answers."
    more = left_out(len(found) - len(rows), "alias")
    return PageTable("uses", caption, columns, rows, more=more)


def _use(use: ModelUse) -> Row:
    newest = use.live.release if use.live else use.ranks[0].last
    return Row(
        [
            Cell(use.alias, alias_address(use.alias)),
            Cell(place_to_text(use)),
            Cell(newest, alias_address(use.alias, newest)),
            Cell(_served(use.served)),
        ],
        is_winner=use.answers,
    )


def _served(spans: Sequence[ServedSpan] | None) -> str:
    if spans is None:
        return UNKNOWN
    said = [span_to_text(span) for span in spans[:_MAX_SPANS]]
    if len(spans) > len(said):
        said.append(f"{plural(len(spans) - len(said), 'time')} before")
    return ", ".join(said) or "never"


def ranks(found: Sequence[ModelUse]) -> PageTable | None:
    """Its rank in every release, alias by alias; None where no alias ranked it."""
    spans = [(use.alias, span) for use in found for span in use.ranks]
    if not spans:
        return None
    columns = (
        Column("alias"),
        Column("rank", number=True),
        Column("from"),
        Column("to"),
        Column("releases", number=True),
    )
    rows = [
        Row(
            [
                Cell(alias, alias_address(alias)),
                Cell(rank_to_text(span)),
                Cell(span.first, alias_address(alias, span.first)),
                Cell(span.last, alias_address(alias, span.last)),
                Cell(f"{span.releases:,}"),
            ],
            is_winner=span.rank == 1,
        )
        for alias, span in spans[:MAX_RANKS]
    ]
    caption = "Its rank in each release, whether that was live or not; newest first in each alias."
    more = left_out(len(spans) - len(rows), "rank")
    return PageTable("ranks", caption, columns, rows, more=more)


def facts(groups: Sequence[FactGroup], model: Model) -> list[KnownFact]:
    """What is known and what is not. A source that most facts have is not repeated."""
    usual = model.source and safe(model.source), model.observed_on
    return [_fact(fact, model, usual) for group in groups for fact in group.facts]


def _fact(fact: ModelFact, model: Model, usual: Origin) -> KnownFact:
    own = fact.is_known and (fact.source, fact.observed_on) != usual
    source = origin(fact.source, fact.observed_on) if own else ""
    if fact.name == "pinned or floating":
        return KnownFact(fact.name, PINNED[model.pinned], source)
    return KnownFact(fact.name, fact.value, source)


def usual_origin(model: Model) -> str:
    """The source of most facts, in words."""
    return _from((model.source and safe(model.source), model.observed_on))


def _from(found: Origin) -> str:
    source, day = found
    observed = f", observed on {day}" if day else ""
    return f"from {source or 'a source that is not named'}{observed}"


def prices(model: Model, today: date) -> list[PageTable]:
    """The rates of each service and tier, and those of other days; none where no price is known."""
    if model.price is None:
        return []
    periods = price_periods(model.price)
    now = model.price.on(today)
    # What holds today comes first, then what is to come, then what was.
    order = sorted(periods, key=lambda each: (each.price is not now, _is_over(each, today)))
    return [_price(model, each, place) for place, each in enumerate(order[:MAX_PRICES])]


def _is_over(period: PricePeriod, today: date) -> bool:
    return period.ends is not None and period.ends <= today


def _price(model: Model, period: PricePeriod, place: int) -> PageTable:
    price = period.price
    found = list(request_rates(price)) or [RequestRates("all", {})]
    names = rates_shown(found)
    columns = [
        Column("requests"),
        *(Column(f"{rate_name(rate)}\nUSD/Mtok", number=True) for rate in names),
    ]
    rows = [
        Row([Cell(row.requests), *(Cell(rate_to_text(row.rates, rate)) for rate in names)])
        for row in found
    ]
    whence = _from(price_origin(model)) if period.begins is None else _from_origin(price.origin)
    days = {"in effect from": price.effective_from, "confirmed on": price.confirmed_on}
    if period.begins is None:
        whence += "".join(f", {what} {day}" for what, day in days.items() if day)
    when = f" {period.days}" if period.days else ""
    planned = f" ({period.planned})" if period.planned else ""
    caption = f"Price{when}{planned} in USD per million tokens, {whence}."
    return PageTable(
        f"price-{place}" if place else "price", caption, columns, rows, more=_beside(price)
    )


def _from_origin(found: PriceOrigin) -> str:
    said = origin_to_text(found._replace(effective_from=None))
    return f"from {said}" if said else "from a source that is not named"


def _beside(price: Price) -> str:
    """What is charged beside the rates, of which hours they are, and whose origins are others."""
    fees, charged = fees_to_text(price), ", ".join(map(safe, price.also_charged))
    own = [(name, origin_to_text(found)) for name, found in origins_of(price)]
    said = [
        f"Fees in USD: {fees}." if fees else "",
        f"The provider also charges: {charged}." if charged else "",
        f"It is {BASES[price.basis]}." if price.basis else "",
        *(f"Source of {safe(name)}: {text}." for name, text in own if text),
    ]
    return " ".join(filter(None, said))


def figures(known: KnownModel) -> PageTable | None:
    """Its measured figures; None where it has none."""
    found = measured_facts(known.model, known.metrics)
    if not found:
        return None
    has_errors = any(fact.error != UNKNOWN for fact in found)
    columns = [Column("metric"), Column("value", number=True)]
    columns += [Column("error, 95 %", whole=True)] * has_errors
    columns += [Column("better"), Column("source"), Column("observed", whole=True)]
    rows = [
        Row(
            cells(
                (
                    fact.name,
                    fact.value,
                    *([fact.error] * has_errors),
                    fact.better,
                    fact.source or "",
                    str(fact.observed_on or ""),
                )
            ),
            note=fact.description,
        )
        for fact in found[:MAX_FIGURES]
    ]
    caption = "Measured figures" + ("." if has_errors else "; no source gives their error.")
    more = left_out(len(found) - len(rows), "figure")
    return PageTable("figures", caption, columns, rows, more=more)


def variants(found: Sequence[KnownModel]) -> PageTable | None:
    """The base model and the variants beside a model; None where there are none."""
    if not found:
        return None
    columns = (Column("model"), Column("what is asked for"), Column("figures", number=True))
    rows = [_variant(known.model) for known in found[:MAX_VARIANTS]]
    caption = "The same model with other parameters; it has the same price and limits."
    more = left_out(len(found) - len(rows), "variant")
    return PageTable("variants", caption, columns, rows, more=more)


def _variant(model: Model) -> Row:
    params = ", ".join(f"{k}={value_to_text(v)}" for k, v in model.upstream.params.items())
    said = safe(params) or "the provider's defaults"
    mark = "" if model.variant_of else "base"
    return Row([model_cell(model.id, mark), Cell(said), Cell(f"{len(model.metrics):,}")])


def changed(known: KnownModel) -> PageTable | None:
    """How its facts changed from release to release, newest first; None where they did not."""
    if not known.changes:
        return None
    columns = (
        Column("release"),
        Column("kind"),
        Column("change", whole=True),
        Column("what"),
    )
    rows = [row for item in known.changes[:MAX_CHANGED] for row in _changed(item)]
    caption = "In which release a fact changed, against the release before, newest first."
    hidden = known.older_changes + max(0, len(known.changes) - MAX_CHANGED)
    more = left_out(hidden, "release")
    return PageTable("changed", caption, columns, rows, more=more)


def _changed(item: ChangedFacts) -> Iterator[Row]:
    release = Cell(item.release, release_address(item.release))
    if item.change.kind != "changed":
        said = {
            "added": "known again",
            "removed": "no longer in the release: no alias selects it",
        }[item.change.kind]
        yield Row([release, Cell("model"), Cell(item.change.kind), Cell(said)])
        return
    units = {name: metric.unit for name, metric in item.metrics.items()}
    grouped = values_by_kind(item.change, units)
    for kind, how in sorted(grouped, key=lambda key: (KINDS.index(key[0]), key[1])):
        values = grouped[kind, how]
        said = "; ".join(values[:_MAX_VALUES])
        if len(values) > _MAX_VALUES:
            said += f"; and {len(values) - _MAX_VALUES} more"
        head = title(kind).split(",")[0].lower()
        yield Row([release, Cell(head), Cell(how.replace("_", " ")), Cell(said)])
    for field in item.change.fields:
        if field.kind == "upstream":
            said = upstream_to_text(field)
            yield Row([release, Cell("upstream"), Cell("changed"), Cell(said)])
