"""Upcoming days: when models of the catalog end or change their price, and who answers then.

A release that is live goes on naming a model that has ended. What would win from a day on is
derived as a release of that day would be, by the policy and the facts of now: a price of a day to
come counts from that day on, also one that is only planned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.catalog import Catalog, Model
from zumik.core.facts.policy import Policy
from zumik.core.facts.price import Price
from zumik.core.live.live_retirement import LiveRetirement
from zumik.core.releases.freeze import derive_all
from zumik.core.releases.release import FrozenAlias
from zumik.core.resolvers.derivation import Derivation
from zumik.core.resolvers.facts import Incumbent


class PriceStep(NamedTuple):
    """A price that another takes the place of on a day; the later one may be only planned."""

    model: ModelId
    before: Price
    after: Price


class AliasThen(NamedTuple):
    """An alias that a day touches: it ranks `models` that retire, or can choose `priced` ones.

    `live` is the winner of what is live, None where that is nothing. `now` and `then` are the
    winners of a release of today and of that day, None where no model is eligible.
    """

    alias: AliasName
    models: tuple[ModelId, ...]
    priced: tuple[ModelId, ...]
    live: ModelId | None
    now: ModelId | None
    then: ModelId | None

    @property
    def needs_release(self) -> bool:
        """Whether what answers ends on that day, or another model wins from it on."""
        return self.now != self.then or self.live in self.models


class UpcomingDay(NamedTuple):
    """The models that retire on a day, the prices that change on it, and the aliases it touches."""

    day: date
    models: tuple[ModelId, ...]
    prices: tuple[PriceStep, ...]
    aliases: tuple[AliasThen, ...]


class Upcoming(NamedTuple):
    """What retires or changes its price after `today`, up to `until`, by day.

    `over` are the live winners that have retired already, `total` counts the aliases of the policy.
    """

    today: date
    until: date
    days: tuple[UpcomingDay, ...]
    over: tuple[LiveRetirement, ...]
    total: int


def upcoming_days(
    catalog: Catalog,
    policy: Policy,
    derivations: Mapping[AliasName, Derivation],
    live: Mapping[AliasName, FrozenAlias],
    incumbents: Mapping[AliasName, Incumbent],
    today: date,
    until: date,
) -> Iterator[UpcomingDay]:
    """Each day on which a model retires or changes its price.

    `derivations` are of today, `live` is what is live.
    """
    ending: dict[date, list[ModelId]] = {}
    stepping: dict[date, list[PriceStep]] = {}
    for name, model in sorted(catalog.models.items()):
        if model.ends_on is not None and today < model.ends_on <= until:
            ending.setdefault(model.ends_on, []).append(name)
        for day, step in price_steps(model) if model.variant_of is None else ():
            if today < day <= until:
                stepping.setdefault(day, []).append(step)
    for day in sorted({*ending, *stepping}):
        models, prices = ending.get(day, []), stepping.get(day, [])
        priced = {step.model for step in prices}
        moved = {name for name, m in catalog.models.items() if (m.variant_of or name) in priced}
        touched = {
            name: (
                tuple(model for model in models if model in _ranked(name, derivations, live)),
                tuple(sorted(moved & _candidates(name, derivations, live))),
            )
            for name in derivations
        }
        wanted = {name: policy.aliases[name] for name, found in touched.items() if any(found)}
        then = derive_all(catalog, policy._replace(aliases=wanted), day, incumbents)
        yield UpcomingDay(
            day,
            tuple(models),
            tuple(prices),
            tuple(
                AliasThen(
                    name,
                    *touched[name],
                    live[name].winner if name in live else None,
                    derivations[name].winner,
                    derivation.winner,
                )
                for name, derivation in then.items()
            ),
        )


def price_steps(model: Model) -> Iterator[tuple[date, PriceStep]]:
    """The days on which a dated price of a model begins, in their order, with what it replaces."""
    price = model.price
    begins = sorted(
        one.effective_from for one in (price.dated if price else ()) if one.effective_from
    )
    for day in begins:
        assert price is not None
        yield day, PriceStep(model.id, price.on(day - timedelta(days=1)), price.on(day))


def _ranked(
    name: AliasName,
    derivations: Mapping[AliasName, Derivation],
    live: Mapping[AliasName, FrozenAlias],
) -> frozenset[ModelId]:
    frozen = live[name].ranking if name in live else ()
    return frozenset((*derivations[name].ranking, *frozen))


def _candidates(
    name: AliasName,
    derivations: Mapping[AliasName, Derivation],
    live: Mapping[AliasName, FrozenAlias],
) -> frozenset[ModelId]:
    """What an alias ranks, and what another price may bring into its ranking."""
    selected = (candidate.model for candidate in derivations[name].candidates)
    return _ranked(name, derivations, live) | frozenset(selected)
