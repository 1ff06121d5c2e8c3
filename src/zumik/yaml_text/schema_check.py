"""The shape of a document: a JSON Schema's verdict, as findings that point under the fault.

Says whether keys are known and present and whether values have the right type, form and range. What
they mean (whether a metric exists, whether a glob matches) is for the checks. Nothing here reads a
document: it takes what a reader gives.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.field_readers import path_text
from zumik.core.basics.findings import Finding, Location, Path, Rule
from zumik.resources import schema_bytes
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

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator


class LocatedValue(Protocol):
    """What was read, and still knows where each of its values is written."""

    @property
    def value(self) -> Any:
        """A tree of dict, list, str, int, Decimal, bool and None."""
        ...

    def locate(self, path: Path, *, key: bool = False) -> Location:
        """Where the value at `path` is written or, with `key`, the key that leads to it."""
        ...


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """A JSON file's value, whose parts have no lines of their own to point at."""

    file: str
    value: Any

    def locate(self, path: Path, *, key: bool = False) -> Location:
        """The file."""
        return Location(self.file)


@dataclass(frozen=True, slots=True)
class _Break:
    """A rule of a schema, and a value that breaks it: the library's error in plain types.

    `of_key` says that the value is not at the path but is a key of what is. `branch` and `inner`
    are for rules that offer alternatives: which one this is part of, and what each has against it.
    """

    rule: str
    operand: Any
    schema: Mapping[str, Any]
    value: Any
    path: Path
    of_key: bool
    branch: str | int
    inner: tuple[_Break, ...]

    @classmethod
    def from_error(cls, error: ValidationError) -> _Break:
        rule_path = error.relative_schema_path
        return cls(
            rule=str(error.validator),
            operand=error.validator_value,
            schema=error.schema if isinstance(error.schema, dict) else {},
            value=error.instance,
            path=tuple(error.absolute_path),
            of_key="propertyNames" in rule_path,
            branch=rule_path[0] if rule_path else "",
            inner=tuple(cls.from_error(inner) for inner in error.context or ()),
        )


@dataclass(frozen=True, slots=True)
class _Fault:
    """One finding before it has a location. `about` names a key that is not there to point at."""

    rule: Rule
    message: str
    path: Path
    hint: str | None = None
    on_key: bool = False
    about: str = ""


def check_shape(document: LocatedValue, schema: str) -> list[Finding]:
    """What in `document` is not as the schema of that name has it, in the order it is written.

    All findings are errors; none means that every key is known and every value well formed.
    """
    faults: dict[tuple[Path, bool, str], _Fault] = {}
    for error in _validator(schema).iter_errors(document.value):
        for fault in _faults(_Break.from_error(error)):
            # A value that breaks several rules gets one finding: for the first, the most telling.
            faults.setdefault((fault.path, fault.on_key, fault.about), fault)
    found = [(_finding(fault, document), fault) for fault in faults.values()]
    return [finding for finding, _ in sorted(found, key=_reading_order)]


def _finding(fault: _Fault, document: LocatedValue) -> Finding:
    # Only a key in an object is written down; the document and the items of a list have none.
    on_key = fault.on_key and bool(fault.path) and isinstance(fault.path[-1], str)
    location = document.locate(fault.path, key=on_key)
    return fault.rule.at(location, fault.message, fault.hint)


def _reading_order(found: tuple[Finding, _Fault]) -> tuple[int, int, str, str]:
    finding, fault = found
    where = finding.location
    return where.line or 0, where.column or 0, path_text(fault.path), fault.about


# The validator


@cache
def _validator(name: str) -> Validator:
    # Imported here because it takes longer than most commands that never validate.
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.validators import extend

    kinds = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": lambda _, value: isinstance(value, int) and not isinstance(value, bool),
            "number": lambda _, value: (
                isinstance(value, int | Decimal) and not isinstance(value, bool)
            ),
        }
    )
    build: type[Validator] = extend(Draft202012Validator, type_checker=kinds)  # type: ignore[no-untyped-call]
    schema = json.loads(schema_bytes(name))
    whole = _inlined(schema, schema.pop("$defs", {}))
    return build(whole, format_checker=FormatChecker(formats=["date"]))


def _inlined(schema: Any, shared: Mapping[str, Any]) -> Any:
    """The schema with its shared parts in place of `$ref`s, which cost more than what they check.

    `shared` are its `$defs`; keywords beside a `$ref` win over the same ones behind it.
    """
    if isinstance(schema, list):
        return [_inlined(item, shared) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        schema = {**shared[schema["$ref"].removeprefix("#/$defs/")], **beside}
    return {key: _inlined(value, shared) for key, value in schema.items()}


# From broken rules to faults


def _faults(broken: _Break) -> Iterable[_Fault]:
    if broken.of_key:
        return [_bad_key(broken)]
    return _TRANSLATIONS.get(broken.rule, _bad_shape)(broken)


def _bad_shape(broken: _Break) -> Iterator[_Fault]:
    message = f"{_subject(broken.path)} does not have the shape it should"
    yield _Fault(SHAPE, message, broken.path)


def _bad_key(broken: _Break) -> _Fault:
    key = str(broken.value)
    return _Fault(
        BAD_KEY,
        f"{shown(key, 60)} cannot be a key{_inside(broken.path)}",
        (*broken.path, key),
        hint=_form(broken) if broken.rule == "pattern" else f"at most {broken.operand} characters",
        on_key=True,
    )


def _unknown_keys(broken: _Break) -> Iterator[_Fault]:
    known = tuple(broken.schema.get("properties", {}))
    for key in broken.value:
        if key not in known:
            yield _Fault(
                UNKNOWN_KEY,
                f"unknown key {shown(key, 60)}{_inside(broken.path)}",
                (*broken.path, key),
                hint=_likely(key, known) or f"known keys: {', '.join(known)}",
                on_key=True,
            )


def _missing_keys(broken: _Break) -> Iterator[_Fault]:
    for key in broken.operand:
        if key not in broken.value:
            meaning = broken.schema.get("properties", {}).get(key, {}).get("description")
            yield _missing(f"'{key}'", broken.path, meaning and f"{key}: {meaning}")


def _too_few_keys(broken: _Break) -> Iterator[_Fault]:
    required = broken.schema.get("required", ())
    choice = [f"'{key}'" for key in broken.schema.get("properties", {}) if key not in required]
    if choice:
        yield _missing(_any_of(choice), broken.path)
    else:
        yield from _empty(broken)


def _missing(what: str, path: Path, hint: str | None = None) -> _Fault:
    message = f"missing {what}{_inside(path)}"
    return _Fault(MISSING_KEY, message, path, hint, on_key=True, about=what)


def _wrong_type(broken: _Break) -> Iterator[_Fault]:
    kinds = broken.operand
    yield _not_a(broken, [kinds] if isinstance(kinds, str) else kinds)


def _not_a(broken: _Break, kinds: Collection[str]) -> _Fault:
    wanted = _any_of([_KINDS.get(kind, kind) for kind in kinds])
    return _Fault(
        WRONG_TYPE,
        f"{_subject(broken.path)} must be {wanted}, not {_found(broken.value)}",
        broken.path,
        hint=_form(broken) or _rewritten(broken.value, kinds),
    )


def _not_listed(broken: _Break) -> Iterator[_Fault]:
    allowed = broken.operand if broken.rule == "enum" else [broken.operand]
    words = tuple(_plain(value) for value in allowed)
    yield _Fault(
        BAD_VALUE,
        f"{_subject(broken.path)} must be {_any_of(words)}, not {_found(broken.value)}",
        broken.path,
        hint=_likely(broken.value, words) if isinstance(broken.value, str) else None,
    )


def _bad_form(broken: _Break) -> Iterator[_Fault]:
    message = f"{_subject(broken.path)} cannot be {_found(broken.value)}"
    hint = "write a day that the calendar has" if broken.rule == "format" else _form(broken)
    yield _Fault(BAD_VALUE, message, broken.path, hint)


def _out_of_range(broken: _Break) -> Iterator[_Fault]:
    bound = f"{broken.operand} or {'more' if broken.rule == 'minimum' else 'less'}"
    message = f"{_subject(broken.path)} must be {bound}, not {_plain(broken.value)}"
    yield _Fault(OUT_OF_RANGE, message, broken.path)


def _too_long(broken: _Break) -> Iterator[_Fault]:
    bound = f"at most {broken.operand} characters"
    message = f"{_subject(broken.path)} must have {bound}, not {len(broken.value):,}"
    yield _Fault(OUT_OF_RANGE, message, broken.path)


def _empty(broken: _Break) -> Iterator[_Fault]:
    yield _Fault(EMPTY_VALUE, f"{_subject(broken.path)} must not be empty", broken.path)


def _repeated_items(broken: _Break) -> Iterator[_Fault]:
    seen: set[str] = set()
    for index, item in enumerate(broken.value):
        if repr(item) in seen:
            message = f"{_subject(broken.path)} has {_found(item)} twice"
            yield _Fault(DUPLICATE_ITEM, message, (*broken.path, index), "remove one of them")
        seen.add(repr(item))


_TELLING = ("type", "const")
"""Rules that show, when they break, that another alternative was meant."""


def _no_alternative(broken: _Break) -> Iterator[_Fault]:
    """Report the alternative that was meant, which the keys show, or else the type."""
    groups = [alternative.get("required") for alternative in broken.operand]
    if all(groups):
        # A value without keys fits every group, and is reported for its type.
        yield from [_wrong_keys(broken, groups)] if isinstance(broken.value, dict) else []
        return
    branches: dict[str | int, list[_Break]] = {}
    for inner in broken.inner:
        branches.setdefault(inner.branch, []).append(inner)
    for breaks in branches.values():
        if not any(inner.rule in _TELLING and inner.path == broken.path for inner in breaks):
            for inner in breaks:
                yield from _faults(inner)
            return
    words = tuple(alternative["const"] for alternative in broken.operand if "const" in alternative)
    likely = _likely(broken.value, words) if isinstance(broken.value, str) else None
    fault = _not_a(broken, [_kind(alternative) for alternative in broken.operand])
    yield replace(fault, hint=likely or broken.schema.get("description"))


def _wrong_keys(broken: _Break, groups: list[list[str]]) -> _Fault:
    """Exactly one of `groups` of keys must be there, and all of it."""
    touched = [group for group in groups if any(key in broken.value for key in group)]
    if len(touched) > 1:
        present = [f"'{key}'" for group in touched for key in group if key in broken.value]
        message = f"{' and '.join(present)} exclude each other{_inside(broken.path)}"
        hint = f"keep {_groups(groups)}"
        return _Fault(EXCLUDING_KEYS, message, broken.path, hint, on_key=True)
    missing = [[key for key in group if key not in broken.value] for group in touched or groups]
    return _missing(_groups(missing), broken.path)


_TRANSLATIONS: dict[str, Callable[[_Break], Iterator[_Fault]]] = {
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
    "uniqueItems": _repeated_items,
    "anyOf": _no_alternative,
    "oneOf": _no_alternative,
}


# Words

_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*)(\.[0-9]+)?)(%?)")

_KINDS = {
    "object": "a mapping of keys to values",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def _subject(path: Path) -> str:
    if not path:
        return "the document"
    *parent, last = path
    if isinstance(last, str):
        return shown(last, 60)
    return f"item {last + 1} of {_subject(tuple(parent))}"


def _inside(path: Path) -> str:
    cut = tuple(step if isinstance(step, int) else neutral(step[:60]) for step in path)
    return f" in {path_text(cut)}" if path else ""


def _found(value: object) -> str:
    if isinstance(value, str):
        return shown(value, 60)
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    plain = _plain(value)
    return plain if value is None or isinstance(value, bool) else f"the number {plain}"


def _plain(value: object) -> str:
    """A scalar as YAML writes it, at most 60 characters."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = str(value)
    return neutral(text if len(text) <= 60 else text[:60] + "…")


def _form(broken: _Break) -> str | None:
    """What a text should look like, in the words that editors show too."""
    form: str | None = broken.schema.get("patternErrorMessage")
    return form and form[0].lower() + form[1:].removesuffix(".")


def _kind(alternative: Mapping[str, Any]) -> str:
    if "const" in alternative:
        return f"'{alternative['const']}'"
    return str(alternative.get("type"))


def _rewritten(value: object, kinds: Collection[str]) -> str | None:
    """How to write the same thing in a type that is wanted, where that is plain to see."""
    written = _plain(value)
    if value is None or isinstance(value, dict | list) or len(written) > 40:
        return None
    if isinstance(value, str):
        if "array" in kinds:
            return f"write it as a list: [{json.dumps(written, ensure_ascii=False)}]"
        return next((f"write {word}" for kind, word in _bare(written) if kind in kinds), None)
    if isinstance(value, Decimal) and "integer" in kinds and value == int(value):
        return f"write {int(value)}"
    return f'put it in quotes: "{written}"' if "string" in kinds else None


def _bare(text: str) -> Iterator[tuple[str, str]]:
    """What a text means once it is written without quotes, or without a percent sign, by type."""
    if text in ("true", "false"):
        yield "boolean", f"{text} without quotes"
    elif number := _NUMBER.fullmatch(text):
        how = "without the percent sign" if number[3] else "without quotes"
        yield "number", f"{number[1]} {how}"
        if not number[2]:
            yield "integer", f"{number[1]} {how}"


def _groups(groups: Iterable[Iterable[str]]) -> str:
    return _any_of([" with ".join(f"'{key}'" for key in group) for group in groups])


def _any_of(words: Collection[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


@lru_cache(maxsize=1024)
def _likely(word: str, known: tuple[str, ...]) -> str | None:
    return did_you_mean(word, known, None)
