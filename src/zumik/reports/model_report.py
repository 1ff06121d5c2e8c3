"""Models of the catalog: a list for looking around, and one with every fact and its source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from zumik.core.facts.catalog import LIMITS, Lifecycle, Metric, Model
from zumik.core.facts.price import RATES, Price
from zumik.reports.blocks import Column, Fields, Table
from zumik.reports.model_facts import ABILITIES, how_measured, words_to_text
from zumik.reports.price_facts import (
    BASES,
    fees_to_text,
    origin_to_text,
    origins_of,
    price_periods,
    rates_to_text,
    tier_bound,
)
from zumik.reports.text import figure, rounded, safe, value_to_text


def models_table(models: Iterable[Model], today: date) -> Table:
    """One line a model: the standard price of the day, limits, lifecycle.

    The columns `mode` and `confidential` are there where a model has another mode than chat, or is.
    """
    models = list(models)
    has_modes = any(model.mode not in (None, "chat") for model in models)
    marked = any(model.confidential for model in models)
    columns = [
        Column("model", identifier=True),
        *([Column("mode")] * has_modes),
        Column("input\nUSD/Mtok", number=True),
        Column("output\nUSD/Mtok", number=True),
        Column("context\ntokens", number=True),
        Column("released"),
        Column("retires"),
        Column("pinned"),
        *([Column("confidential")] * marked),
    ]
    rows = []
    for model in models:
        name, *rest = _model_row(model, today)
        modes = [safe(model.mode or "-")] * has_modes
        rows.append([name, *modes, *rest, *(["yes" if model.confidential else "-"] * marked)])
    return Table(columns, rows)


def _model_row(model: Model, today: date) -> list[str]:
    rates = model.price.on(today).rates if model.price else {}
    context = context_of(model)
    return [
        str(model.id),
        *(f"${rounded(rates[name])}" if name in rates else "-" for name in ("input", "output")),
        f"{context:,}" if context else "-",
        str(model.released_on or "-"),
        _end(model),
        {True: "yes", False: "no", None: "-"}[model.pinned],
    ]


def _end(model: Model) -> str:
    ended = model.lifecycle.not_served_since if model.lifecycle else None
    return f"ended {ended}" if ended else str(model.retires_on or "-")


def context_of(model: Model) -> int | None:
    """The tokens that a request may have in all; where that is unknown, those of its input."""
    return model.limits.get("context_tokens") or model.limits.get("input_tokens")


def model_fields(model: Model, metrics: dict[str, Metric] | None = None) -> Fields:
    """Every fact of a model; what is unknown is not shown."""
    rows: list[tuple[str, object]] = [
        ("revision", model.revision),
        ("pinned", {True: "yes", False: "no: it floats", None: "unknown"}[model.pinned]),
        ("confidential", "yes: not for pages" * model.confidential),
        ("owned by", model.owned_by),
        ("variant of", model.variant_of),
        ("released", model.released_on),
        ("retires", model.retires_on),
        *_lifecycle_rows(model.lifecycle),
        ("open weights", {True: "yes", False: "no", None: None}[model.open_weights]),
        ("upstream", model.upstream.model),
        (
            "parameters",
            ", ".join(f"{k}={value_to_text(v)}" for k, v in model.upstream.params.items()),
        ),
        ("mode", model.mode),
        ("limits", ", ".join(f"{n} {model.limits[n]:,}" for n in LIMITS if n in model.limits)),
        ("cached from", model.cacheable_from_tokens and f"{model.cacheable_from_tokens:,} tokens"),
        *((field, words_to_text(model, field)) for field in ABILITIES),
        ("region", model.region),
        ("data residency", model.data_residency),
        ("labels", ", ".join(sorted(model.labels or ()))),
        *_price_rows(model),
        *_metric_rows(model, metrics or {}),
        ("source", _source(model.source, model.observed_on)),
        *((f"source of {name}", text) for name, text in model.sources.items()),
        ("note", model.note),
    ]
    shown = [(name, safe(value)) for name, value in rows if value]
    return Fields(shown, width=max(len(name) for name, _ in shown) + 1)


def _lifecycle_rows(known: Lifecycle | None) -> Iterator[tuple[str, object]]:
    if known is None:
        return
    yield "not served since", known.not_served_since
    yield "successor", known.successor and f"{known.successor}, by its provider"
    yield "source of lifecycle", _source(known.source, known.observed_on)


def _price_rows(model: Model) -> Iterator[tuple[str, object]]:
    if model.price is None:
        return
    for period in price_periods(model.price):
        if period.begins is not None:
            yield f"price from {period.begins}", period.planned or "in effect from that day on"
        elif period.ends is not None:
            yield f"price before {period.ends}", "in effect until then"
        price = period.price
        yield from _rate_rows(price)
        yield "fees, USD", fees_to_text(price)
        yield "also charged", ", ".join(price.also_charged)
        yield "basis", price.basis and BASES[price.basis]
        yield (
            "source of price",
            origin_to_text(
                price.origin._replace(effective_from=period.begins or price.effective_from)
            ),
        )
        for name, origin in origins_of(price):
            yield f"source of {name}", origin_to_text(origin)


def _rate_rows(price: Price) -> Iterator[tuple[str, object]]:
    """The rates as the catalog names them: those of the batch service may be its own, or not."""
    yield "price, USD/Mtok", rates_to_text(price.rates, RATES)
    for tier in price.tiers:
        yield f"{tier_bound(tier)} in", rates_to_text(tier.rates, RATES)
    for name, service in price.services.items():
        yield name, rates_to_text(service.rates, RATES)
        for tier in service.tiers:
            yield f"{name}, {tier_bound(tier)} in", rates_to_text(tier.rates, RATES)


def _metric_rows(model: Model, metrics: dict[str, Metric]) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for name, item in sorted(model.metrics.items()):
        metric = metrics.get(name)
        text = figure(item.value, metric.unit if metric else "")
        source = item.source or (metric.source if metric else None)
        dated = metric.dated(item) if metric else item.observed_on
        text += how_measured(item, metric.unit if metric else "")
        note = _source(source, dated)
        rows.append((name, f"{text}   ({note})" if note else text))
    return rows


def _source(source: str | None, day: object) -> str:
    return ", ".join(str(part) for part in (source, day) if part)
