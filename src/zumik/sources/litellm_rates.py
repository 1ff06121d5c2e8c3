"""The price of an entry of LiteLLM's file: rates by service and tier, fees, and other charges."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from zumik.core.facts.price import (
    BATCH,
    GROUPS,
    STANDARD,
    TOKEN_RATES,
    Fee,
    Origin,
    Price,
    Service,
    Tier,
)
from zumik.sources.foreign_entries import Entry, Fields, Unusable, tokens, usd_per_token

# What a provider charges, under any key that no rate or fee of a catalog can hold. What only costs
# something where a request asks for it, and no workload can: no part of a cost is missing.
_CHARGE = re.compile(r".*(cost|pricing|price)(_|$).*")
_OTHER_SERVICE = re.compile(
    r".*_(priority|flex|balanced|ultrafast|decisions|batches)$|.*_above_(1|12)hr\w*$|off_peak_pricing"
    r"|.*_dbu_.*|(input|output)_cost_per_second|input_cost_per_token_cache_hit|explicit_cache_.*"
    r"|cache_read_input_audio_token_cost.*"
)

_RATES = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "input_cost_per_audio_token": "input_audio",
    "input_cost_per_image_token": "input_image",
    "output_cost_per_audio_token": "output_audio",
    "output_cost_per_image_token": "output_image",
    "output_cost_per_reasoning_token": "output_reasoning",
}
_SERVICES = ("batches", "flex", "priority", "balanced", "ultrafast")
# A suffix beyond these (_above_12hr, _decisions) is another thing to pay for, and not read.
_RATE_KEY = re.compile(
    rf"({'|'.join(sorted(_RATES, key=len, reverse=True))})(?:_above_([1-9][0-9]{{0,5}})k_tokens)?"
    rf"(?:_({'|'.join(_SERVICES)}))?"
)

_FEES = {
    "input_cost_per_request": "request",
    "search_context_cost_per_query": "search",
    "google_maps_grounding_cost_per_query": "google_maps",
    "code_interpreter_cost_per_session": "code_interpreter",
}
_MOST_FEE = 1000

_Table = dict[str, dict[int, dict[str, Fraction]]]
"""Of each service the rates by the input length that they begin above; 0 is the base."""


def litellm_price(entry: Entry, source: str) -> Price | None:
    """The price that an entry states: rate keys, list of tiers, fees, and other charges.

    `source` is named as who does not state what a service costs where a tier of it is missing. A
    tier without one of its rates would be charged at the base's, too low: where a rate of a tier
    cannot be read, there is no price.
    """
    price = _price(entry, source)
    charges = _also_charged(entry.fields)
    return (price or Price({}))._replace(also_charged=charges) if charges else price


def _price(entry: Entry, source: str) -> Price | None:
    table = _rates(entry)
    stated = entry.fields.get("tiered_pricing") is not None
    tiered = entry.take("tiered_pricing", _tiered)
    if table is None or (stated and tiered is None):
        return None
    standard = table.pop(STANDARD, {})
    if tiered and (standard.keys() <= {0}):
        # Beside a base price the list may be the only place that has the tiers.
        standard = {**dict(tiered), **standard}
    steps = sorted(standard.keys() - {0})
    services = {name: _service(table[name], steps, source) for name in sorted(table)}
    tiers = tuple(Tier(above, _ordered(standard[above])) for above in steps)
    if 0 not in standard:
        standard, tiers = {0: {}}, ()
    fees = {
        name: Fee(usd)
        for key, name in _FEES.items()
        if (usd := entry.take(key, lambda value, _: _one_fee(value))) is not None
    }
    if not standard[0] and not services and not fees:
        return None
    peak = "peak" if entry.fields.get("off_peak_pricing") else None
    return Price(_ordered(standard[0]), tiers, services=services, fees=fees, basis=peak)


def _rates(entry: Entry) -> _Table | None:
    """The rates of the keys of an entry; None where one of a tier cannot be read."""
    table: _Table = {}
    for key, value in entry.fields.items():
        match = _RATE_KEY.fullmatch(key)
        if match is None or value is None:
            continue
        name = _RATES[match[1]]
        rate = entry.take(key, usd_per_token)
        if rate is None and match[2]:
            return None
        # A zero of what only some requests have means that it is not known.
        if rate is None or (rate == 0 and name in _RARE):
            continue
        service = BATCH if match[3] == "batches" else match[3] or STANDARD
        steps = table.setdefault(service, {})
        steps.setdefault(int(match[2] or 0) * 1000, {})[name] = rate
    return table


_RARE = (*GROUPS["media"], *GROUPS["reasoning"])


def _service(rates: dict[int, dict[str, Fraction]], steps: list[int], source: str) -> Service:
    """A service with its tiers.

    From where the standard price has a tier and the service none, its rates are not known: they
    are not those of its base.
    """
    above = sorted({*rates, *steps} - {0})
    tiers = [Tier(step, _ordered(rates.get(step, {}))) for step in above]
    unknown = Origin(source)
    return Service(
        _ordered(rates.get(0, {})),
        tuple(tier if tier.rates else tier._replace(origin=unknown) for tier in tiers),
    )


def _one_fee(value: object) -> Fraction | None:
    """A fee per call, also where it is stated alike for each size of a search; None otherwise.

    A fee of 0 is not said to be free: it is what a list has that does not know it.
    """
    stated = list(value.values()) if isinstance(value, dict) else [value]
    usd = stated[0] if stated and all(one == stated[0] for one in stated) else None
    if isinstance(usd, bool) or not isinstance(usd, int | Decimal) or not 0 < usd < _MOST_FEE:
        return None
    return Fraction(usd) if Decimal(usd).adjusted() > -10 else None


def _tiered(value: object, key: str) -> list[tuple[int, dict[str, Fraction]]]:
    """The tiers of `tiered_pricing`: the input length that each begins above, and its rates."""
    found = []
    for tier in value if isinstance(value, list) else []:
        bounds = tier.get("range") if isinstance(tier, dict) else None
        if not isinstance(bounds, list) or not bounds:
            raise Unusable(f"{key}: expected objects with a range")
        rates = {
            name: usd_per_token(tier[rate_key], rate_key)
            for rate_key, name in _RATES.items()
            if tier.get(rate_key) is not None
        }
        if rates:
            found.append((tokens(bounds[0], key), rates))
    return found


def _ordered(rates: Mapping[str, Fraction]) -> dict[str, Fraction]:
    return {name: rates[name] for name in TOKEN_RATES if name in rates}


def _also_charged(entry: Fields) -> tuple[str, ...]:
    """The charges that an entry states and no rate or fee can hold, with their USD."""
    found = []
    for key, value in sorted(entry.items()):
        is_charge = _CHARGE.fullmatch(key) and not _OTHER_SERVICE.fullmatch(key)
        if not is_charge or _RATE_KEY.fullmatch(key) or key == "tiered_pricing" or not value:
            continue
        if key in _FEES and _one_fee(value) is not None:
            continue
        number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        found.append(f"{key[:80]} {value}" if number else key[:80])
    return tuple(found)
