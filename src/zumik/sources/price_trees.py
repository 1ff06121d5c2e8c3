"""Prices as a catalog file holds them: under its keys, each rate as a writer gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.facts.price import RATES, Fee, Origin, Price, Service, Tier
from zumik.sources.offers import Imported

Write = Callable[[Fraction], object]


def price_tree(price: Price, write: Write, imported: Imported | None = None) -> dict[str, object]:
    """A price under the keys of a catalog file, each rate as `write` gives it.

    With `imported` its dated prices are cited as of that import.
    """
    tree: dict[str, object] = {}
    if price.effective_from is not None:
        tree["from"] = price.effective_from.isoformat()
    tree |= _rate_tree(price.rates, write)
    if price.tiers:
        tree["tiers"] = tier_trees(price.tiers, write)
    if price.services:
        tree["services"] = {n: service_tree(s, write) for n, s in price.services.items()}
    if price.fees:
        tree["fees"] = {name: fee_tree(fee, write) for name, fee in price.fees.items()}
    if price.basis is not None:
        tree["basis"] = price.basis
    if price.also_charged:
        tree["also_charged"] = list(price.also_charged)
    origin = Origin(price.source, price.observed_on, None, price.confirmed_on)
    tree |= _origin_tree(origin)
    if price.origins:
        tree["origins"] = {group: _origin_tree(one) for group, one in price.origins.items()}
    if price.dated:
        dated = [
            one._replace(source=imported.source, observed_on=imported.observed_on)
            if imported is not None and one.source is None
            else one
            for one in price.dated
        ]
        tree["dated"] = [price_tree(one, write) for one in dated]
    return tree


def service_tree(service: Service, write: Write) -> dict[str, object]:
    """A service under the keys of a catalog file."""
    tiers = tier_trees(service.tiers, write)
    return {
        **_rate_tree(service.rates, write),
        **({"tiers": tiers} if tiers else {}),
        **_origin_tree(service.origin),
    }


def fee_tree(fee: Fee, write: Write | None = None) -> object:
    """A fee as a number, or an object where it has a source of its own."""
    usd = (write or number)(fee.usd)
    origin = _origin_tree(fee.origin)
    return {"usd": usd, **origin} if origin else usd


def _origin_tree(origin: Origin) -> dict[str, object]:
    days = {
        "observed_on": origin.observed_on,
        "from": origin.effective_from,
        "confirmed_on": origin.confirmed_on,
    }
    tree: dict[str, object] = {} if origin.source is None else {"source": origin.source}
    return tree | {name: day.isoformat() for name, day in days.items() if day is not None}


def tier_trees(tiers: Iterable[Tier], write: Write) -> list[dict[str, object]]:
    """Tiers under the keys of a catalog file, each by the bound that it is written with."""
    return [_tier_tree(tier, write) for tier in tiers]


def _tier_tree(tier: Tier, write: Write) -> dict[str, object]:
    above = tier.above_input_tokens
    bound = ("from_input_tokens", above + 1) if tier.written_from else ("above_input_tokens", above)
    return {bound[0]: bound[1], **_rate_tree(tier.rates, write), **_origin_tree(tier.origin)}


def _rate_tree(rates: Mapping[str, Fraction], write: Write) -> dict[str, object]:
    return {name: write(rates[name]) for name in RATES if name in rates}


def number(rate: Fraction) -> int | Decimal:
    """A rate as YAML holds it: whole, or the decimal."""
    return rate.numerator if rate.denominator == 1 else Decimal(fraction_to_text(rate))
