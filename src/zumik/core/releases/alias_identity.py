"""The identity of an alias in a release: two releases with the same one show the same of the alias.

It covers all that the alias's table is derived from: the resolver, measures and metrics, the frozen
policy, ranking and reason, every fact of every candidate, and what the day decides. Nothing is
derived for it, so that a line of a thousand releases is compared in seconds.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any, NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.facts.catalog import Model, read_metrics, read_model
from zumik.core.facts.policy import Alias, read_alias, read_measures, selected
from zumik.core.resolvers import resolver
from zumik.core.resolvers.derivation import Turn
from zumik.core.resolvers.facts import Facts, Incumbent
from zumik.errors import ZumikError

_OWN = frozenset({"id", "created_at", "parent", "note", "backfilled", "aliases", "models"})
"""The keys of a release that say nothing of an alias, or are compared alias by alias."""


class AliasIdentity(NamedTuple):
    """What identifies an alias in a release, beside the release's own name, date and digest.

    Where the `digest` is equal, so is the alias table, but for two things that a release has of its
    own: the release of its `incumbent`, and the words by which the models `by_day` failed, which
    count from its day. Of both, only what may be shown is here.
    """

    digest: bytes
    by_day: tuple[ModelId, ...] = ()
    incumbent: Incumbent | None = None


class _Facts(NamedTuple):
    """The facts of a release, a hash of each model's, and one of all that aliases share."""

    facts: Facts
    hashes: Mapping[ModelId, bytes]
    shared: bytes


class _Policy(NamedTuple):
    """A policy as it was last read: its text, the models of the release, and its candidates."""

    text: str
    models: Sequence[ModelId]
    alias: Alias
    candidates: Sequence[ModelId]


class _Turned(NamedTuple):
    """The turns of the candidates of an alias, by day, and the hash of what they follow from."""

    inputs: bytes
    turns: Sequence[Turn]


class IdentityReader:
    """Reads identities out of the JSON of releases; those of a line are best read in its order."""

    def __init__(self, shows: Callable[[ModelId], bool]) -> None:
        self._shows = shows
        # What the last release had is kept, because most releases change few things.
        self._models: Sequence[ModelId] = ()
        self._known: Mapping[ModelId, tuple[bytes, Model]] = {}
        self._policies: dict[AliasName, _Policy] = {}
        self._turned: dict[AliasName, _Turned] = {}

    def read(self, tree: Mapping[str, Any], day: date) -> dict[AliasName, AliasIdentity]:
        """The identity of each alias of a release that was made on a day.

        Empty for a release that this zumik does not understand: nothing is known to be the same.
        Raises ValueError, TypeError, KeyError and AttributeError for JSON of another shape.
        """
        try:
            made_by = resolver(tree["resolver"])
            if made_by.turns is None:
                return {}
            known = self._facts(tree, day)
            return {
                (name := AliasName(text)): self._identity(name, frozen, known, made_by.turns)
                for text, frozen in tree["aliases"].items()
            }
        except ZumikError:
            return {}

    def _facts(self, tree: Mapping[str, Any], day: date) -> _Facts:
        before, found = self._known, dict[ModelId, tuple[bytes, Model]]()
        for text, item in tree["models"].items():
            name, said = ModelId(text), _hash(_text(item))
            last = before.get(name)
            found[name] = last if last and last[0] == said else (said, read_model(name, item, ()))
        self._known = found
        models = tuple(found)
        self._models = self._models if self._models == models else models
        facts = Facts(
            {name: model for name, (_, model) in found.items()},
            {item.name: item for item in read_metrics(tree["metrics"], ())},
            {item.word: item for item in read_measures(tree["measures"], ())},
            day,
        )
        shared = _hash(_text({key: tree[key] for key in tree if key not in _OWN}))
        return _Facts(facts, {name: said for name, (said, _) in found.items()}, shared)

    def _identity(
        self,
        name: AliasName,
        frozen: Mapping[str, Any],
        known: _Facts,
        turns_of: Callable[[Alias, Facts], Iterable[Turn]],
    ) -> AliasIdentity:
        policy = self._policy(name, frozen["policy"])
        held = frozen["incumbent"]
        said = {**frozen, "incumbent": held and held["model"]}
        facts = (known.hashes[model] for model in policy.candidates)
        inputs = _hash(_text([name, said]), known.shared, *facts)
        turned = self._turned.get(name)
        if turned is None or turned.inputs != inputs:
            models = {model: known.facts.models[model] for model in policy.candidates}
            found = turns_of(policy.alias, known.facts._replace(models=models))
            turned = _Turned(inputs, sorted(found, key=lambda turn: turn.day))
            self._turned[name] = turned
        day = known.facts.day
        place = bisect_right(turned.turns, day, key=lambda turn: turn.day)
        failed = {turn.model for turn in turned.turns if (turn.day <= day) == turn.fails_after}
        return AliasIdentity(
            _hash(inputs, f"{place}"),
            tuple(sorted(filter(self._shows, failed))),
            held and self._incumbent(held),
        )

    def _policy(self, name: AliasName, item: object) -> _Policy:
        text, found = _text(item), self._policies.get(name)
        if found is None or found.text != text or found.models is not self._models:
            alias = read_alias(name, item, ())
            candidates = sorted(model for model, _ in selected(alias, self._models))
            found = self._policies[name] = _Policy(text, self._models, alias, candidates)
        return found

    def _incumbent(self, item: Mapping[str, str]) -> Incumbent | None:
        model = ModelId(item["model"])
        return Incumbent(model, ReleaseId(item["release"])) if self._shows(model) else None


def _text(item: object) -> str:
    # Canonical files have their keys in one order and no floats, so equal texts are equal values.
    return json.dumps(item)


def _hash(*parts: str | bytes) -> bytes:
    """A digest of parts, each of which has a bound of its own."""
    found = blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        found.update(b"%d:" % len(data))
        found.update(data)
    return found.digest()
