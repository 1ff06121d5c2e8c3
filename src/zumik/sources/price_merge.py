"""Two prices merged: what the catalog has, and what a source says otherwise or besides.

A source often leaves out services or tiers, and its silence takes none away. Where each comes from
and whether it may be taken is not asked here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from zumik.core.basics.field_readers import NOTHING
from zumik.core.facts.price import (
    BATCH,
    GROUPS,
    STANDARD,
    UNKNOWN_ORIGIN,
    Origin,
    Price,
    Service,
    Tier,
)
from zumik.sources.offers import Place, every_rate

_BATCH_NAMES = {name.removeprefix("batch_"): name for name in GROUPS["batch"]}

_Rates = Mapping[str, Fraction]
_Tiers = tuple[Tier, ...]


def merged_price(known: Price, offered: Price) -> Price:
    """The price that the catalog would have, but for its dated prices and other charges.

    Only tiers whose thresholds the source states otherwise are replaced, as one table. Batch rates
    stay in the form in which the catalog has them, as long as it can hold what the source says.
    """
    known, offered = _in_one_form(known, offered)
    rates, tiers = _merged((known.rates, known.tiers), (offered.rates, offered.tiers))
    services = dict(known.services)
    for name, service in offered.services.items():
        mine = services.get(name)
        table = _merged((mine.rates, mine.tiers) if mine else (NOTHING, ()), service[:2])
        services[name] = (mine or service)._replace(rates=table[0], tiers=table[1])
    fees = dict(known.fees)
    for name, fee in offered.fees.items():
        if name not in fees or fees[name].usd != fee.usd:
            fees[name] = fee
    basis = offered.basis or known.basis
    return known._replace(rates=rates, tiers=tiers, services=services, fees=fees, basis=basis)


def _merged(known: tuple[_Rates, _Tiers], offered: tuple[_Rates, _Tiers]) -> tuple[_Rates, _Tiers]:
    """The base rates and tiers of one service."""
    rates = {**known[0], **offered[0]}
    tiers = [{tier.above_input_tokens for tier in table[1]} for table in (known, offered)]
    if all(tiers) and tiers[0] != tiers[1]:
        return rates, offered[1]
    extra = {tier.above_input_tokens: tier.rates for tier in offered[1]}
    kept = tuple(
        tier._replace(rates={**tier.rates, **extra[tier.above_input_tokens]})
        if tier.above_input_tokens in extra
        else tier
        for tier in known[1]
    )
    return rates, kept or offered[1]


def _in_one_form(known: Price, offered: Price) -> tuple[Price, Price]:
    """Both with their batch rates in one form: by the names `batch_`, or as a service."""
    if not _has_batch_names(known):
        named = _has_batch_names(offered) and BATCH in known.services
        return known, (_with_service(offered) if named else offered)
    if BATCH in offered.services:
        batch = offered.services[BATCH]
        if _holds(offered, batch):
            return known, _with_names(offered, batch)
        return _with_service(known), offered
    return known, offered


def aligned(known: Price, offered: Price) -> Price:
    """What is offered, its tiers from where the catalog has them, at most one token beside.

    Most sources can only say "above 200,000", also of a tier that begins at 200,000.
    """

    def beside(mine: _Tiers, theirs: _Tiers) -> _Tiers:
        exact = {tier.above_input_tokens + 1: tier for tier in mine if tier.written_from}
        return tuple(
            tier._replace(above_input_tokens=above - 1, written_from=True)
            if (above := tier.above_input_tokens) in exact and not tier.written_from
            else tier
            for tier in theirs
        )

    services = {
        name: service._replace(tiers=beside(mine.tiers, service.tiers))
        if (mine := known.service(name)) is not None
        else service
        for name, service in offered.services.items()
    }
    return offered._replace(tiers=beside(known.tiers, offered.tiers), services=services)


def without_new_form(known: Price, offered: Price) -> Price:
    """What is offered, less the batch rates that the catalog's own form of them cannot hold."""
    batch = offered.services.get(BATCH)
    if batch is None or not _has_batch_names(known) or _holds(offered, batch):
        return offered

    def named(rates: _Rates) -> dict[str, Fraction]:
        return {name: rate for name, rate in rates.items() if name in _BATCH_NAMES}

    steps = {tier.above_input_tokens for tier in offered.tiers}
    tiers = tuple(
        tier._replace(rates=named(tier.rates))
        for tier in batch.tiers
        if tier.above_input_tokens in steps
    )
    held = batch._replace(rates=named(batch.rates), tiers=tiers)
    return offered._replace(services={**offered.services, BATCH: held})


def _has_batch_names(price: Price) -> bool:
    return any(place.service == BATCH for place in every_rate(price)) and (
        BATCH not in price.services
    )


def _holds(price: Price, batch: Service) -> bool:
    """Whether the names `batch_` of a price can say what the service does."""
    steps = {tier.above_input_tokens for tier in price.tiers}
    names = {name for rates in (batch.rates, *(t.rates for t in batch.tiers)) for name in rates}
    return names <= _BATCH_NAMES.keys() and all(t.above_input_tokens in steps for t in batch.tiers)


def _with_names(price: Price, batch: Service) -> Price:
    def named(rates: _Rates, tokens: int) -> dict[str, Fraction]:
        own = batch.rates_at(tokens)
        return {**rates, **{_BATCH_NAMES[name]: rate for name, rate in own.items()}}

    tiers = tuple(
        tier._replace(rates=named(tier.rates, tier.above_input_tokens + 1)) for tier in price.tiers
    )
    others = {name: service for name, service in price.services.items() if name != BATCH}
    return price._replace(rates=named(price.rates, 0), tiers=tiers, services=others)


def _with_service(price: Price) -> Price:
    batch = price.service(BATCH)
    assert batch is not None

    def plain(rates: _Rates) -> dict[str, Fraction]:
        return {name: rate for name, rate in rates.items() if name not in GROUPS["batch"]}

    # In this form a tier that states nothing has to say who does not state it.
    silent = Origin(price.source or "not stated")
    steps = tuple(tier if tier.rates else tier._replace(origin=silent) for tier in batch.tiers)
    origins = dict(price.origins)
    return price._replace(
        rates=plain(price.rates),
        tiers=tuple(tier._replace(rates=plain(tier.rates)) for tier in price.tiers),
        services={
            **price.services,
            BATCH: Service(batch.rates, steps, origins.pop(BATCH, UNKNOWN_ORIGIN)),
        },
        origins=origins,
    )


def unstated(known: Price, offered: Price) -> Iterator[Place]:
    """The rates that only the catalog has, where one of their service that both have moves."""
    before, after = every_rate(known), every_rate(offered)
    moved = {
        place.service for place in before.keys() & after.keys() if before[place] != after[place]
    }
    if moved:
        kept = every_rate(merged_price(known, offered)).keys()
        yield from (before.keys() - after.keys()) & kept


def group_of(place: Place) -> str:
    """The part of a price that a rate belongs to, which has a source of its own."""
    if place.service != STANDARD:
        return BATCH if place.service == BATCH else f"services.{place.service}"
    return next((group for group, names in GROUPS.items() if place.name in names), BASE)


BASE = ""
"""The group of the base rates, whose origin is the price's own."""


def groups_of(price: Price) -> set[str]:
    """Every group of a price that says something: of rates, services, fees and the basis."""
    found = {group_of(place) for place in every_rate(price)}
    found |= {f"fees.{name}" for name in price.fees}
    return found | ({"basis"} if price.basis else set())


def only(price: Price, groups: set[str]) -> Price:
    """Of a price what belongs to these groups; tiers without any of it are left out."""

    def of(service: str, rates: _Rates, above: int) -> dict[str, Fraction]:
        found = {}
        for name, rate in rates.items():
            batch = name in GROUPS["batch"] and service == STANDARD
            place = Place(BATCH, above, name) if batch else Place(service, above, name)
            if group_of(place) in groups:
                found[name] = rate
        return found

    def tiers_of(service: str, tiers: _Tiers) -> _Tiers:
        cut = (t._replace(rates=of(service, t.rates, t.above_input_tokens)) for t in tiers)
        return tuple(tier for tier in cut if tier.rates)

    services = {
        name: service._replace(tiers=tiers_of(name, service.tiers))
        for name, service in price.services.items()
        if (BATCH if name == BATCH else f"services.{name}") in groups
    }
    return price._replace(
        rates=of(STANDARD, price.rates, 0),
        tiers=tiers_of(STANDARD, price.tiers),
        services=services,
        fees={name: fee for name, fee in price.fees.items() if f"fees.{name}" in groups},
        basis=price.basis if "basis" in groups else None,
        also_charged=(),
        dated=(),
    )
