"""Resolver 2, measuring: what a word of the policy is worth for each model.

Figures and latencies are measured as in resolver 1. A cost counts all that the workload names, by
the price of the release's day, and asks for no rate that no token needs. Append-only once a release
has landed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.field_readers import NOTHING
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import COST, Alias, Workload
from zumik.core.facts.price import BATCH, STANDARD, Price
from zumik.core.resolvers.facts import Facts, Failure
from zumik.core.resolvers.v1.measure import Value
from zumik.core.resolvers.v1.measure import values_of as figures_of

_PER_MILLION = 1_000_000
_OFF_PEAK = "off_peak"
_STAND_INS = {
    "cache_read": "input",
    "cache_write": "input",
    "cache_write_1h": "input",
    "output_reasoning": "output",
}
"""The rate that is charged in the place of an unknown one; cache writes may cost more than that."""


class Cost(NamedTuple):
    """USD per request, and the fields of what it lacks: with any it is a lower bound."""

    usd: Fraction
    lacks: tuple[str, ...] = ()


def values_of(word: str, models: Sequence[Model], alias: Alias, facts: Facts) -> list[Value]:
    """A measure under the alias's workload for each model: USD, seconds, or its metric's unit."""
    if word != COST:
        return figures_of(word, models, alias, facts)
    if alias.workload is None:
        return [Failure("fact_unknown", "workload")] * len(models)
    return [_value(cost_of(model, alias.workload, facts.day), alias) for model in models]


def value_of(word: str, model: Model, alias: Alias, facts: Facts) -> Value:
    """The value of a measure for one model; see `values_of`."""
    return values_of(word, [model], alias, facts)[0]


def _value(cost: Cost | Failure, alias: Alias) -> Value:
    if isinstance(cost, Failure):
        return cost
    if cost.lacks and not alias.require.incomplete_cost_allowed:
        return Failure("cost_incomplete", cost.lacks[0])
    return cost.usd


def cost_of(model: Model, workload: Workload, day: date) -> Cost | Failure:
    """What a request of this workload costs by the price of the day; a Failure if it is unknown."""
    price = None if model.price is None else model.price.on(day)
    rates = rates_that_apply(price, workload)
    lacks: list[str] = []
    total = Fraction(0)
    for name, tokens in _parts(workload, model.cacheable_from_tokens):
        if not tokens:
            continue
        rate = rates.get(name)
        if rate is None:
            stand_in = _STAND_INS.get(name, name)
            rate = rates.get(stand_in)
            if rate is None:
                return Failure("fact_unknown", rate_field(stand_in, price, workload))
            if name.startswith("cache_write"):
                lacks.append(rate_field(name, price, workload))
        total += tokens * rate
    if price is None:
        return Failure("fact_unknown", "price")
    fees = price.fees
    usd = total / _PER_MILLION + (fees["request"].usd if "request" in fees else 0)
    if workload.searches and "search" in fees:
        usd += workload.searches * fees["search"].usd
    elif workload.searches:
        lacks.append("price.fees.search")
    if price.basis == _OFF_PEAK:
        lacks.insert(0, "price.basis")
    if price.also_charged:
        lacks.append("price.also_charged")
    return Cost(usd, tuple(lacks))


def _parts(workload: Workload, cacheable_from: int | None) -> Iterator[tuple[str, Fraction]]:
    """The tokens that are charged at each rate; shares of a token are charged too."""
    total_in, total_out = workload.input_tokens, workload.output_tokens
    cacheable = cacheable_from is None or cacheable_from <= total_in
    cached = total_in * workload.cached_input if cacheable else Fraction(0)
    written = total_in * workload.cache_written if cacheable else Fraction(0)
    audio, image = total_in * workload.input_audio, total_in * workload.input_image
    said, drawn = total_out * workload.output_audio, total_out * workload.output_image
    thought = total_out * workload.reasoning
    yield "input", total_in - cached - written - audio - image
    yield "cache_read", cached
    yield "cache_write_1h" if workload.cache_kept == "1h" else "cache_write", written
    yield "input_audio", audio
    yield "input_image", image
    yield "output", total_out - said - drawn - thought
    yield "output_reasoning", thought
    yield "output_audio", said
    yield "output_image", drawn


def rates_that_apply(price: Price | None, workload: Workload | None) -> Mapping[str, Fraction]:
    """The rates of the workload's service and tier, of a price of the day; the base without one."""
    if price is None:
        return NOTHING
    if workload is None:
        return price.rates
    service = price.service(workload.tier)
    return NOTHING if service is None else service.rates_at(workload.input_tokens)


def rate_field(name: str, price: Price | None, workload: Workload | None) -> str:
    """The field of a rate of a price of the day, as a reason names it."""
    service = STANDARD if workload is None else workload.tier
    if service == STANDARD:
        return f"price.{name}"
    if service == BATCH and (price is None or BATCH not in price.services):
        return f"price.batch_{name}"
    return f"price.services.{service}.{name}"
