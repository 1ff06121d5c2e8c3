"""model-prices: the `snapshot.json` of the package; offers out.

Each price has the moment from which it is known to hold, which is the provider's own only where
its basis is `documented`. What it derives is written as floats with their noise. It has no limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from zumik.core.basics.names import BadName, ModelId
from zumik.core.basics.times import day_from_text
from zumik.core.facts.catalog import Model
from zumik.core.facts.price import Price, Service, Tier
from zumik.sources.foreign_entries import (
    Entry,
    Fields,
    Unusable,
    any_list,
    json_object,
    object_of,
    rates_of,
    read_entries,
    threshold,
)
from zumik.sources.offers import Imported, Offer

HINT = "--from model-prices, the installed package, or with :FILE its snapshot.json"

# `thinking` is how one provider bills what others bill as output.
_SERVICES = ("batch", "fast", "flex", "ultrafast")
_RATES = {name: name for name in ("input", "output", "cache_read", "cache_write")}


def read_model_prices(files: Mapping[str, bytes], *, source: str, observed_on: date) -> Imported:
    """The prices of the day of one snapshot. Raises CannotRun where it holds none."""
    (data,) = files.values()
    found = json_object(data, source, HINT)
    status = found.get("status")
    basis = _Bases(found.get("schedules"), observed_on)
    return read_entries(
        _entries(found.get("prices"), status if isinstance(status, dict) else {}),
        lambda key, value: _offer(key, value, basis, source, observed_on),
        source=source,
        observed_on=observed_on,
        hint=HINT,
    )


def _entries(prices: object, status: Fields) -> Iterator[tuple[str, object]]:
    """Each `provider/model` with its services, and its status where it has one."""
    for provider, models in prices.items() if isinstance(prices, dict) else ():
        said = status.get(provider)
        for name, services in models.items() if isinstance(models, dict) else ():
            one = said.get(name) if isinstance(said, dict) else None
            yield f"{provider}/{name}", {"services": services, "status": one}


class _Bases:
    """Which prices are those of some hours, by the schedules that hold on a day.

    A schedule states what an hour of the peak costs of the listed price, or one off it.
    """

    def __init__(self, schedules: object, day: date) -> None:
        listed = schedules.get("schedule") if isinstance(schedules, dict) else None
        rows = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
        self._rows = [row for row in rows if _holds_on(row, day)]

    def of(self, model: ModelId) -> str | None:
        """`peak` or `off_peak`; None where no schedule holds for the model."""
        for row in self._rows:
            if row.get("provider") != model.provider:
                continue
            if row.get("peak_multiplier"):
                return "off_peak"
            cheaper = row.get("off_peak_multiplier")
            if isinstance(cheaper, dict) and model.partition("/")[2] in cheaper:
                return "peak"
        return None


def _holds_on(row: Fields, day: date) -> bool:
    begins, ends = row.get("valid_from"), row.get("valid_until")
    today = day.isoformat()
    return (not isinstance(begins, str) or begins[:10] <= today) and (
        not isinstance(ends, str) or today < ends[:10]
    )


def _offer(
    key: str, value: object, bases: _Bases, source: str, observed_on: date
) -> tuple[Offer | str, list[str]]:
    try:
        model_id = ModelId(key)
    except BadName:
        return "no model id", []
    entry = Entry(object_of(value, "entry"))
    if entry.fields["status"] == "removed":
        return "removed by its provider", []
    services = Entry(entry.take("services", object_of) or {})
    price = services.take("standard", _price)
    others = {name: services.take(name, _price) for name in services.fields if name in _SERVICES}
    if price is not None:
        known = {name: Service(one.rates, one.tiers) for name, one in others.items() if one}
        price = price._replace(services=known, basis=bases.of(model_id))
    model = Model(model_id, price=price, source=source, observed_on=observed_on)
    not_served = entry.fields["status"] == "deprecated"
    return Offer(key, model, not_served=not_served), [*entry.problems, *services.problems]


def _price(value: object, key: str) -> Price | None:
    """The last price of a service: the one that holds now. None where it has no rates now."""
    listed = any_list(value, key)
    rates = object_of(listed[-1], key).get("rates") if listed else None
    if rates is None:
        return None
    table = object_of(rates, f"{key}.rates")
    if table.get("model") is not None:
        return None  # An estimate by another model's price.
    tiers = [
        Tier(
            threshold(object_of(tier, key).get("above"), f"{key}.above"),
            rates_of(tier, _RATES, key),
        )
        for tier in any_list(table.get("tiers") or [], key)
        if isinstance(tier, dict)
    ]
    begins = None
    if table.get("valid_from_basis") == "documented":
        begins = Entry(table).take("valid_from", _day_of)
    return Price(rates_of(table, _RATES, key), tuple(tiers), effective_from=begins)


def _day_of(value: object, key: str) -> date:
    """The day of a moment, in UTC. Raises Unusable."""
    try:
        return day_from_text(value[:10] if isinstance(value, str) else "")
    except ValueError:
        raise Unusable(f"{key}: expected a moment, as in 2026-08-16T16:00:00Z") from None
