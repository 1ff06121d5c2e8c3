"""Freeze: policy and facts become the content of a release.

Deterministic and independent of the order of its input. It derives and collects; it does not choose
ids, read clocks or write.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from zumik.core.basics.names import AliasName
from zumik.core.facts.catalog import Catalog
from zumik.core.facts.policy import LATENCY, Policy
from zumik.core.releases.release import Content, FrozenAlias
from zumik.core.resolvers.derivation import Derivation
from zumik.core.resolvers.facts import Facts, Incumbent
from zumik.core.resolvers.latest import LATEST
from zumik.errors import AnswerIsNo


class NoEligibleModel(AnswerIsNo):
    """An alias for which no candidate meets every requirement."""

    def __init__(self, derivation: Derivation) -> None:
        super().__init__(
            f"{derivation.alias.name}: none of {len(derivation.candidates)} candidates is eligible",
            hint="relax a requirement, add a model or a missing fact; "
            f"see what each one failed: zumik plan {derivation.alias.name}",
        )
        self.derivation = derivation


def derive_all(
    catalog: Catalog, policy: Policy, day: date, incumbents: Mapping[AliasName, Incumbent]
) -> dict[AliasName, Derivation]:
    """Every alias derived as of `day`; an incumbent counts only where its alias has a margin."""
    facts = Facts(catalog.models, catalog.metrics, policy.measures, day)
    return {
        name: LATEST.derive(
            alias,
            facts,
            incumbents.get(name) if alias.incumbent_margin is not None else None,
        )
        for name, alias in sorted(policy.aliases.items())
    }


def freeze(
    catalog: Catalog, policy: Policy, derivations: Mapping[AliasName, Derivation]
) -> Content:
    """The content of a release: every alias, and every fact of every candidate.

    Raises NoEligibleModel for the first alias that has none.
    """
    for derivation in derivations.values():
        if not derivation.ranking:
            raise NoEligibleModel(derivation)
    models = {
        candidate.model: catalog.models[candidate.model]
        for derivation in derivations.values()
        for candidate in derivation.candidates
    }
    words = {
        "latency" if word == LATENCY else word
        for derivation in derivations.values()
        for word in derivation.alias.words
    }
    # Reports show the latency of every candidate, so its measure is frozen even where unused.
    words.add("latency")
    used = {metric for model in models.values() for metric in model.metrics}
    return Content(
        measures={w: policy.measures[w] for w in sorted(words) if w in policy.measures},
        metrics={name: catalog.metrics[name] for name in sorted(used) if name in catalog.metrics},
        aliases={name: _frozen(derivation) for name, derivation in derivations.items()},
        models=models,
    )


def _frozen(derivation: Derivation) -> FrozenAlias:
    return FrozenAlias(
        policy=derivation.alias,
        ranking=derivation.ranking,
        reason=derivation.reason,
        incumbent=derivation.incumbent,
    )
