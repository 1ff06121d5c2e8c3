"""Changes: what differs between the contents of two releases, as plain data.

Two contents are compared as the trees that a release file holds, so nothing that is frozen can
differ unnoticed. What a change means for traffic is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from zumik.core.names import AliasName, ModelId
from zumik.core.reading import path_text
from zumik.core.release import Content, content_to_json

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
    "metrics": "metric",
}
_PROVENANCE = ("source", "observed_on", "sources", "note")


class FieldChange(NamedTuple):
    """One value that changed; `before` or `after` is None where it is absent."""

    path: str
    before: object
    after: object
    kind: str = "other"


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
    def moves(self) -> bool:
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
    old = content_to_json(before) if before else {"aliases": {}, "models": {}}
    new = content_to_json(after)
    return Changes(
        aliases=tuple(_alias_changes(before, after, old, new)),
        models=tuple(_model_changes(_tree(old, "models"), _tree(new, "models"))),
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


def _alias_changes(
    before: Content | None, after: Content, old: Mapping[str, object], new: Mapping[str, object]
) -> Iterator[AliasChange]:
    earlier = before.aliases if before else {}
    for name in sorted({*earlier, *after.aliases}):
        left, right = earlier.get(name), after.aliases.get(name)
        fields = tuple(
            FieldChange(_text(path), one, other, path[0])
            for path, one, other in _leaves(
                _tree(_tree(old, "aliases"), name), _tree(_tree(new, "aliases"), name)
            )
        )
        if fields:
            kind = "added" if left is None else "removed" if right is None else "changed"
            was, now = (frozen.winner if frozen else None for frozen in (left, right))
            yield AliasChange(name, kind, was, now, fields)


def _model_changes(old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[ModelChange]:
    for model in sorted({*old, *new}):
        if model not in old or model not in new:
            yield ModelChange(ModelId(model), "removed" if model in old else "added")
            continue
        fields = tuple(
            FieldChange(_text(path), left, right, _kind(path))
            for path, left, right in _leaves(_tree(old, model), _tree(new, model))
        )
        if fields:
            yield ModelChange(ModelId(model), "changed", fields)


def _kind(path: tuple[str, ...]) -> str:
    if path[-1] in _PROVENANCE or path[0] in _PROVENANCE:
        return "provenance"
    return _KINDS.get(path[0], "other")


def _text(path: tuple[str, ...]) -> str:
    return path_text(path).strip("'")


def _leaves(
    old: Mapping[str, object], new: Mapping[str, object], at: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object, object]]:
    """Each path at which two trees differ; lists are compared whole."""
    for key in sorted({*old, *new}):
        left, right = old.get(key), new.get(key)
        if isinstance(left, dict) and isinstance(right, dict):
            yield from _leaves(left, right, (*at, key))
        elif left != right:
            yield (*at, key), left, right


def _tree(tree: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = tree.get(key)
    return found if isinstance(found, dict) else {}
