"""The price of a model: rates by tier, service and day, fees, and where each comes from.

Absent means unknown, never zero. Rates are USD per million tokens, fees USD per call. The same
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
    Malformed,
    count,
    day,
    fields_of,
    list_of,
    map_of,
    matching,
    number,
    one_of,
    text,
)
from zumik.core.basics.findings import Path

BATCH = "batch"
STANDARD = "standard"
_BATCH_RATES = ("batch_input", "batch_output", "batch_cache_read")
TOKEN_RATES = (
    "input",
    "output",
    "cache_read",
    "cache_write",
    "cache_write_1h",
    "input_audio",
    "input_image",
    "output_audio",
    "output_image",
    "output_reasoning",
)
"""The rates that a service may have, in USD per million tokens."""

RATES = (*TOKEN_RATES[:4], *_BATCH_RATES, *TOKEN_RATES[4:])
"""The rates that a price itself or a tier of it may have: of `standard`, and of `batch` by name."""

BASES = ("list", "peak", "off_peak")

MOST_PARTS = 100
"""Tiers, dated prices, services, fees and words of charges that one price may have in a catalog.

Lists of others have ten tiers at most. A release has no bound, so that each that landed is read.
"""

GROUPS = {
    "cache": ("cache_read", "cache_write", "cache_write_1h"),
    "batch": _BATCH_RATES,
    "media": ("input_audio", "input_image", "output_audio", "output_image"),
    "reasoning": ("output_reasoning",),
}
"""The rates that may have another origin than the base rates."""


class Origin(NamedTuple):
    """Where figures come from, since when they hold, and when a source last said the same."""

    source: str | None = None
    observed_on: date | None = None
    effective_from: date | None = None
    confirmed_on: date | None = None


UNKNOWN_ORIGIN = Origin()


class Tier(NamedTuple):
    """The rates of requests whose input is longer than `above_input_tokens`.

    With `written_from` it is written by the first length that it holds for, `from_input_tokens`.
    """

    above_input_tokens: int
    rates: Mapping[str, Fraction]
    written_from: bool = False
    origin: Origin = UNKNOWN_ORIGIN


class Service(NamedTuple):
    """What one service costs: base rates by name (see TOKEN_RATES) and the tiers above them."""

    rates: Mapping[str, Fraction]
    tiers: tuple[Tier, ...] = ()
    origin: Origin = UNKNOWN_ORIGIN

    def rates_at(self, input_tokens: int) -> Mapping[str, Fraction]:
        """The rates of a request this long: of the highest tier strictly below it, else the base.

        A tier inherits nothing: a rate that it does not have is unknown.
        """
        return _rates_at(self.rates, self.tiers, input_tokens)


class Fee(NamedTuple):
    """What one call of something costs, in USD."""

    usd: Fraction
    origin: Origin = UNKNOWN_ORIGIN


class Price(NamedTuple):
    """What a model costs: base rates by name (see RATES) and the tiers above them.

    `also_charged` names what the provider charges besides and no rate or fee holds: it is in no
    cost. `services` are those beside `standard`, by name. `dated` are whole prices, each from a day
    on. `origins` are those of the groups of rates that have another than the price's own.
    """

    rates: Mapping[str, Fraction]
    tiers: tuple[Tier, ...] = ()
    source: str | None = None
    observed_on: date | None = None
    also_charged: tuple[str, ...] = ()
    effective_from: date | None = None
    confirmed_on: date | None = None
    services: Mapping[str, Service] = NOTHING
    fees: Mapping[str, Fee] = NOTHING
    basis: str | None = None
    origins: Mapping[str, Origin] = NOTHING
    dated: tuple[Price, ...] = ()

    def rates_at(self, input_tokens: int) -> Mapping[str, Fraction]:
        """The rates of a request this long, as `Service.rates_at`, under their names here."""
        return _rates_at(self.rates, self.tiers, input_tokens)

    def on(self, today: date) -> Price:
        """The price of a day: the dated one that began last, whole; else the price itself."""
        found, since = self, date.min
        for price in self.dated:
            begins = price.effective_from
            if begins is not None and since <= begins <= today:
                found, since = price, begins
        return found

    def service(self, name: str) -> Service | None:
        """What a service costs; None where nothing is known of it.

        The batch service may be written as rates named `batch_`, also in the tiers.
        """
        if name == STANDARD:
            return Service(self.rates, self.tiers, self.origin)
        if name == BATCH and BATCH not in self.services:
            tiers = tuple(tier._replace(rates=_of_batch(tier.rates)) for tier in self.tiers)
            return Service(_of_batch(self.rates), tiers, self.origin)
        return self.services.get(name)

    @property
    def origin(self) -> Origin:
        """The origin of the base rates."""
        return Origin(self.source, self.observed_on, self.effective_from, self.confirmed_on)

    @property
    def is_planned(self) -> bool:
        """Whether it is a dated price that no source has confirmed on its day or later."""
        if self.effective_from is None:
            return False
        seen = max(self.confirmed_on or date.min, self.observed_on or date.min)
        return seen < self.effective_from


def _rates_at(
    rates: Mapping[str, Fraction], tiers: tuple[Tier, ...], input_tokens: int
) -> Mapping[str, Fraction]:
    if not tiers:
        return rates
    best = max(
        (tier for tier in tiers if tier.above_input_tokens < input_tokens),
        key=lambda tier: tier.above_input_tokens,
        default=None,
    )
    return rates if best is None else best.rates


def _of_batch(rates: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {
        name.removeprefix("batch_"): rate
        for name, rate in rates.items()
        if name.startswith("batch_")
    }


# Reading

_fee_name = matching(re.compile(r"[a-z][a-z0-9_]{0,63}"), "the name of a fee")
_BOUNDED = ("tiers", "dated", "services", "fees", "also_charged")
_BOUNDS = ("above_input_tokens", "from_input_tokens")
_ORIGIN = {"source": text, "observed_on": day, "from": day, "confirmed_on": day}


def read_price(value: object, path: Path) -> Price:
    """A price of a catalog file or a release. Raises Malformed."""
    price = _price(fields_of(value, path, _PRICE))
    if BATCH in price.services and any(map(_of_batch, _all_rates(price))):
        raise Malformed("services.batch beside rates named batch_", (*path, "services", BATCH))
    return price


def read_authored_price(value: object, path: Path) -> Price:
    """The price of a catalog file, of no more parts than MOST_PARTS. Raises Malformed."""
    _require_bounded(value, path)
    return read_price(value, path)


def oversized(price: Price) -> str | None:
    """Which part of a price has more items than a catalog takes; None where all fit."""
    for one in (price, *price.dated):
        services = one.services.values()
        parts = {
            "tiers": max(len(one.tiers), *(len(service.tiers) for service in services), 0),
            "dated": len(one.dated),
            "services": len(services),
            "fees": len(one.fees),
            "also_charged": len(one.also_charged),
        }
        for name in _BOUNDED:
            if parts[name] > MOST_PARTS:
                return name
    return None


def _require_bounded(value: object, path: Path) -> None:
    for key, item in value.items() if isinstance(value, dict) else ():
        if not isinstance(item, (dict, list)):
            continue
        if key in _BOUNDED and len(item) > MOST_PARTS:
            raise Malformed(f"more than {MOST_PARTS} parts", (*path, key))
        parts = item.items() if isinstance(item, dict) else enumerate(item)
        for name, part in parts:
            _require_bounded(part, (*path, key, name))


def _all_rates(price: Price) -> list[Mapping[str, Fraction]]:
    return [price.rates, *(tier.rates for tier in price.tiers)]


def _price(found: dict[str, Any]) -> Price:
    rates = {name: found.pop(name) for name in RATES if name in found}
    if "from" in found:
        found["effective_from"] = found.pop("from")
    return Price(rates, **found)


def _dated(value: object, path: Path) -> tuple[Price, ...]:
    prices = list_of(_one_dated)(value, path)
    days: set[date | None] = set()
    for place, price in enumerate(prices):
        if price.effective_from in days:
            raise Malformed("two prices from one day", (*path, place, "from"))
        days.add(price.effective_from)
    return prices


def _one_dated(value: object, path: Path) -> Price:
    price = _price(fields_of(value, path, _DATED))
    if price.effective_from is None:
        raise Malformed("missing 'from'", path)
    return price


def _tier_of(rates: Mapping[str, Any]) -> Any:
    known = {**dict.fromkeys(_BOUNDS, count), **rates, **_ORIGIN}

    def read(value: object, path: Path) -> Tier:
        found = fields_of(value, path, known)
        bounds = [name for name in _BOUNDS if name in found]
        if len(bounds) != 1:
            problem = "missing 'above_input_tokens'"
            if bounds:
                problem = "'above_input_tokens' beside 'from_input_tokens'"
            raise Malformed(problem, path)
        above, origin = found.pop(bounds[0]), _take_origin(found)
        if bounds[0] == _BOUNDS[0]:
            return Tier(above, found, False, origin)
        if above == 0:
            raise Malformed("expected a whole number above 0", (*path, _BOUNDS[1]))
        return Tier(above - 1, found, True, origin)

    return read


def _take_origin(found: dict[str, Any]) -> Origin:
    if not found.keys() & _ORIGIN.keys():
        return UNKNOWN_ORIGIN
    source, observed_on, begins, confirmed_on = (found.pop(name, None) for name in _ORIGIN)
    return Origin(source, observed_on, begins, confirmed_on)


def _service(value: object, path: Path) -> Service:
    found = fields_of(value, path, _SERVICE)
    tiers, origin = found.pop("tiers", ()), _take_origin(found)
    return Service(found, tiers, origin)


service_name = matching(re.compile(r"[a-z][a-z0-9_-]{0,63}"), "the name of a service")
"""Reads the name of a service, `standard` included."""


def _services(value: object, path: Path) -> dict[str, Service]:
    services = map_of(_service)(value, path)
    for name in services:
        if service_name(name, (*path, name)) == STANDARD:
            raise Malformed("the price itself is that of 'standard'", (*path, name))
    return services


def _fee(value: object, path: Path) -> Fee:
    if not isinstance(value, dict):
        return Fee(number(value, path))
    found = fields_of(value, path, {"usd": number, **_ORIGIN})
    if "usd" not in found:
        raise Malformed("missing 'usd'", path)
    return Fee(found.pop("usd"), _take_origin(found))


def _fees(value: object, path: Path) -> dict[str, Fee]:
    fees = map_of(_fee)(value, path)
    for name in fees:
        _fee_name(name, (*path, name))
    return fees


def _origins(value: object, path: Path) -> dict[str, Origin]:
    read = dict.fromkeys(GROUPS, lambda item, where: _take_origin(fields_of(item, where, _ORIGIN)))
    return fields_of(value, path, read)


_TOKEN_RATES = dict.fromkeys(TOKEN_RATES, number)
_SERVICE: dict[str, Any] = {
    **_TOKEN_RATES,
    "tiers": list_of(_tier_of(_TOKEN_RATES)),
    **_ORIGIN,
}
_TERMS: dict[str, Any] = {
    "also_charged": list_of(text),
    "services": _services,
    "fees": _fees,
    "basis": one_of(*BASES),
    **_ORIGIN,
}
_DATED: dict[str, Any] = {**_SERVICE, **_TERMS}
_PRICE: dict[str, Any] = {
    **dict.fromkeys(RATES, number),
    "tiers": list_of(_tier_of(dict.fromkeys(RATES, number))),
    **_TERMS,
    "origins": _origins,
    "dated": _dated,
}


# Writing


def rates_to_json(rates: Mapping[str, Fraction]) -> dict[str, str]:
    """Named exact numbers as canonical decimal strings."""
    return {name: fraction_to_text(rate) for name, rate in rates.items()}


def price_to_json(price: Price) -> dict[str, object]:
    """A price as a release holds it; what is unknown is absent."""
    fields: dict[str, object] = {
        "tiers": [_tier_to_json(tier) for tier in price.tiers],
        "also_charged": list(price.also_charged),
        "services": {name: _service_to_json(item) for name, item in price.services.items()},
        "fees": {name: _fee_to_json(fee) for name, fee in price.fees.items()},
        "basis": price.basis,
        "origins": {name: _origin_to_json(origin) for name, origin in price.origins.items()},
        "dated": [price_to_json(item) for item in price.dated],
    }
    return {
        **rates_to_json(price.rates),
        **{name: value for name, value in fields.items() if value},
        **_origin_to_json(price.origin),
    }


def _tier_to_json(tier: Tier) -> dict[str, object]:
    above = tier.above_input_tokens
    bound = (_BOUNDS[1], above + 1) if tier.written_from else (_BOUNDS[0], above)
    return {bound[0]: bound[1], **rates_to_json(tier.rates), **_origin_to_json(tier.origin)}


def _service_to_json(service: Service) -> dict[str, object]:
    tiers = [_tier_to_json(tier) for tier in service.tiers]
    return {
        **rates_to_json(service.rates),
        **({"tiers": tiers} if tiers else {}),
        **_origin_to_json(service.origin),
    }


def _fee_to_json(fee: Fee) -> object:
    origin = _origin_to_json(fee.origin)
    return {"usd": fraction_to_text(fee.usd), **origin} if origin else fraction_to_text(fee.usd)


def _origin_to_json(origin: Origin) -> dict[str, object]:
    source, *days = origin
    found: dict[str, object] = {} if source is None else {"source": source}
    names = ("observed_on", "from", "confirmed_on")
    found |= {n: d.isoformat() for n, d in zip(names, days, strict=True) if d is not None}
    return found
