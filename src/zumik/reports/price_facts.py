"""A price in words: whose requests have which rates, fees, what is planned, and its origins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from zumik.core.facts.price import (
    BATCH,
    GROUPS,
    STANDARD,
    TOKEN_RATES,
    Origin,
    Price,
    Service,
    Tier,
)
from zumik.reports.text import rounded, safe

BASES = {
    "list": "list price",
    "peak": "the price of peak hours",
    "off_peak": "the price of off-peak hours: other hours cost more",
}
_USUAL = TOKEN_RATES[:4]
_PER_CALL = {"request": "each request", "search": "each search"}


class RequestRates(NamedTuple):
    """The rates of some requests, in USD per million tokens by the names of TOKEN_RATES."""

    requests: str
    rates: Mapping[str, Fraction]


class PricePeriod(NamedTuple):
    """A price and the days that it holds for: from `begins` on and before `ends`."""

    price: Price
    begins: date | None
    ends: date | None

    @property
    def days(self) -> str:
        """`before 2026-12-01`, `from 2026-12-01 on`; empty where it holds on every day."""
        if self.begins is None:
            return f"before {self.ends}" if self.ends else ""
        return (
            f"from {self.begins} and before {self.ends}" if self.ends else f"from {self.begins} on"
        )

    @property
    def planned(self) -> str:
        """That no source has seen it hold yet; empty for a price that is no plan."""
        is_planned = self.begins is not None and self.price.is_planned
        return "planned: no source has confirmed it on that day or later" if is_planned else ""


def price_periods(price: Price) -> tuple[PricePeriod, ...]:
    """The price itself, and each dated one in the order of their days."""
    dated = sorted(price.dated, key=lambda each: each.effective_from or date.min)
    begins = [None, *(each.effective_from for each in dated)]
    return tuple(map(PricePeriod, (price, *dated), begins, (*begins[1:], None)))


def services_of(price: Price) -> Iterator[tuple[str, Service]]:
    """Every service of which a rate is known, the standard one first."""
    names = dict.fromkeys((STANDARD, BATCH, *price.services))
    for name in names:
        service = price.service(name)
        if service is not None and (service.rates or any(tier.rates for tier in service.tiers)):
            yield name, service


def request_rates(price: Price) -> Iterator[RequestRates]:
    """The rates by service and length of input; the base of a service comes first."""
    for name, service in services_of(price):
        head = "" if name == STANDARD else f"{safe(name)}, "
        tiers = sorted(service.tiers, key=lambda tier: tier.above_input_tokens)
        tiers = [tier for tier in tiers if tier.rates]
        base = f"{_up_to(tiers[0])}" if tiers else "all"
        whole = head.rstrip(", ") if head and not tiers else f"{head}{base}"
        rates = {rate: service.rates[rate] for rate in TOKEN_RATES if rate in service.rates}
        yield RequestRates(whole, rates)
        for tier in tiers:
            known = {rate: tier.rates[rate] for rate in TOKEN_RATES if rate in tier.rates}
            yield RequestRates(f"{head}{tier_bound(tier)} input tokens", known)


def tier_bound(tier: Tier) -> str:
    """`above 200,000`, or `from 200,000` where it is written so."""
    above = tier.above_input_tokens
    return f"from {above + 1:,}" if tier.written_from else f"above {above:,}"


def _up_to(tier: Tier) -> str:
    above = tier.above_input_tokens
    return (
        f"below {above + 1:,} input tokens"
        if tier.written_from
        else f"up to {above:,} input tokens"
    )


def rates_shown(rows: Iterable[RequestRates]) -> tuple[str, ...]:
    """The rates that a table of these has: the usual ones, and any other that one of them has."""
    known = {rate for row in rows for rate in row.rates}
    return tuple(rate for rate in TOKEN_RATES if rate in _USUAL or rate in known)


def rates_to_text(rates: Mapping[str, Fraction], names: Iterable[str]) -> str:
    """`input $1, output $5`: those of `names` that are known."""
    return ", ".join(f"{name} ${rounded(rates[name])}" for name in names if name in rates)


def fees_to_text(price: Price) -> str:
    """`$0.01 for each search; in no cost: grounding $0.035`; empty without fees."""
    counted = [
        f"${rounded(price.fees[name].usd)} for {what}"
        for name, what in _PER_CALL.items()
        if name in price.fees
    ]
    others = [
        f"{safe(name)} ${rounded(fee.usd)}"
        for name, fee in price.fees.items()
        if name not in _PER_CALL
    ]
    said = [", ".join(counted), f"in no cost: {', '.join(others)}" if others else ""]
    return "; ".join(filter(None, said))


def origins_of(price: Price) -> Iterator[tuple[str, Origin]]:
    """What has an origin of its own, and the origin: groups of rates, tiers, services, fees."""
    yield from (
        (f"{group} rates", price.origins[group]) for group in GROUPS if group in price.origins
    )
    yield from ((f"rates {tier_bound(tier)} tokens", tier.origin) for tier in price.tiers)
    for name, service in price.services.items():
        yield name, service.origin
        yield from ((f"{name} {tier_bound(tier)} tokens", tier.origin) for tier in service.tiers)
    yield from ((f"fee {name}", fee.origin) for name, fee in price.fees.items())


def origin_to_text(origin: Origin) -> str:
    """`price page, 2026-11-12, in effect from 2026-01-01, confirmed 2026-11-20`; or empty."""
    parts = [safe(origin.source) if origin.source else "", str(origin.observed_on or "")]
    parts += [f"in effect from {origin.effective_from}" if origin.effective_from else ""]
    parts += [f"confirmed {origin.confirmed_on}" if origin.confirmed_on else ""]
    return ", ".join(filter(None, parts))
