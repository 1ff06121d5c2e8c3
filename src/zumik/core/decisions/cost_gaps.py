"""Cost gaps: in what an `expected_cost` is not exactly what a request would cost.

The resolver counts tokens times prices. Where a price is unknown it takes another, and what the
workload does not count it leaves out; the figure decides all the same, and a reader must know.
"""

from __future__ import annotations

from enum import Enum
from fractions import Fraction

from zumik.core.facts.policy import Workload
from zumik.core.facts.price import Price


class CostGap(Enum):
    """What makes a cost an upper bound, or leaves a part of it out."""

    CACHED_AT_INPUT_PRICE = "cached_share_at_input_price"
    CACHE_WRITES_LEFT_OUT = "cache_writes_left_out"
    OTHER_CHARGES_LEFT_OUT = "other_charges_left_out"


def cost_gaps(price: Price | None, workload: Workload | None) -> tuple[CostGap, ...]:
    """In what the cost under this workload is no exact figure; empty where it is one.

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
    price: Price | None, workload: Workload | None, *, cached_known: bool
) -> tuple[CostGap, ...]:
    """The same for tokens that a log counts, which may not say how many came from a cache.

    All input then counts at the price of input, which is an upper bound where a cache read is
    cheaper; and what may have been read from a cache may have been written there.
    """
    if price is None or workload is None or cached_known:
        return cost_gaps(price, workload)
    gaps = set(cost_gaps(price, workload._replace(cached_input=Fraction(1))))
    rates = price.rates_at(workload.input_tokens)
    batch = "batch_" if workload.batch else ""
    whole = rates.get(f"{batch}input", Fraction(0))
    if workload.input_tokens and rates.get(f"{batch}cache_read", whole) < whole:
        gaps.add(CostGap.CACHED_AT_INPUT_PRICE)
    return tuple(gap for gap in CostGap if gap in gaps)
