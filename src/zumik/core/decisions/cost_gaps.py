"""Cost gaps: in what an `expected_cost` is not exactly what a request would cost.

The resolver counts tokens times prices. Where a price is unknown it takes another, and what the
workload does not count it leaves out; the figure decides all the same, and a reader must know.
"""

from __future__ import annotations

from datetime import date
from enum import Enum
from fractions import Fraction

from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import Workload
from zumik.core.facts.price import Price
from zumik.core.resolvers import ResolverVersion
from zumik.core.resolvers.facts import Facts, Failure


class CostGap(Enum):
    """What makes a cost an upper bound, or leaves a part of it out."""

    CACHED_AT_INPUT_PRICE = "cached_share_at_input_price"
    CACHE_WRITES_LEFT_OUT = "cache_writes_left_out"
    OTHER_CHARGES_LEFT_OUT = "other_charges_left_out"
    OFF_PEAK_PRICE = "off_peak_price"
    CACHE_WRITES_AT_INPUT_PRICE = "cache_writes_at_input_price"
    SEARCHES_LEFT_OUT = "searches_left_out"


def cost_gaps(
    model: Model, workload: Workload | None, facts: Facts, made_by: ResolverVersion
) -> tuple[CostGap, ...]:
    """In what the cost under this workload is no exact figure; empty where it is one."""
    if made_by.version == 1:
        return _first_gaps(model.price, workload)
    return () if workload is None else _gaps(model, workload, facts.day)


def _gaps(model: Model, workload: Workload, day: date) -> tuple[CostGap, ...]:
    """Of resolver 2: the parts that it finds missing, and cache reads at the price of input.

    What is read from a cache was written there, also where the workload does not say how much.
    """
    # Only a release of resolver 2 loads it.
    from zumik.core.resolvers.v2.measure import cost_of, rates_that_apply

    cost = cost_of(model, workload, day)
    if isinstance(cost, Failure):
        return ()
    found = {_LACKING.get(field, CostGap.CACHE_WRITES_AT_INPUT_PRICE) for field in cost.lacks}
    rates = rates_that_apply(model.price and model.price.on(day), workload)
    cacheable = (model.cacheable_from_tokens or 0) <= workload.input_tokens
    reads = workload.cached_input * workload.input_tokens and cacheable
    if reads and "cache_read" not in rates and rates.get("input"):
        found.add(CostGap.CACHED_AT_INPUT_PRICE)
    if reads and not workload.cache_written and rates.get("cache_write"):
        found.add(CostGap.CACHE_WRITES_LEFT_OUT)
    return tuple(gap for gap in CostGap if gap in found)


_LACKING = {
    "price.basis": CostGap.OFF_PEAK_PRICE,
    "price.fees.search": CostGap.SEARCHES_LEFT_OUT,
    "price.also_charged": CostGap.OTHER_CHARGES_LEFT_OUT,
}


def _first_gaps(price: Price | None, workload: Workload | None) -> tuple[CostGap, ...]:
    """Of resolver 1.

    Cache reads without a price of their own count at the price of input, which is an upper bound.
    What is read from a cache was written there, and writes that have a price are not counted. Nor
    is a charge that no rate holds, such as a fee for each search: a workload does not say how often
    it applies.
    """
    if price is None or workload is None:
        return ()
    gaps = []
    if workload.cached_input * workload.input_tokens:
        rates = price.rates_at(workload.input_tokens)
        batch = "batch_" if workload.batch else ""
        if f"{batch}cache_read" not in rates and rates.get(f"{batch}input"):
            gaps.append(CostGap.CACHED_AT_INPUT_PRICE)
        if rates.get("cache_write"):
            gaps.append(CostGap.CACHE_WRITES_LEFT_OUT)
    if price.also_charged:
        gaps.append(CostGap.OTHER_CHARGES_LEFT_OUT)
    return tuple(gaps)


def cost_gaps_of_usage(
    model: Model,
    workload: Workload,
    facts: Facts,
    made_by: ResolverVersion,
    *,
    cached_known: bool,
) -> tuple[CostGap, ...]:
    """The same for tokens that a log counts, which may not say how many came from a cache.

    All input then counts at the price of input, which is an upper bound where a cache read is
    cheaper; and what may have been read from a cache may have been written there. No log counts
    searches, so that with a fee for them a part may be left out.
    """
    price = model.price and model.price.on(facts.day)
    if price is None:
        return ()
    used = workload if cached_known else workload._replace(cached_input=Fraction(1))
    gaps = set(cost_gaps(model, used, facts, made_by))
    if "search" in price.fees:
        gaps.add(CostGap.SEARCHES_LEFT_OUT)
    service = price.service(workload.tier)
    if service is not None and not cached_known:
        rates = service.rates_at(workload.input_tokens)
        whole = rates.get("input", Fraction(0))
        if workload.input_tokens and rates.get("cache_read", whole) < whole:
            gaps.add(CostGap.CACHED_AT_INPUT_PRICE)
    return tuple(gap for gap in CostGap if gap in gaps)
