"""Resolver 2, measuring: what a word of the policy is worth for each model.

Figures and latencies are measured as in resolver 1. A cost counts all that the workload names, by
the price of the release's day, and asks for no rate that no token needs. Append-only once a release
has landed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from math import lcm
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
    charged = _charged(alias.workload)
    return [_value(_cost(model, charged, facts.day), alias) for model in models]


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
    return _cost(model, _charged(workload), day)


class _Charged(NamedTuple):
    """A workload, and what is charged of it: each rate with its tokens, in parts of a token."""

    workload: Workload
    parts: int
    tokens: tuple[tuple[str, int], ...]


def _cost(model: Model, charged: _Charged, day: date) -> Cost | Failure:
    workload = charged.workload
    price = model.price
    if price is not None and price.dated:
        price = price.on(day)
    rates = rates_that_apply(price, workload)
    lacks: list[str] = []
    tokens_of = charged.tokens
    if model.cacheable_from_tokens and model.cacheable_from_tokens > workload.input_tokens:
        tokens_of = _charged(_uncached(workload), charged.parts).tokens
    # Over one denominator, so that there is one fraction to reduce and not one a step.
    total, over = 0, 1
    for name, tokens in tokens_of:
        rate = rates.get(name)
        if rate is None:
            stand_in = _STAND_INS.get(name, name)
            rate = rates.get(stand_in)
            if rate is None:
                return Failure("fact_unknown", rate_field(stand_in, price, workload))
            if name.startswith("cache_write"):
                lacks.append(rate_field(name, price, workload))
        numerator, denominator = rate.as_integer_ratio()
        if denominator != over:
            both = lcm(over, denominator)
            total *= both // over
            numerator *= both // denominator
            over = both
        total += tokens * numerator
    if price is None:
        return Failure("fact_unknown", "price")
    usd = Fraction(total, over * charged.parts * _PER_MILLION)
    if price.fees and (fees := _fees(price, workload)):
        usd += fees
    if workload.searches and "search" not in price.fees:
        lacks.append("price.fees.search")
    if price.basis == _OFF_PEAK:
        lacks.insert(0, "price.basis")
    if price.also_charged:
        lacks.append("price.also_charged")
    return Cost(usd, tuple(lacks))


def _fees(price: Price, workload: Workload) -> Fraction:
    request, search = price.fees.get("request"), price.fees.get("search")
    usd = request.usd if request is not None else Fraction(0)
    return usd + workload.searches * search.usd if workload.searches and search else usd


def _charged(workload: Workload, parts: int | None = None) -> _Charged:
    shares = [share for share in workload if isinstance(share, Fraction) and share]
    if parts is None:
        # As many parts of a token as make each share of the tokens a whole number.
        parts = lcm(*(share.denominator for share in shares))
    whole_in, whole_out = workload.input_tokens * parts, workload.output_tokens * parts
    if not shares:
        charged = [("input", whole_in), ("output", whole_out)]
    else:
        write = "cache_write_1h" if workload.cache_kept == "1h" else "cache_write"
        charged = [
            *_split("input", whole_in, _of_input(workload, write)),
            *_split("output", whole_out, _of_output(workload)),
        ]
    return _Charged(workload, parts, tuple(each for each in charged if each[1]))


def _uncached(workload: Workload) -> Workload:
    """The workload where the prompt is too short for the provider's cache."""
    return workload._replace(cached_input=Fraction(0), cache_written=Fraction(0))


def _of_input(workload: Workload, write: str) -> dict[str, Fraction]:
    return {
        "cache_read": workload.cached_input,
        write: workload.cache_written,
        "input_audio": workload.input_audio,
        "input_image": workload.input_image,
    }


def _of_output(workload: Workload) -> dict[str, Fraction]:
    return {
        "output_reasoning": workload.reasoning,
        "output_audio": workload.output_audio,
        "output_image": workload.output_image,
    }


def _split(name: str, whole: int, shares: Mapping[str, Fraction]) -> Iterator[tuple[str, int]]:
    """What is left of a count at its own rate, then each share of it at another."""
    parts = [(rate, whole * share.numerator // share.denominator) for rate, share in shares.items()]
    yield name, whole - sum(count for _, count in parts)
    yield from parts


def rates_that_apply(price: Price | None, workload: Workload | None) -> Mapping[str, Fraction]:
    """The rates of the workload's service and tier, of a price of the day; the base without one."""
    if price is None:
        return NOTHING
    if workload is None:
        return price.rates
    if workload.tier == STANDARD:
        return price.rates_at(workload.input_tokens)
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
