"""Visibility: what of a release may be shown to callers who are not authenticated.

Nothing of a confidential provider may: no models, revisions, prices or figures, and nothing that
reveals them. An alias that ranks such a model therefore shows only its name, since its order,
winner and reason follow from the hidden facts. An alias that ranks none of them shows everything
but the globs that name such models.

One rule says which providers those are: `facts.hidden.confidential`. What may be shown is asked of
a `Hidden`, which a workspace or a bundle gives, so that no output makes a rule of its own.

This limits what zumik publishes. Everyone who can read the repository reads the whole release.
Sentences that people wrote are dropped where they name a hidden provider, model or revision; a
price in words, or a nickname, is not recognised.
"""

from __future__ import annotations

from collections.abc import Callable

from zumik.core.basics.names import ModelId
from zumik.core.facts.candidate_globs import glob_matcher
from zumik.core.facts.catalog import read_metrics, read_model
from zumik.core.facts.hidden import Hidden, named_by
from zumik.core.facts.policy import read_measures
from zumik.core.releases.release import Content, FrozenAlias, content_to_json

_SENTENCES = frozenset({"description", "note", "source", "sources", "licence", "version"})
"""The fields that hold people's own words, anywhere in a release."""


def public(content: Content, hidden: Hidden) -> dict[str, object]:
    """The content of a release as everybody may see it, as JSON.

    An alias with hidden parts has `withheld: true`.
    """
    if not hidden.providers:
        return content_to_json(content)
    shown = {name: item for name, item in content.models.items() if hidden.shows(name)}
    tree = content_to_json(content._replace(models=shown))
    tree["aliases"] = {
        name: _alias(alias, content, hidden) for name, alias in content.aliases.items()
    }
    named = named_by(hidden)
    found = _without_sentences(tree, lambda text: bool(named(text)))
    assert isinstance(found, dict)
    return found


def public_values(content: Content, hidden: Hidden) -> Content:
    """The same as values, without the aliases whose ranking follows from hidden facts."""
    if not hidden.providers:
        return content
    tree = public(content, hidden)
    named = named_by(hidden)
    aliases = {}
    for name, alias in content.aliases.items():
        if (shown := _shown(alias, content, hidden)) is not None:
            said = shown.policy.description
            if said is not None and named(said):
                shown = shown._replace(policy=shown.policy._replace(description=None))
            aliases[name] = shown
    models = (read_model(name, item, ()) for name, item in _items(tree, "models"))
    return Content(
        measures={item.word: item for item in read_measures(tree["measures"], ())},
        metrics={item.name: item for item in read_metrics(tree["metrics"], ())},
        aliases=aliases,
        models={item.id: item for item in models},
    )


def _items(tree: dict[str, object], key: str) -> list[tuple[ModelId, object]]:
    found = tree[key]
    assert isinstance(found, dict)
    return list(found.items())


def _alias(alias: FrozenAlias, content: Content, hidden: Hidden) -> dict[str, object]:
    """An alias as everybody may see it."""
    shown = _shown(alias, content, hidden)
    if shown is None:
        return {"withheld": True}
    name = alias.policy.name
    alone = content_to_json(Content({}, {}, {name: shown}, {}))["aliases"]
    assert isinstance(alone, dict)
    tree: dict[str, object] = alone[name]
    return tree if shown == alias else {**tree, "withheld": True}


def _shown(alias: FrozenAlias, content: Content, hidden: Hidden) -> FrozenAlias | None:
    """An alias without the globs that name hidden models; None where it ranks one."""
    if not hidden.shows_all(alias.ranking):
        return None
    policy, incumbent = alias.policy, alias.incumbent
    names = _names_only_public(content, hidden)
    candidates, exclude = (
        tuple(filter(names, globs)) for globs in (policy.candidates, policy.exclude)
    )
    if incumbent is not None and not hidden.shows(incumbent.model):
        incumbent = None
    return alias._replace(
        policy=policy._replace(candidates=candidates, exclude=exclude), incumbent=incumbent
    )


def _names_only_public(content: Content, hidden: Hidden) -> Callable[[str], bool]:
    """Whether a glob says nothing of a hidden model.

    It does not where it selects a public model too, or is about one provider that is not hidden.
    """

    def judge(glob: str) -> bool:
        found = filter(glob_matcher(glob).fullmatch, content.models)
        if any(hidden.shows(model) for model in found):
            return True
        provider, slash, _ = glob.partition("/")
        return bool(slash) and not {"*", "?"} & {*provider} and provider not in hidden.providers

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
