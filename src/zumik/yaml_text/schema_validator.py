"""A JSON Schema's validator, and each rule that a document breaks in plain types."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from zumik.core.basics.findings import Path
from zumik.resources import schema_bytes
from zumik.yaml_text.schema_fit import SchemaFits, is_kind

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator


@dataclass(frozen=True, slots=True)
class BrokenRule:
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
    inner: tuple[BrokenRule, ...]

    @classmethod
    def from_error(cls, error: ValidationError) -> BrokenRule:
        """An error of the library, with those of its alternatives."""
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


def broken_rules(value: Any, schema: str) -> Iterator[BrokenRule]:
    """Each rule of the schema of that name that a value breaks."""
    whole, fits = _schema(schema)
    if fits.of(whole)(value):
        return iter(())
    return map(BrokenRule.from_error, _validator(schema).iter_errors(value))


@cache
def _schema(name: str) -> tuple[Any, SchemaFits]:
    schema = json.loads(schema_bytes(name))
    return _inlined(schema, schema.pop("$defs", {})), SchemaFits()


@cache
def _validator(name: str) -> Validator:
    """The library's validator, which looks only at those parts of a value that do not fit."""
    # Imported here because it takes longer than all else in a command whose files are well formed.
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.validators import extend

    whole, fits = _schema(name)

    def properties(validator: Any, parts: Any, value: Any, schema: Any) -> Iterator[Any]:
        for key, part in parts.items() if isinstance(value, dict) else ():
            if key in value and not fits.of(part)(value[key]):
                yield from validator.descend(value[key], part, path=key, schema_path=key)

    def additional(validator: Any, part: Any, value: Any, schema: Any) -> Iterator[Any]:
        if isinstance(part, bool):
            yield from refuse_further_keys(validator, part, value, schema)
            return
        known = schema.get("properties", {})
        for key in value if isinstance(value, dict) else ():
            if key not in known and not fits.of(part)(value[key]):
                yield from validator.descend(value[key], part, path=key)

    def items(validator: Any, part: Any, value: Any, schema: Any) -> Iterator[Any]:
        # A list beyond its bound is refused for that, and what is in it is not looked at.
        if isinstance(value, list) and len(value) <= schema.get("maxItems", len(value)):
            for index, item in enumerate(value):
                if not fits.of(part)(item):
                    yield from validator.descend(item, part, path=index)

    refuse_further_keys = Draft202012Validator.VALIDATORS["additionalProperties"]
    kinds = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {kind: partial(_is_of, kind) for kind in ("integer", "number")}
    )
    rules = {"properties": properties, "additionalProperties": additional, "items": items}
    build: type[Validator] = extend(Draft202012Validator, rules, type_checker=kinds)  # type: ignore[no-untyped-call]
    return build(whole, format_checker=FormatChecker(formats=["date"]))


def _is_of(kind: str, _: object, value: object) -> bool:
    return is_kind(value, kind)


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
