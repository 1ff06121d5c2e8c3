"""What calls cost by the prices that a release froze, for the tokens that the log counts.

A cost is linear in the tokens as long as the same tier of a price holds, so that calls of one tier
can be summed first. The rates are those that the release's own resolver uses.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.decisions.cost_gaps import CostGap, cost_gaps_of_usage
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import COST, Workload
from zumik.core.releases.release import VerifiedRelease


class TokenSums(NamedTuple):
    """Tokens of calls whose input is in the same tier of every price; `longest` is one of them.

    `calls` is how many there are. Without `cached_known` some log does not say what came from a
    cache, and that counts as fresh.
    """

    longest: int
    fresh_input: int
    cached_input: int
    output: int
    cached_known: bool = True
    calls: int = 0


class FrozenCost(NamedTuple):
    """USD, and in what that is no exact figure."""

    usd: Fraction
    gaps: tuple[CostGap, ...]


def price_edges(models: Iterable[Model]) -> tuple[int, ...]:
    """The lengths of input above which any price of these changes, in order."""
    edges: set[int] = set()
    for model in models:
        if model.cacheable_from_tokens:
            edges.add(model.cacheable_from_tokens - 1)
        if model.price is not None:
            for price in (model.price, *model.price.dated):
                edges |= {tier.above_input_tokens for tier in price.tiers}
                for service in price.services.values():
                    edges |= {tier.above_input_tokens for tier in service.tiers}
    return tuple(sorted(edges))


def frozen_cost(
    source: VerifiedRelease, alias: AliasName, model: ModelId, tokens: TokenSums
) -> FrozenCost | None:
    """What the calls cost at the tier of the alias's workload; None where a price is unknown."""
    frozen, known = source.aliases.get(alias), source.models.get(model)
    if frozen is None or known is None or known.price is None:
        return None
    facts, made_by = source.release.facts, source.release.made_by
    price = known.price.on(facts.day)
    fee = price.fees["request"].usd if "request" in price.fees else Fraction(0)
    # A fee is no part of a rate: it counts by the call, and not by the token.
    rated = known._replace(price=price._replace(fees={}, dated=()))
    require = frozen.policy.require._replace(incomplete_cost_allowed=True)
    tier = frozen.policy.workload.tier if frozen.policy.workload else "standard"

    def cost(output: int, cached: int) -> Fraction | None:
        workload = Workload(tokens.longest, output, Fraction(cached), tier)
        asked = frozen.policy._replace(workload=workload, require=require)
        value = made_by.value_of(COST, rated, asked, facts)
        return value if isinstance(value, Fraction) else None

    fresh, cached, with_output = cost(0, 0), cost(0, 1), cost(1, 0)
    if fresh is None or cached is None or with_output is None:
        return None
    # Without any input the rates of input do not matter, and there is no length to divide by.
    length = max(tokens.longest, 1)
    usd = (fresh * tokens.fresh_input + cached * tokens.cached_input) / length
    usd += (with_output - fresh) * tokens.output + fee * tokens.calls
    share = Fraction(1 if tokens.cached_input else 0)
    used = Workload(tokens.longest, tokens.output, share, tier)
    gaps = cost_gaps_of_usage(known, used, facts, made_by, cached_known=tokens.cached_known)
    return FrozenCost(usd, gaps)
