"""Changes of the catalog: what is known now, beside a release, and which aliases that touches.

Policies are not compared: both sides are derived with the policy as it is now, each with its own
facts and its own day, so that only facts and the day can make a difference.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.catalog import Catalog, Metric
from zumik.core.facts.policy import Policy
from zumik.core.releases.freeze import derive_all
from zumik.core.releases.release import Content, VerifiedRelease
from zumik.core.resolvers.derivation import Derivation
from zumik.core.resolvers.facts import Incumbent
from zumik.core.reviews.changes import Changes, changes_between


class TouchedAlias(NamedTuple):
    """An alias that ranks a model whose facts changed, with the facts of either side.

    `before` and `after` are its winners with the facts of each side, None where no model is
    eligible. `models` are those of its rankings that changed, in the order of the newer ranking.
    """

    alias: AliasName
    before: ModelId | None
    after: ModelId | None
    models: tuple[ModelId, ...]

    @property
    def changes_winner(self) -> bool:
        """Whether another model would win."""
        return self.before != self.after


class CatalogChanges(NamedTuple):
    """What the catalog says on `day` and `release` does not say, or says otherwise.

    `aliases` has those that are touched, also where only the day makes another model win. `total`
    counts the aliases of the policy, `unselected` the models that no alias selects and the release
    lacks: a release freezes candidates only, so nothing is known of what changed of those.
    """

    release: VerifiedRelease
    day: date
    changes: Changes
    aliases: tuple[TouchedAlias, ...]
    total: int
    unselected: int
    units: Mapping[str, str]

    def touched_by(self, model: ModelId) -> tuple[AliasName, ...]:
        """The aliases that rank a model, by the facts of either side."""
        return tuple(found.alias for found in self.aliases if model in found.models)

    @property
    def answering(self) -> frozenset[ModelId]:
        """The models that win with the facts of either side."""
        return frozenset(
            model for found in self.aliases for model in (found.before, found.after) if model
        )


def catalog_changes(
    release: VerifiedRelease,
    catalog: Catalog,
    policy: Policy,
    derivations: Mapping[AliasName, Derivation],
    day: date,
    incumbents: Mapping[AliasName, Incumbent],
) -> CatalogChanges:
    """The catalog beside a release; `derivations` are of the policy and the catalog on `day`."""
    frozen = release.release
    known = Catalog(frozen.content.models, frozen.content.metrics)
    before = derive_all(known, policy, frozen.created_at.date(), incumbents)
    selected = {c.model for found in derivations.values() for c in found.candidates}
    models = {
        name: model
        for name, model in catalog.models.items()
        if name in known.models or name in selected
    }
    used = {metric for model in models.values() for metric in model.metrics}
    metrics = {name: metric for name, metric in catalog.metrics.items() if name in used}
    changes = changes_between(
        Content({}, known.metrics, {}, known.models), Content({}, metrics, {}, models)
    )
    changed = {change.model for change in changes.models if not change.provenance_only}
    pairs = ((name, before[name], derivations[name]) for name in derivations)
    touched = (_touched(name, left, right, changed) for name, left, right in pairs)
    return CatalogChanges(
        release,
        day,
        changes,
        tuple(found for found in touched if found.models or found.changes_winner),
        len(derivations),
        len(catalog.models) - len(models),
        _units(known.metrics) | _units(metrics),
    )


def _touched(
    alias: AliasName, before: Derivation, after: Derivation, changed: set[ModelId]
) -> TouchedAlias:
    ranked = dict.fromkeys((*after.ranking, *before.ranking))
    models = tuple(model for model in ranked if model in changed)
    return TouchedAlias(alias, before.winner, after.winner, models)


def _units(metrics: Mapping[str, Metric]) -> dict[str, str]:
    return {name: metric.unit for name, metric in metrics.items()}
