"""From the broken rules of a schema to faults: what to say of each, and where."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from zumik.core.basics.display import shown
from zumik.core.basics.findings import Path, Rule
from zumik.rules.authoring_rules import (
    BAD_KEY,
    BAD_VALUE,
    DUPLICATE_ITEM,
    EMPTY_VALUE,
    EXCLUDING_KEYS,
    MISSING_KEY,
    OUT_OF_RANGE,
    SHAPE,
    UNKNOWN_KEY,
    WRONG_TYPE,
)
from zumik.yaml_text.fault_words import (
    KIND_NAMES,
    any_of,
    form_of,
    found,
    inside,
    key_groups,
    kind_name,
    likely,
    plain_scalar,
    rewritten,
    subject,
)
from zumik.yaml_text.schema_validator import BrokenRule


@dataclass(frozen=True, slots=True)
class SchemaFault:
    """One finding before it has a location. `about` names a key that is not there to point at."""

    rule: Rule
    message: str
    path: Path
    hint: str | None = None
    on_key: bool = False
    about: str = ""


def faults_of(broken: BrokenRule) -> Iterable[SchemaFault]:
    """What to say of a broken rule: nothing where another fault says it, or one fault a key."""
    if broken.of_key:
        return [_bad_key(broken)]
    return _TRANSLATIONS.get(broken.rule, _bad_shape)(broken)


def _bad_shape(broken: BrokenRule) -> Iterator[SchemaFault]:
    message = f"{subject(broken.path)} does not have the shape it should"
    yield SchemaFault(SHAPE, message, broken.path)


def _bad_key(broken: BrokenRule) -> SchemaFault:
    key = str(broken.value)
    return SchemaFault(
        BAD_KEY,
        f"{shown(key, 60)} cannot be a key{inside(broken.path)}",
        (*broken.path, key),
        hint=form_of(broken.schema)
        if broken.rule == "pattern"
        else f"at most {broken.operand} characters",
        on_key=True,
    )


def _unknown_keys(broken: BrokenRule) -> Iterator[SchemaFault]:
    known = tuple(broken.schema.get("properties", {}))
    for key in broken.value:
        if key not in known:
            yield SchemaFault(
                UNKNOWN_KEY,
                f"unknown key {shown(key, 60)}{inside(broken.path)}",
                (*broken.path, key),
                hint=likely(key, known) or f"known keys: {', '.join(known)}",
                on_key=True,
            )


def _missing_keys(broken: BrokenRule) -> Iterator[SchemaFault]:
    for key in broken.operand:
        if key not in broken.value:
            meaning = broken.schema.get("properties", {}).get(key, {}).get("description")
            yield _missing(f"'{key}'", broken.path, meaning and f"{key}: {meaning}")


# A price may have thirty keys, and a message is read once.
_MOST_NAMED = 7


def _too_few_keys(broken: BrokenRule) -> Iterator[SchemaFault]:
    left_out = {*broken.schema.get("required", ())}
    left_out |= {key for group in broken.schema.get("oneOf", ()) for key in group["required"]}
    keys = [key for key in broken.schema.get("properties", {}) if key not in left_out]
    choice = [f"'{key}'" for key in keys]
    if len(choice) > _MOST_NAMED:
        choice = [*choice[:_MOST_NAMED], "another key"]
    if choice:
        yield _missing(any_of(choice), broken.path)
    else:
        yield from _empty(broken)


def _missing(what: str, path: Path, hint: str | None = None) -> SchemaFault:
    message = f"missing {what}{inside(path)}"
    return SchemaFault(MISSING_KEY, message, path, hint, on_key=True, about=what)


def _wrong_type(broken: BrokenRule) -> Iterator[SchemaFault]:
    kinds = broken.operand
    yield _not_a(broken, [kinds] if isinstance(kinds, str) else kinds)


def _not_a(broken: BrokenRule, kinds: Collection[str]) -> SchemaFault:
    wanted = any_of([KIND_NAMES.get(kind, kind) for kind in kinds])
    return SchemaFault(
        WRONG_TYPE,
        f"{subject(broken.path)} must be {wanted}, not {found(broken.value)}",
        broken.path,
        hint=form_of(broken.schema) or rewritten(broken.value, kinds),
    )


def _not_listed(broken: BrokenRule) -> Iterator[SchemaFault]:
    allowed = broken.operand if broken.rule == "enum" else [broken.operand]
    words = tuple(plain_scalar(value) for value in allowed)
    yield SchemaFault(
        BAD_VALUE,
        f"{subject(broken.path)} must be {any_of(words)}, not {found(broken.value)}",
        broken.path,
        hint=likely(broken.value, words) if isinstance(broken.value, str) else None,
    )


def _bad_form(broken: BrokenRule) -> Iterator[SchemaFault]:
    message = f"{subject(broken.path)} cannot be {found(broken.value)}"
    hint = (
        "write a day that the calendar has" if broken.rule == "format" else form_of(broken.schema)
    )
    yield SchemaFault(BAD_VALUE, message, broken.path, hint)


def _out_of_range(broken: BrokenRule) -> Iterator[SchemaFault]:
    bound = f"{broken.operand} or {'more' if broken.rule == 'minimum' else 'less'}"
    message = f"{subject(broken.path)} must be {bound}, not {plain_scalar(broken.value)}"
    yield SchemaFault(OUT_OF_RANGE, message, broken.path)


def _too_long(broken: BrokenRule) -> Iterator[SchemaFault]:
    bound = f"at most {broken.operand} characters"
    message = f"{subject(broken.path)} must have {bound}, not {len(broken.value):,}"
    yield SchemaFault(OUT_OF_RANGE, message, broken.path)


def _too_many(broken: BrokenRule) -> Iterator[SchemaFault]:
    bound = f"at most {broken.operand} {'items' if broken.rule == 'maxItems' else 'keys'}"
    message = f"{subject(broken.path)} must have {bound}, not {len(broken.value):,}"
    yield SchemaFault(OUT_OF_RANGE, message, broken.path)


def _empty(broken: BrokenRule) -> Iterator[SchemaFault]:
    yield SchemaFault(EMPTY_VALUE, f"{subject(broken.path)} must not be empty", broken.path)


def _repeated_items(broken: BrokenRule) -> Iterator[SchemaFault]:
    seen: set[str] = set()
    for index, item in enumerate(broken.value):
        if repr(item) in seen:
            message = f"{subject(broken.path)} has {found(item)} twice"
            yield SchemaFault(DUPLICATE_ITEM, message, (*broken.path, index), "remove one of them")
        seen.add(repr(item))


_TELLING = ("type", "const")
"""Rules that show, when they break, that another alternative was meant."""


def _no_alternative(broken: BrokenRule) -> Iterator[SchemaFault]:
    """Report the alternative that was meant, which the keys show, or else the type."""
    groups = [alternative.get("required") for alternative in broken.operand]
    if all(groups):
        # A value without keys fits every group, and is reported for its type.
        yield from [_wrong_keys(broken, groups)] if isinstance(broken.value, dict) else []
        return
    branches: dict[str | int, list[BrokenRule]] = {}
    for inner in broken.inner:
        branches.setdefault(inner.branch, []).append(inner)
    for breaks in branches.values():
        if not any(inner.rule in _TELLING and inner.path == broken.path for inner in breaks):
            for inner in breaks:
                yield from faults_of(inner)
            return
    words = tuple(alternative["const"] for alternative in broken.operand if "const" in alternative)
    meant = likely(broken.value, words) if isinstance(broken.value, str) else None
    fault = _not_a(broken, [kind_name(alternative) for alternative in broken.operand])
    yield replace(fault, hint=meant or broken.schema.get("description"))


def _wrong_keys(broken: BrokenRule, groups: list[list[str]]) -> SchemaFault:
    """Exactly one of `groups` of keys must be there, and all of it."""
    touched = [group for group in groups if any(key in broken.value for key in group)]
    if len(touched) > 1:
        present = [f"'{key}'" for group in touched for key in group if key in broken.value]
        message = f"{' and '.join(present)} exclude each other{inside(broken.path)}"
        hint = f"keep {key_groups(groups)}"
        return SchemaFault(EXCLUDING_KEYS, message, broken.path, hint, on_key=True)
    missing = [[key for key in group if key not in broken.value] for group in touched or groups]
    return _missing(key_groups(missing), broken.path)


_TRANSLATIONS: dict[str, Callable[[BrokenRule], Iterator[SchemaFault]]] = {
    "additionalProperties": _unknown_keys,
    "required": _missing_keys,
    "minProperties": _too_few_keys,
    "type": _wrong_type,
    "enum": _not_listed,
    "const": _not_listed,
    "pattern": _bad_form,
    "format": _bad_form,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "maxLength": _too_long,
    "minLength": _empty,
    "minItems": _empty,
    "maxItems": _too_many,
    "maxProperties": _too_many,
    "uniqueItems": _repeated_items,
    "anyOf": _no_alternative,
    "oneOf": _no_alternative,
}
