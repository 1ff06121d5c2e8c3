"""Models of the catalog: a list for looking around, and one with every fact and its source."""

from __future__ import annotations

from collections.abc import Iterable

from zumik.core.facts.catalog import LIMITS, Metric, Model
from zumik.core.facts.price import RATES
from zumik.reports.blocks import Column, Fields, Table
from zumik.reports.model_facts import how_measured
from zumik.reports.text import figure, rounded, safe, value_to_text


def models_table(models: Iterable[Model]) -> Table:
    """One line a model: prices, limits, lifecycle.

    The column `confidential` is there where a model is.
    """
    models = list(models)
    marked = any(model.confidential for model in models)
    columns = [
        Column("model", identifier=True),
        Column("input\nUSD/Mtok", number=True),
        Column("output\nUSD/Mtok", number=True),
        Column("context\ntokens", number=True),
        Column("released"),
        Column("retires"),
        Column("pinned"),
        *([Column("confidential")] * marked),
    ]
    return Table(columns, [_model_row(model)[: len(columns)] for model in models])


def _model_row(model: Model) -> list[str]:
    rates = model.price.rates if model.price else {}
    context = context_of(model)
    return [
        str(model.id),
        *(f"${rounded(rates[name])}" if name in rates else "-" for name in ("input", "output")),
        f"{context:,}" if context else "-",
        str(model.released_on or "-"),
        str(model.retires_on or "-"),
        {True: "yes", False: "no", None: "-"}[model.pinned],
        "yes" if model.confidential else "-",
    ]


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
        ("open weights", {True: "yes", False: "no", None: None}[model.open_weights]),
        ("upstream", model.upstream.model),
        (
            "parameters",
            ", ".join(f"{k}={value_to_text(v)}" for k, v in model.upstream.params.items()),
        ),
        ("limits", ", ".join(f"{n} {model.limits[n]:,}" for n in LIMITS if n in model.limits)),
        ("input", ", ".join(sorted(model.input or ()))),
        ("capabilities", ", ".join(sorted(model.capabilities or ()))),
        *_price_rows(model),
        *_metric_rows(model, metrics or {}),
        ("source", _source(model.source, model.observed_on)),
        *((f"source of {name}", text) for name, text in model.sources.items()),
        ("note", model.note),
    ]
    shown = [(name, safe(value)) for name, value in rows if value]
    return Fields(shown, width=max(len(name) for name, _ in shown) + 1)


def _price_rows(model: Model) -> list[tuple[str, object]]:
    price = model.price
    if price is None:
        return []

    def listed(rates: object) -> str:
        assert isinstance(rates, dict)
        return ", ".join(f"{name} ${rounded(rates[name])}" for name in RATES if name in rates)

    rows: list[tuple[str, object]] = [("price, USD/Mtok", listed(dict(price.rates)))]
    rows += [
        (f"above {tier.above_input_tokens:,} in", listed(dict(tier.rates))) for tier in price.tiers
    ]
    rows.append(("also charged", ", ".join(price.also_charged)))
    return [*rows, ("source of price", _source(price.source, price.observed_on))]


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
