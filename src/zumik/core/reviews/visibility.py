"""Visibility: what of a release may be shown to callers who are not authenticated.

Nothing of a confidential provider may: no models, revisions, prices or figures, and nothing that
reveals them. An alias that ranks such a model therefore shows only its name, since its order,
winner and reason follow from the hidden facts. An alias that ranks none of them shows everything
but the globs that name such models.

This limits what zumik publishes. Everyone who can read the repository reads the whole release.
Sentences that people wrote are dropped where they name a hidden provider, model or revision; a
price in words, or a nickname, is not recognised.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import glob_matcher
from zumik.core.releases.release import Content, FrozenAlias, content_to_json

_SENTENCES = frozenset({"description", "note", "source", "sources", "licence", "version"})
"""The fields that hold people's own words, anywhere in a release."""


def confidential_providers(models: Iterable[Model]) -> frozenset[str]:
    """The providers that are confidential: those of which one model says so."""
    return frozenset(model.id.provider for model in models if model.confidential)


def is_public(model: ModelId, hidden: AbstractSet[str]) -> bool:
    """Whether a model may be shown to everybody; `hidden` are the confidential providers."""
    return model.provider not in hidden


def is_public_alias(alias: FrozenAlias, hidden: AbstractSet[str]) -> bool:
    """Whether the ranking of an alias may be shown to everybody: no hidden model is in it."""
    return all(is_public(model, hidden) for model in alias.ranking)


def public(content: Content, known: Iterable[Model]) -> dict[str, object]:
    """The content of a release as everybody may see it, as JSON.

    `known` are all models that the catalog has, or the newest release: a release holds none that it
    excludes, and a provider that becomes confidential is so for older releases too. An
    alias with hidden parts has `withheld: true`.
    """
    models = [*content.models.values(), *known]
    hidden = confidential_providers(models)
    if not hidden:
        return content_to_json(content)
    shown = {name: item for name, item in content.models.items() if is_public(name, hidden)}
    tree = content_to_json(content._replace(models=shown))
    tree["aliases"] = {
        name: _alias(alias, content, hidden) for name, alias in content.aliases.items()
    }
    kept_back = [model for model in models if not is_public(model.id, hidden)]
    found = _without_sentences(tree, speaks_of(hidden, kept_back))
    assert isinstance(found, dict)
    return found


def speaks_of(hidden: AbstractSet[str], models: Iterable[Model] = ()) -> Callable[[str], bool]:
    """Whether a text names a hidden provider, or one of these models by id, name or revision."""
    words = set(hidden)
    for model in models:
        name = model.id.removeprefix(f"{model.id.provider}/")
        words |= {model.id, name, model.revision or name, model.upstream.model or name}
    listed = "|".join(re.escape(word) for word in sorted(words))
    pattern = re.compile(rf"(?<!\w)(?:{listed})(?!\w)", re.IGNORECASE)
    return lambda text: bool(words) and pattern.search(text) is not None


def _alias(alias: FrozenAlias, content: Content, hidden: AbstractSet[str]) -> dict[str, object]:
    """An alias as everybody may see it."""
    if not is_public_alias(alias, hidden):
        return {"withheld": True}
    policy, incumbent = alias.policy, alias.incumbent
    names = _names_only_public(content, hidden)
    candidates, exclude = (
        tuple(filter(names, globs)) for globs in (policy.candidates, policy.exclude)
    )
    if incumbent is not None and not is_public(incumbent.model, hidden):
        incumbent = None
    shown = alias._replace(
        policy=policy._replace(candidates=candidates, exclude=exclude), incumbent=incumbent
    )
    alone = content_to_json(Content({}, {}, {policy.name: shown}, {}))["aliases"]
    assert isinstance(alone, dict)
    tree: dict[str, object] = alone[policy.name]
    return tree if shown == alias else {**tree, "withheld": True}


def _names_only_public(content: Content, hidden: AbstractSet[str]) -> Callable[[str], bool]:
    """Whether a glob says nothing of a hidden model.

    It does not where it selects a public model too, or is about one provider that is not hidden.
    """

    def judge(glob: str) -> bool:
        found = filter(glob_matcher(glob).fullmatch, content.models)
        if any(is_public(model, hidden) for model in found):
            return True
        provider, slash, _ = glob.partition("/")
        return bool(slash) and not {"*", "?"} & {*provider} and provider not in hidden

    return judge


def _without_sentences(tree: object, names_hidden: Callable[[str], bool]) -> object:
    """A tree without the sentences that name a hidden provider or model."""
    if not isinstance(tree, dict):
        return tree
    found: dict[str, object] = {}
    for key, value in tree.items():
        if key in _SENTENCES and isinstance(value, str):
            if not names_hidden(value):
                found[key] = value
        elif key == "sources" and isinstance(value, dict):
            found[key] = {name: text for name, text in value.items() if not names_hidden(str(text))}
        else:
            found[key] = _without_sentences(value, names_hidden)
    return found
