"""Changes: what differs between the contents of two releases, as plain data.

Two contents are compared as the trees that a release file holds, so nothing that is frozen can
differ unnoticed. What a change means for traffic is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from zumik.core.basics.field_readers import path_text
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.catalog import Metric, Model, model_to_json
from zumik.core.releases.release import Content, content_to_json

_KINDS = {
    "revision": "revision",
    "pinned": "revision",
    "upstream": "upstream",
    "price": "price",
    "limits": "limit",
    "input": "capability",
    "capabilities": "capability",
    "released_on": "lifecycle",
    "retires_on": "lifecycle",
    "lifecycle": "lifecycle",
    "output": "capability",
    "lacks": "capability",
    "mode": "capability",
    "cacheable_from_tokens": "limit",
    "metrics": "metric",
}
_PROVENANCE = ("source", "observed_on", "confirmed_on", "from", "sources", "note")

CHANGED = "changed"
FIRST_KNOWN = "first_known"
NO_LONGER_KNOWN = "no_longer_known"
CORRECTION = "correction"

_CHOSEN = ("upstream", "provenance")
"""Kinds that people set, rather than facts that become known."""


class FieldChange(NamedTuple):
    """One value that changed; `before` or `after` is None where it is absent.

    `how` says how a model's fact changed: `first_known` and `no_longer_known` where
    one side is absent, `correction` where the value was replaced although the date that it was
    observed on did not move on, else `changed`.
    """

    path: str
    before: object
    after: object
    kind: str = "other"
    how: str = CHANGED


class ModelChange(NamedTuple):
    """A model whose facts changed: `kind` is added, removed or changed."""

    model: ModelId
    kind: str
    fields: tuple[FieldChange, ...] = ()

    @property
    def provenance_only(self) -> bool:
        """Whether only sources and dates changed, and no fact."""
        return self.kind == "changed" and all(field.kind == "provenance" for field in self.fields)


class AliasChange(NamedTuple):
    """An alias that changed: its winner, its ranking or only its policy."""

    alias: AliasName
    kind: str
    before: ModelId | None
    after: ModelId | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def changes_winner(self) -> bool:
        """Whether another model answers."""
        return self.before != self.after


class Changes(NamedTuple):
    """All that differs between two contents."""

    aliases: tuple[AliasChange, ...]
    models: tuple[ModelChange, ...]
    definitions: tuple[FieldChange, ...]

    def __bool__(self) -> bool:
        return bool(self.aliases or self.models or self.definitions)


def changes_between(before: Content | None, after: Content) -> Changes:
    """What differs; without a `before` everything is added."""
    old, new = (
        content_to_json(content._replace(aliases={}, models={})) if content else {}
        for content in (before, after)
    )
    aliases = sorted({*(before.aliases if before else ()), *after.aliases})
    models = sorted({*(before.models if before else ()), *after.models})
    return Changes(
        aliases=tuple(filter(None, (alias_change(name, before, after) for name in aliases))),
        models=tuple(filter(None, (model_change(name, before, after) for name in models))),
        definitions=tuple(
            FieldChange(f"{section}.{_text(path)}", left, right, "definition")
            for section in ("measures", "metrics")
            for path, left, right in _leaves(_tree(old, section), _tree(new, section))
        ),
    )


def unchanged(before: Content, after: Content) -> bool:
    """Whether a release of `after` would say what one of `before` says.

    The incumbent is where a winner came from, not what it is, and the live pointer moving on to a
    release must not be a reason for the next.
    """
    old, new = content_to_json(before), content_to_json(after)
    for aliases in (_tree(old, "aliases"), _tree(new, "aliases")):
        for alias in aliases.values():
            assert isinstance(alias, dict)
            del alias["incumbent"], alias["reason"]
    return all(old[section] == new[section] for section in ("measures", "aliases", "models"))


def touched_aliases(changes: Changes, after: Content) -> Iterator[AliasName]:
    """The aliases whose policy or ranking changed, or of whose winner in `after` a fact did."""
    for change in changes.aliases:
        if any(field.path.startswith(("policy", "ranking")) for field in change.fields):
            yield change.alias
    models = {c.model for c in changes.models if c.kind == "changed" and not c.provenance_only}
    for alias, frozen in after.aliases.items():
        if frozen.winner in models:
            yield alias


def alias_change(
    name: AliasName, before: Content | None, after: Content | None
) -> AliasChange | None:
    """How one alias changed; None where it did not."""
    left, right = (content.aliases.get(name) if content else None for content in (before, after))
    old, new = (
        _tree(content_to_json(Content({}, {}, {name: frozen}, {})), "aliases") if frozen else {}
        for frozen in (left, right)
    )
    fields = tuple(
        FieldChange(_text(path), one, other, path[0])
        for path, one, other in _leaves(_tree(old, name), _tree(new, name))
    )
    if not fields:
        return None
    kind = "added" if left is None else "removed" if right is None else "changed"
    was, now = (frozen.winner if frozen else None for frozen in (left, right))
    return AliasChange(name, kind, was, now, fields)


def model_change(
    name: ModelId, before: Content | None, after: Content | None
) -> ModelChange | None:
    """How the facts of one model changed; None where they did not."""
    left, right = (content.models.get(name) if content else None for content in (before, after))
    if left is None or right is None or before is None or after is None:
        return None if left is right else ModelChange(name, "added" if right else "removed")
    if left == right:
        return None
    was, now = _Dated(left, before.metrics), _Dated(right, after.metrics)
    fields = tuple(
        _model_field(path, one, other, was, now)
        for path, one, other in _leaves(_facts(left), _facts(right), deep=True)
    )
    return ModelChange(name, "changed", fields) if fields else None


def _model_field(
    path: tuple[str, ...], before: object, after: object, was: _Dated, now: _Dated
) -> FieldChange:
    kind = _kind(path)
    chosen = kind in _CHOSEN or path == ("confidential",)
    how = CHANGED if chosen else _how(path, before, after, was, now)
    figure = path[0] == "metrics" and path[2:] == ("value",)
    return FieldChange(_text(path[:2] if figure else path), before, after, kind, how)


class _Dated(NamedTuple):
    """A model, and what dates its figures."""

    model: Model
    metrics: Mapping[str, Metric]

    def observed_on(self, path: tuple[str, ...]) -> date | None:
        """When the fact at a path was observed: the nearest date up the path."""
        if path[0] == "metrics":
            figure, metric = self.model.metrics[path[1]], self.metrics.get(path[1])
            return metric.dated(figure) if metric else figure.observed_on
        price = self.model.price if path[0] == "price" else None
        return (price.observed_on if price else None) or self.model.observed_on


def _how(path: tuple[str, ...], before: object, after: object, was: _Dated, now: _Dated) -> str:
    if before is None:
        return FIRST_KNOWN
    if after is None:
        return NO_LONGER_KNOWN
    earlier, later = was.observed_on(path), now.observed_on(path)
    corrected = earlier is not None and later is not None and later <= earlier
    return CORRECTION if corrected else CHANGED


def _facts(model: Model) -> dict[str, object]:
    """A model as a tree in which each figure has its value and its origin apart.

    Dated prices stand under their days, so that a price that moved to another day reads so.
    """
    tree: dict[str, object] = {**model_to_json(model), "confidential": model.confidential}
    price = dict(_tree(tree, "price"))
    if dated := price.pop("dated", None):
        assert isinstance(dated, list)
        price["dated"] = {each["from"]: each for each in dated}
        tree["price"] = price
    figures = _tree(tree, "metrics")
    apart = {name: f if isinstance(f, dict) else {"value": f} for name, f in figures.items()}
    return {**tree, "metrics": apart} if apart else tree


def _kind(path: tuple[str, ...]) -> str:
    how_measured = path[0] == "metrics" and len(path) == 3 and path[2] != "value"
    if path[-1] in _PROVENANCE or path[0] in _PROVENANCE or how_measured:
        return "provenance"
    return _KINDS.get(path[0], "other")


def _text(path: tuple[str, ...]) -> str:
    return path_text(path).strip("'")


def _leaves(
    old: Mapping[str, object],
    new: Mapping[str, object],
    at: tuple[str, ...] = (),
    *,
    deep: bool = False,
) -> Iterator[tuple[tuple[str, ...], object, object]]:
    """Each path at which two trees differ; lists are compared whole.

    What only one of them has is one change, or with `deep` one for each value in it.
    """
    for key in sorted({*old, *new}):
        left, right = old.get(key), new.get(key)
        if deep and left is None and isinstance(right, dict) and right:
            left = {}
        if deep and right is None and isinstance(left, dict) and left:
            right = {}
        if isinstance(left, dict) and isinstance(right, dict):
            yield from _leaves(left, right, (*at, key), deep=deep)
        elif left != right:
            yield (*at, key), left, right


def _tree(tree: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = tree.get(key)
    return found if isinstance(found, dict) else {}
