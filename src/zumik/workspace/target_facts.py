"""Concrete targets: a model's facts as the newest release that knows it froze them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from zumik.core.basics.display import shown
from zumik.core.basics.names import AliasName, BadName, BadReleaseId, ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.meant_name import meant_name
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import CannotRun, ZumikError
from zumik.workspace.store import Store

_MOST_READ = 100
"""Releases in which a mistyped name is looked for; each takes milliseconds to read."""


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
    for release_id in reversed(list(store.releases)):
        release = store.release(release_id)
        if model in release.models:
            return Target(release.models[model], release, tuple(_served_by(store, model)))
    hint = hint_of_meant(store, model, (), "zumik catalog list shows what is known")
    raise CannotRun(f"no release knows {model}", hint=hint)


def hint_of_meant(store: Store, text: str, aliases: Iterable[str], otherwise: str) -> str:
    """The hint that names the alias or model that a person meant, else `otherwise`.

    A model that only the catalog has is named as such: nothing resolves to it yet. What cannot be
    read proposes nothing.
    """
    hint = meant_name(text, aliases, frozen_models(store), "")
    if hint:
        return hint
    # Imported here because it needs YAML, and most names are right or in a release.
    from zumik.workspace.authored_files import read_authored

    with suppress(ZumikError):
        models = read_authored(store.tree).models
        if text in models:
            return f"only the catalog has it, no release does: zumik catalog show {text}"
        hint = meant_name(text, (), models, "")
    return f"{hint} Only the catalog has it: zumik catalog list" if hint else otherwise


def frozen_models(store: Store) -> dict[ModelId, Model]:
    """The models of the newest releases, each with its newest facts."""
    models: dict[ModelId, Model] = {}
    for release_id in list(store.releases)[: -_MOST_READ - 1 : -1]:
        with suppress(ZumikError):
            models = {**store.release(release_id).models, **models}
    return models


@contextmanager
def names_meant(store: Store, *texts: str) -> Iterator[None]:
    """Give a name that a person typed and that cannot be one the hint of what was meant.

    `texts` are what was typed; the first that means something counts.
    """
    try:
        yield
    except BadName as error:
        hint = error.hint or "zumik alias list shows the aliases"
        with suppress(ZumikError):
            # Where the release id is refused, the alias before it is right: only a model's
            # spelling, such as claude-haiku-4-5@20251001, can be meant.
            right = isinstance(error, BadReleaseId)
            live = [] if right else [pointer.alias for pointer in store.pointers()]
            found = (hint_of_meant(store, text, live, "") for text in texts)
            hint = next(filter(None, found), hint)
        raise BadName(error.message, hint=hint) from None


def alias_named(store: Store, text: str) -> AliasName:
    """The alias that a person typed. Raises BadName with the hint of what was meant."""
    if "/" in text and text in frozen_models(store):
        hint = "it is a model, and zumik alias list shows the aliases"
        raise BadName(f"{shown(text)} is not an alias name", hint=hint)
    with names_meant(store, text):
        return AliasName(text)


def _served_by(store: Store, model: ModelId) -> list[AliasName]:
    """The live aliases that a model answers; one whose release cannot be used is left out."""
    return [
        live.pointer.alias
        for live in store.live_releases()
        if not isinstance(live.found, ZumikError)
        and live.found.aliases[live.pointer.alias].winner == model
    ]
