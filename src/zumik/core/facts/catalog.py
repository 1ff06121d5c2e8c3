"""The catalog: facts about provider models, each with a source and a date.

Absent means unknown, never zero and never false. Prices are USD per million tokens. The same
readers take a catalog file and a release; the writers produce what a release holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

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
    matching,
    named,
    number,
    one_of,
    text,
)
from zumik.core.basics.findings import Path
from zumik.core.basics.names import ModelId
from zumik.core.facts.price import (
    Price,
    price_to_json,
    rates_to_json,
    read_authored_price,
    read_price,
)

LIMITS = ("context_tokens", "input_tokens", "output_tokens")


class Figure(NamedTuple):
    """One measured value; source and date where they differ from its metric's.

    `standard_error` is in the metric's unit, and `samples` how many it is the mean of. `revision`
    and `effort` are those of the model that was measured, `run` a link to or the digest of the run.
    """

    value: Fraction
    source: str | None = None
    observed_on: date | None = None
    standard_error: Fraction | None = None
    samples: int | None = None
    revision: str | None = None
    effort: str | None = None
    run: str | None = None


class Upstream(NamedTuple):
    """What to ask the provider for. `params` come from a closed list, never an address or a key."""

    model: str | None = None
    params: Mapping[str, str | int] = NOTHING


class Lifecycle(NamedTuple):
    """What is known of an offering's end, and where it was seen.

    `successor` is the provider's own word for what replaces it, and decides nothing.
    """

    retires_on: date | None = None
    source: str | None = None
    observed_on: date | None = None
    successor: ModelId | None = None
    not_served_since: date | None = None


class Lacks(NamedTuple):
    """The words that a model is said to lack.

    Where a list is there, even an empty one, a word in neither it nor the model's own list is
    unknown; where it is None, a list of the model is complete.
    """

    capabilities: frozenset[str] | None = None
    input: frozenset[str] | None = None
    output: frozenset[str] | None = None


class Model(NamedTuple):
    """One provider's offering and everything known of it.

    `retires_on` is the day that its lifecycle has, where it has one. `confidential` is set for a
    provider and holds for all of its models: see `reviews.visibility`.
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
    output: frozenset[str] | None = None
    mode: str | None = None
    lacks: Lacks = Lacks()
    lifecycle: Lifecycle | None = None
    region: str | None = None
    data_residency: str | None = None
    labels: frozenset[str] | None = None
    cacheable_from_tokens: int | None = None

    @property
    def ends_on(self) -> date | None:
        """The first day on which the provider does not serve it, by what is announced or seen."""
        since = self.lifecycle.not_served_since if self.lifecycle else None
        return min(filter(None, (self.retires_on, since)), default=None)

    def has_word(self, field: str, word: str) -> bool | None:
        """Whether `capabilities`, `input` or `output` has a word; None where that is unknown."""
        listed: frozenset[str] | None = getattr(self, field)
        if listed is not None and word in listed:
            return True
        lacked: frozenset[str] | None = getattr(self.lacks, field)
        if lacked is not None:
            return False if word in lacked else None
        return None if listed is None else False


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
    found = fields_of(value, path, _OFFERING)
    variants = found.pop("variants", {})
    model = _model_of(model_id, found, path)
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
    return _model_of(model_id, fields_of(value, path, {**_MODEL, "confidential": flag}), path)


def _model_of(model_id: ModelId, found: dict[str, Any], path: Path) -> Model:
    lifecycle = found.get("lifecycle")
    if lifecycle is not None and lifecycle.retires_on is not None:
        if "retires_on" in found:
            raise Malformed("'retires_on' beside that of 'lifecycle'", (*path, "retires_on"))
        found["retires_on"] = lifecycle.retires_on
    model = Model(model_id, **found)
    for field, lacked in model.lacks._asdict().items():
        both = sorted((lacked or frozenset()) & (getattr(model, field) or frozenset()))
        if both:
            raise Malformed(f"{both[0]} is also in '{field}'", (*path, "lacks", field))
    return model


def read_limits(value: object, path: Path) -> dict[str, int]:
    """Token limits by name (see LIMITS)."""
    return fields_of(value, path, _LIMITS)


def _words(value: object, path: Path) -> frozenset[str]:
    return frozenset(list_of(text)(value, path))


def _upstream(value: object, path: Path) -> Upstream:
    return Upstream(**fields_of(value, path, {"model": text, "params": _params}))


def _params(value: object, path: Path) -> dict[str, str | int]:
    return fields_of(value, path, _PARAMS)


_MODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LABEL = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def _labels(value: object, path: Path) -> frozenset[str]:
    return frozenset(list_of(matching(_LABEL, "a label, as in approved"))(value, path))


def _error(value: object, path: Path) -> Fraction:
    error = number(value, path)
    if error < 0:
        raise Malformed("a standard error below 0", path)
    return error


def _lifecycle(value: object, path: Path) -> Lifecycle:
    return Lifecycle(**fields_of(value, path, _LIFECYCLE))


def _lacks(value: object, path: Path) -> Lacks:
    return Lacks(**fields_of(value, path, dict.fromkeys(Lacks._fields, _words)))


def _figure(value: object, path: Path) -> Figure:
    if not isinstance(value, dict):
        return Figure(number(value, path))
    found = fields_of(value, path, _FIGURE)
    if "value" not in found:
        raise Malformed("missing 'value'", path)
    return Figure(**found)


_LIMITS = dict.fromkeys(LIMITS, count)
_FIGURE: dict[str, Any] = {
    "value": number,
    "source": text,
    "observed_on": day,
    "standard_error": _error,
    "samples": count,
    "revision": text,
    "effort": text,
    "run": text,
}
_LIFECYCLE: dict[str, Any] = {
    "retires_on": day,
    "source": text,
    "observed_on": day,
    "successor": named(ModelId),
    "not_served_since": day,
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
    "price": read_price,
    "metrics": map_of(_figure),
    "variant_of": named(ModelId),
    "source": text,
    "observed_on": day,
    "sources": map_of(text),
    "note": text,
    "output": _words,
    "mode": matching(_MODE, "a mode, as in chat"),
    "lacks": _lacks,
    "lifecycle": _lifecycle,
    "region": text,
    "data_residency": text,
    "labels": _labels,
    "cacheable_from_tokens": count,
}
_OFFERING = {**_MODEL, "price": read_authored_price, "variants": map_of(as_is)}


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
        retires_on=None if _ends(model) else _day_text(model.retires_on),
        open_weights=model.open_weights,
        upstream=_present(model=model.upstream.model, params=dict(model.upstream.params) or None)
        or None,
        limits=dict(model.limits) or None,
        input=None if model.input is None else sorted(model.input),
        capabilities=None if model.capabilities is None else sorted(model.capabilities),
        price=None if model.price is None else price_to_json(model.price),
        metrics={name: _figure_to_json(item) for name, item in model.metrics.items()} or None,
        variant_of=model.variant_of,
        source=model.source,
        observed_on=_day_text(model.observed_on),
        sources=dict(model.sources) or None,
        note=model.note,
        confidential=model.confidential or None,
        output=None if model.output is None else sorted(model.output),
        mode=model.mode,
        lacks=_lacks_to_json(model.lacks) or None,
        lifecycle=(model.lifecycle and _lifecycle_to_json(model.lifecycle)) or None,
        region=model.region,
        data_residency=model.data_residency,
        labels=None if model.labels is None else sorted(model.labels),
        cacheable_from_tokens=model.cacheable_from_tokens,
    )


def _ends(model: Model) -> bool:
    return model.lifecycle is not None and model.lifecycle.retires_on is not None


def _lacks_to_json(lacks: Lacks) -> dict[str, object]:
    return {name: sorted(words) for name, words in lacks._asdict().items() if words is not None}


def _lifecycle_to_json(lifecycle: Lifecycle) -> dict[str, object]:
    return _present(
        retires_on=_day_text(lifecycle.retires_on),
        source=lifecycle.source,
        observed_on=_day_text(lifecycle.observed_on),
        successor=lifecycle.successor,
        not_served_since=_day_text(lifecycle.not_served_since),
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


def _figure_to_json(figure: Figure) -> object:
    value = fraction_to_text(figure.value)
    error = figure.standard_error
    rest = _present(
        source=figure.source,
        observed_on=_day_text(figure.observed_on),
        standard_error=None if error is None else fraction_to_text(error),
        samples=figure.samples,
        revision=figure.revision,
        effort=figure.effort,
        run=figure.run,
    )
    return {"value": value, **rest} if rest else value


def _day_text(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _present(**fields: object) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value is not None}
