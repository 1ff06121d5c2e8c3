"""Upcoming retirements: the days on which models of the catalog end, and who answers from then on.

A release that is live goes on naming a model that has ended. What would win from a day on is
derived as a release of that day would be, by the policy and the facts of now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.catalog import Catalog
from zumik.core.facts.policy import Policy
from zumik.core.live.live_retirement import LiveRetirement
from zumik.core.releases.freeze import derive_all
from zumik.core.releases.release import FrozenAlias
from zumik.core.resolvers.derivation import Derivation
from zumik.core.resolvers.facts import Incumbent


class AliasThen(NamedTuple):
    """An alias that ranks models which retire on a day.

    `live` is the winner of what is live, None where that is nothing. `now` and `then` are the
    winners of a release of today and of that day, None where no model is eligible.
    """

    alias: AliasName
    models: tuple[ModelId, ...]
    live: ModelId | None
    now: ModelId | None
    then: ModelId | None

    @property
    def needs_release(self) -> bool:
        """Whether what answers ends on that day, or another model wins from it on."""
        return self.now != self.then or self.live in self.models


class RetirementDay(NamedTuple):
    """The models that retire on a day, and the aliases that rank one of them, live or today."""

    day: date
    models: tuple[ModelId, ...]
    aliases: tuple[AliasThen, ...]


class UpcomingRetirements(NamedTuple):
    """What retires after `today`, up to `until`, by day.

    `over` are the live winners that have retired already, `total` counts the aliases of the policy.
    """

    today: date
    until: date
    days: tuple[RetirementDay, ...]
    over: tuple[LiveRetirement, ...]
    total: int


def retirement_days(
    catalog: Catalog,
    policy: Policy,
    derivations: Mapping[AliasName, Derivation],
    live: Mapping[AliasName, FrozenAlias],
    incumbents: Mapping[AliasName, Incumbent],
    today: date,
    until: date,
) -> Iterator[RetirementDay]:
    """Each day on which a model retires; `derivations` are of today, `live` is what is live."""
    ending: dict[date, list[ModelId]] = {}
    for name, model in sorted(catalog.models.items()):
        if model.retires_on is not None and today < model.retires_on <= until:
            ending.setdefault(model.retires_on, []).append(name)
    for day, models in sorted(ending.items()):
        touched = {
            name: tuple(model for model in models if model in _ranked(name, derivations, live))
            for name in derivations
        }
        wanted = {name: policy.aliases[name] for name, ranked in touched.items() if ranked}
        then = derive_all(catalog, policy._replace(aliases=wanted), day, incumbents)
        yield RetirementDay(
            day,
            tuple(models),
            tuple(
                AliasThen(
                    name,
                    touched[name],
                    live[name].winner if name in live else None,
                    derivations[name].winner,
                    derivation.winner,
                )
                for name, derivation in then.items()
            ),
        )


def _ranked(
    name: AliasName,
    derivations: Mapping[AliasName, Derivation],
    live: Mapping[AliasName, FrozenAlias],
) -> frozenset[ModelId]:
    frozen = live[name].ranking if name in live else ()
    return frozenset((*derivations[name].ranking, *frozen))
