"""Concrete targets: a model's facts as the newest release that knows it froze them."""

from __future__ import annotations

from dataclasses import dataclass

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.catalog import Model
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import CannotRun, ZumikError
from zumik.workspace.store import Store


@dataclass(frozen=True, slots=True)
class Target:
    """A model, the release its facts are from, and the live aliases that answer with it."""

    model: Model
    known_from: VerifiedRelease
    serves: tuple[AliasName, ...]


def find_target(store: Store, model: ModelId) -> Target:
    """The newest frozen facts of a model. Raises CannotRun where no release knows it.

    Facts come from a release and not from the catalog, so that the answer is one that cannot be
    edited and needs no YAML.
    """
    names: set[str] = set()
    for release_id in reversed(list(store.releases)):
        release = store.release(release_id)
        if model in release.models:
            return Target(release.models[model], release, tuple(_served_by(store, model)))
        names.update(release.models)
    raise CannotRun(
        f"no release knows {model}",
        hint=did_you_mean(model, sorted(names), "zumik catalog list shows what is known"),
    )


def _served_by(store: Store, model: ModelId) -> list[AliasName]:
    """The live aliases that a model answers; one whose release cannot be used is left out."""
    return [
        live.pointer.alias
        for live in store.live_releases()
        if not isinstance(live.found, ZumikError)
        and live.found.aliases[live.pointer.alias].winner == model
    ]
