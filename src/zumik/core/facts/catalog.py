"""The catalog: facts about provider models, each with a source and a date.

Absent means unknown, never zero and never false. Prices are USD per million tokens. The same
readers take a catalog file and a release; the writers produce what a release holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.field_readers import (
    NOTHING,
    JsonFields,
    Malformed,
    as_is,
    count,
    day,
    fields_of,
    flag,
    list_of,
    map_of,
    named,
    number,
    one_of,
    text,
)
from zumik.core.basics.findings import Path
from zumik.core.basics.names import ModelId

RATES = (
    "input",
    "output",
    "cache_read",
    "cache_write",
    "batch_input",
    "batch_output",
    "batch_cache_read",
)
"""The prices that a model or a tier may have, in USD per million tokens."""

LIMITS = ("context_tokens", "input_tokens", "output_tokens")


class Tier(NamedTuple):
    """The rates of requests whose input is longer than `above_input_tokens`."""

    above_input_tokens: int
    rates: Mapping[str, Fraction]


class Price(NamedTuple):
    """What a model costs: base rates by name (see RATES) and the tiers above them.

    `also_charged` names what the provider charges besides, such as a fee for each search: it is in
    no rate and in no cost.
    """

    rates: Mapping[str, Fraction]
    tiers: tuple[Tier, ...] = ()
    source: str | None = None
    observed_on: date | None = None
    also_charged: tuple[str, ...] = ()

    def rates_at(self, input_tokens: int) -> Mapping[str, Fraction]:
        """The rates of a request this long: of the highest tier strictly below it, else the base.

        A tier inherits nothing: a rate that it does not have is unknown.
        """
        if not self.tiers:
            return self.rates
        best = max(
            (tier for tier in self.tiers if tier.above_input_tokens < input_tokens),
            key=lambda tier: tier.above_input_tokens,
            default=None,
        )
        return self.rates if best is None else best.rates


class Figure(NamedTuple):
    """One measured value; source and date where they differ from its metric's."""

    value: Fraction
    source: str | None = None
    observed_on: date | None = None


class Upstream(NamedTuple):
    """What to ask the provider for. `params` come from a closed list, never an address or a key."""

    model: str | None = None
    params: Mapping[str, str | int] = NOTHING


class Model(NamedTuple):
    """One provider's offering and everything known of it.

    `confidential` is set for a provider and holds for all of its models: see `reviews.visibility`.
    """

    id: ModelId
    revision: str | None = None
    pinned: bool | None = None
    owned_by: str | None = None
    released_on: date | None = None
    retires_on: date | None = None
    open_weights: bool | None = None
    upstream: Upstream = Upstream()
    limits: Mapping[str, int] = NOTHING
    input: frozenset[str] | None = None
    capabilities: frozenset[str] | None = None
    price: Price | None = None
    metrics: Mapping[str, Figure] = NOTHING
    variant_of: ModelId | None = None
    source: str | None = None
    observed_on: date | None = None
    sources: Mapping[str, str] = NOTHING
    note: str | None = None
    confidential: bool = False


class Metric(NamedTuple):
    """What a metric is: unit, direction, range and where its figures come from."""

    name: str
    unit: str
    better: str
    description: str | None = None
    at_least: Fraction | None = None
    at_most: Fraction | None = None
    version: str | None = None
    source: str | None = None
    licence: str | None = None
    observed_on: date | None = None
    collected_on: date | None = None

    def dated(self, figure: Figure) -> date | None:
        """When a figure of this metric was observed: its own date, else the metric's."""
        return figure.observed_on or self.observed_on or self.collected_on


class Catalog(NamedTuple):
    """All models and metrics that are known."""

    models: Mapping[ModelId, Model]
    metrics: Mapping[str, Metric]


UNITS = ("seconds", "percent", "fraction", "points", "tokens_per_second")
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
VERBOSITIES = ("low", "medium", "high")


# Reading


def read_provider(value: object, path: Path = ()) -> list[Model]:
    """The models of one provider's catalog file, variants after the model they belong to."""
    fields = JsonFields(value, path)
    provider = fields.need("provider", text)
    confidential = fields.get("confidential", flag) or False
    models: list[Model] = []
    for key, item in fields.need("models", map_of(as_is)).items():
        where = (*path, "models", key)
        model_id = named(ModelId)(f"{provider}/{key}", where)
        models += _read_offering(model_id, item, where)
    fields.close()
    return [model._replace(confidential=confidential) for model in models]


def _read_offering(model_id: ModelId, value: object, path: Path) -> list[Model]:
    found = fields_of(value, path, {**_MODEL, "variants": map_of(as_is)})
    variants = found.pop("variants", {})
    model = Model(model_id, **found)
    return [model] + [
        _read_variant(model, name, item, (*path, "variants", name))
        for name, item in variants.items()
    ]


def _read_variant(model: Model, name: str, value: object, path: Path) -> Model:
    """A variant shares price and limits; its parameters and figures are its own."""
    own = fields_of(value, path, {key: _MODEL[key] for key in ("upstream", "metrics", "note")})
    upstream = own.get("upstream", Upstream())
    return model._replace(
        id=named(ModelId)(f"{model.id}:{name}", path),
        variant_of=model.id,
        upstream=upstream._replace(model=upstream.model or model.upstream.model),
        metrics=own.get("metrics", NOTHING),
        note=own.get("note"),
    )


def read_model(model_id: ModelId, value: object, path: Path) -> Model:
    """A model as a release holds it: variants are models of their own."""
    return Model(model_id, **fields_of(value, path, {**_MODEL, "confidential": flag}))


def read_limits(value: object, path: Path) -> dict[str, int]:
    """Token limits by name (see LIMITS)."""
    return fields_of(value, path, _LIMITS)


def _words(value: object, path: Path) -> frozenset[str]:
    return frozenset(list_of(text)(value, path))


def _upstream(value: object, path: Path) -> Upstream:
    return Upstream(**fields_of(value, path, {"model": text, "params": _params}))


def _params(value: object, path: Path) -> dict[str, str | int]:
    return fields_of(value, path, _PARAMS)


def _tier(value: object, path: Path) -> Tier:
    rates = fields_of(value, path, {"above_input_tokens": count, **_RATES})
    if "above_input_tokens" not in rates:
        raise Malformed("missing 'above_input_tokens'", path)
    return Tier(rates.pop("above_input_tokens"), rates)


def _price(value: object, path: Path) -> Price:
    rates = fields_of(value, path, _PRICE)
    rest = {key: rates.pop(key) for key in _PRICE.keys() - _RATES.keys() if key in rates}
    return Price(rates, **rest)


def _figure(value: object, path: Path) -> Figure:
    if not isinstance(value, dict):
        return Figure(number(value, path))
    found = fields_of(value, path, {"value": number, "source": text, "observed_on": day})
    if "value" not in found:
        raise Malformed("missing 'value'", path)
    return Figure(**found)


_LIMITS = dict.fromkeys(LIMITS, count)
_RATES = dict.fromkeys(RATES, number)
_PRICE = {
    **_RATES,
    "tiers": list_of(_tier),
    "also_charged": list_of(text),
    "source": text,
    "observed_on": day,
}
_PARAMS = {
    "reasoning_effort": one_of(*EFFORTS),
    "thinking_budget_tokens": count,
    "verbosity": one_of(*VERBOSITIES),
}
_MODEL = {
    "revision": text,
    "pinned": flag,
    "owned_by": text,
    "released_on": day,
    "retires_on": day,
    "open_weights": flag,
    "upstream": _upstream,
    "limits": read_limits,
    "input": _words,
    "capabilities": _words,
    "price": _price,
    "metrics": map_of(_figure),
    "variant_of": named(ModelId),
    "source": text,
    "observed_on": day,
    "sources": map_of(text),
    "note": text,
}


def read_metrics(value: object, path: Path = ()) -> list[Metric]:
    """The declarations of `catalog/metrics.yaml` or of a release's `metrics`."""
    declared = map_of(as_is)(value, path)
    return [read_metric(name, item, (*path, name)) for name, item in declared.items()]


def read_metric(name: str, value: object, path: Path) -> Metric:
    """One metric's declaration."""
    fields = JsonFields(value, path)
    bounds = JsonFields(fields.get("range", map_of(as_is)) or {}, (*path, "range"))
    metric = Metric(
        name=name,
        unit=fields.need("unit", one_of(*UNITS)),
        better=fields.need("better", one_of("higher", "lower")),
        description=fields.get("description", text),
        at_least=bounds.get("at_least", number),
        at_most=bounds.get("at_most", number),
        version=fields.get("version", text),
        source=fields.get("source", text),
        licence=fields.get("licence", text),
        observed_on=fields.get("observed_on", day),
        collected_on=fields.get("collected_on", day),
    )
    bounds.close()
    fields.close()
    return metric


# Writing


def model_to_json(model: Model) -> dict[str, object]:
    """A model as a release holds it; what is unknown is absent."""
    return _present(
        revision=model.revision,
        pinned=model.pinned,
        owned_by=model.owned_by,
        released_on=_day_text(model.released_on),
        retires_on=_day_text(model.retires_on),
        open_weights=model.open_weights,
        upstream=_present(model=model.upstream.model, params=dict(model.upstream.params) or None)
        or None,
        limits=dict(model.limits) or None,
        input=None if model.input is None else sorted(model.input),
        capabilities=None if model.capabilities is None else sorted(model.capabilities),
        price=None if model.price is None else _price_to_json(model.price),
        metrics={name: _figure_to_json(item) for name, item in model.metrics.items()} or None,
        variant_of=model.variant_of,
        source=model.source,
        observed_on=_day_text(model.observed_on),
        sources=dict(model.sources) or None,
        note=model.note,
        confidential=model.confidential or None,
    )


def metric_to_json(metric: Metric) -> dict[str, object]:
    """A metric's declaration as a release holds it."""
    bounds = {"at_least": metric.at_least, "at_most": metric.at_most}
    return _present(
        unit=metric.unit,
        better=metric.better,
        description=metric.description,
        range=rates_to_json({name: bound for name, bound in bounds.items() if bound is not None})
        or None,
        version=metric.version,
        source=metric.source,
        licence=metric.licence,
        observed_on=_day_text(metric.observed_on),
        collected_on=_day_text(metric.collected_on),
    )


def rates_to_json(rates: Mapping[str, Fraction]) -> dict[str, str]:
    """Named exact numbers as canonical decimal strings."""
    return {name: fraction_to_text(rate) for name, rate in rates.items()}


def _price_to_json(price: Price) -> dict[str, object]:
    tiers = [
        {"above_input_tokens": tier.above_input_tokens, **rates_to_json(tier.rates)}
        for tier in price.tiers
    ]
    return {
        **rates_to_json(price.rates),
        **_present(
            tiers=tiers or None,
            also_charged=list(price.also_charged) or None,
            source=price.source,
            observed_on=_day_text(price.observed_on),
        ),
    }


def _figure_to_json(figure: Figure) -> object:
    value = fraction_to_text(figure.value)
    if figure.source is None and figure.observed_on is None:
        return value
    return {
        "value": value,
        **_present(source=figure.source, observed_on=_day_text(figure.observed_on)),
    }


def _day_text(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _present(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}
