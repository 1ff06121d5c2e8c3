"""The facts of a model one by one, each with its source and date; what is unknown says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from zumik.core.decisions.figure_errors import half_interval
from zumik.core.facts.catalog import LIMITS, Figure, Metric, Model
from zumik.reports.text import figure, plural, rounded, safe, value_to_text

UNKNOWN = "unknown"

PINNED = {
    True: "pinned: the provider promises not to re-point this id",
    False: "floating: the provider may re-point this id",
    None: "unknown: no source says whether the provider may re-point this id, so only aliases that "
    "allow floating revisions may choose it",
}

ABILITIES = {"input": "takes", "output": "gives", "capabilities": "capabilities"}
"""The lists of words that a model has, and what each says of it."""

_DECIMAL = r"([0-9]{1,15}(?:\.[0-9]{1,15})?)"
_ERROR = re.compile(rf"\b95 % {_DECIMAL} to {_DECIMAL}(?![0-9.])")


class ModelFact(NamedTuple):
    """One fact in words. `value` is UNKNOWN where it is not known, and then has no source."""

    name: str
    value: str
    source: str | None = None
    observed_on: date | None = None

    @property
    def is_known(self) -> bool:
        """Whether the value is known."""
        return self.value != UNKNOWN


class FactGroup(NamedTuple):
    """Facts of one kind."""

    title: str
    facts: tuple[ModelFact, ...]


class MeasuredFact(NamedTuple):
    """A figure of a metric. `error` is the range that its source gives, else UNKNOWN."""

    name: str
    value: str
    better: str
    error: str
    source: str | None
    observed_on: date | None
    description: str


def fact_groups(model: Model) -> tuple[FactGroup, ...]:
    """Every fact but prices and figures, known or not."""
    return (
        FactGroup("Revision and lifecycle", tuple(_identity(model))),
        FactGroup("Limits", tuple(_limits(model))),
        FactGroup("Input, output and capabilities", tuple(_abilities(model))),
    )


def _identity(model: Model) -> Iterator[ModelFact]:
    pinned = {True: "pinned", False: "floating", None: None}[model.pinned]
    weights = {True: "open", False: "closed", None: None}[model.open_weights]
    params = ", ".join(f"{k}={value_to_text(v)}" for k, v in model.upstream.params.items())
    yield _fact(model, "revision", model.revision)
    yield _fact(model, "pinned", pinned, name="pinned or floating")
    yield _fact(model, "owned_by", model.owned_by)
    yield _fact(model, "released_on", model.released_on, name="released")
    yield from _end(model)
    yield _fact(model, "open_weights", weights, name="weights")
    yield _fact(model, "upstream", model.upstream.model, name="id at the provider")
    yield _fact(model, "upstream", params or "none", name="parameters")
    yield _fact(model, "mode", model.mode, name="mode")
    yield _fact(model, "region", model.region)
    yield _fact(model, "data_residency", model.data_residency)
    # Labels are the team's own word: a model without one lacks it.
    yield ModelFact("labels", ", ".join(sorted(map(safe, model.labels or ()))) or "none")


def _end(model: Model) -> Iterator[ModelFact]:
    """When it retires, what replaces it, and since when it is not served."""
    # Unlike other facts, a day that no source names is known to be not announced.
    day = _fact(model, "retires_on", model.retires_on or "not announced", name="retires")
    known = model.lifecycle
    if known is None:
        yield day
        return
    source, seen = known.source and safe(known.source), known.observed_on
    if not (source or seen):
        source, seen = day.source, day.observed_on
    yield day._replace(source=source, observed_on=seen) if known.retires_on else day
    for name, found in (
        ("successor, by its provider", known.successor),
        ("not served since", known.not_served_since),
    ):
        if found is not None:
            yield ModelFact(name, str(found), source, seen)


def _limits(model: Model) -> Iterator[ModelFact]:
    for limit in LIMITS:
        text = _tokens(model.limits.get(limit))
        yield _fact(model, "limits", text, name=f"{limit.removesuffix('_tokens')} limit")
    cached = _tokens(model.cacheable_from_tokens)
    yield _fact(model, "cacheable_from_tokens", cached, name="shortest prompt that is cached")


def _tokens(count: int | None) -> str | None:
    return None if count is None else f"{count:,} tokens"


def _abilities(model: Model) -> Iterator[ModelFact]:
    for field, name in ABILITIES.items():
        yield _fact(model, field, words_to_text(model, field), name=name)


def words_to_text(model: Model, field: str) -> str | None:
    """A list of the model in words; None where nothing of it is known.

    What the model is said to lack follows as `no …`, and then what neither list has is unknown.
    """
    known: frozenset[str] | None = getattr(model, field)
    lacked: frozenset[str] | None = getattr(model.lacks, field)
    has = ", ".join(sorted(known or ()))
    if lacked is None:
        return None if known is None else has or "none"
    if not (known or lacked):
        return None
    said = [has, f"no {', no '.join(sorted(lacked))}" if lacked else "", "any other unknown"]
    return "; ".join(filter(None, said))


def _fact(model: Model, field: str, value: object, *, name: str = "") -> ModelFact:
    name = name or field.replace("_", " ")
    if value is None:
        return ModelFact(name, UNKNOWN)
    # A source of one fact has its date in its own words.
    own = model.sources.get(field)
    source, day = (own, None) if own else (model.source, model.observed_on)
    return ModelFact(name, safe(value), source and safe(source), day)


def rate_name(rate: str) -> str:
    """A rate in words: `cache read`."""
    return rate.replace("_", " ")


def rate_to_text(rates: Mapping[str, Fraction], rate: str) -> str:
    """A rate in USD per million tokens, or that it is unknown: it is never inherited."""
    return f"${rounded(rates[rate])}" if rate in rates else UNKNOWN


def price_origin(model: Model) -> tuple[str | None, date | None]:
    """The source of a model's price, and the day on which it was observed."""
    price = model.price
    if price is not None and (price.source or price.observed_on):
        return price.source and safe(price.source), price.observed_on
    own = model.sources.get("price")
    if own:
        return safe(own), None
    return model.source and safe(model.source), model.observed_on


def measured_facts(model: Model, metrics: Mapping[str, Metric]) -> tuple[MeasuredFact, ...]:
    """The figures of a model, by metric."""
    return tuple(_measured(model, name, metrics.get(name)) for name in sorted(model.metrics))


def _measured(model: Model, name: str, metric: Metric | None) -> MeasuredFact:
    item = model.metrics[name]
    source = item.source or (metric.source if metric else None)
    about = metric.description or "" if metric else ""
    if metric and metric.version:
        about = f"{about} Version: {metric.version}.".lstrip()
    return MeasuredFact(
        name=safe(name),
        value=figure(item.value, metric.unit if metric else ""),
        better=metric.better if metric else UNKNOWN,
        error=error_to_text(item, metric),
        source=source and safe(source),
        observed_on=metric.dated(item) if metric else item.observed_on,
        description=safe(about),
    )


def how_measured(item: Figure, unit: str) -> str:
    """What is known of a figure's run, as it follows the figure: ` ±0.031 (95 %), 200 samples`."""
    half = half_interval(item)
    parts = [f" ±{figure(half, unit)} (95 %)" if half is not None else ""]
    parts += [f", {plural(item.samples, 'sample')}"] if item.samples else []
    parts += [f", effort {item.effort}"] if item.effort else []
    parts += [f", of revision {safe(item.revision)}"] if item.revision else []
    parts += [f", run {safe(shortened_run(item.run))}"] if item.run else []
    return "".join(parts)


def shortened_run(run: str) -> str:
    """A link as it is; of a digest the first 12 digits."""
    kind, colon, digest = run.partition(":")
    return f"{kind}:{digest[:12]}" if colon and kind == "sha256" else run


def error_to_text(item: Figure, metric: Metric | None) -> str:
    """A figure's error at 95 %: `±0.031` by its standard error, else the range of its source."""
    unit, half = metric.unit if metric else "", half_interval(item)
    if half is not None:
        return f"±{figure(half, unit)}"
    low, high = error_range(item, metric)
    if low is None or high is None:
        return UNKNOWN
    return f"{figure(low, unit)} to {figure(high, unit)}"


def error_range(
    item: Figure, metric: Metric | None = None
) -> tuple[Fraction, Fraction] | tuple[None, None]:
    """The two ends of a figure's 95 % interval; None where neither figure nor source gives them.

    By its standard error; else as `logs observe` writes them into the source.
    """
    half = half_interval(item)
    if half is not None:
        return item.value - half, item.value + half
    found = _ERROR.search(item.source or (metric.source if metric else None) or "")
    return (Fraction(found[1]), Fraction(found[2])) if found else (None, None)
