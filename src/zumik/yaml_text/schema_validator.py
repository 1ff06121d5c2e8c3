"""A JSON Schema's validator, and each rule that a document breaks in plain types."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from zumik.core.basics.findings import Path
from zumik.resources import schema_bytes

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
    return map(BrokenRule.from_error, _validator(schema).iter_errors(value))


@cache
def _validator(name: str) -> Validator:
    # Imported here because it takes longer than most commands that never validate.
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.validators import extend

    # A number that was read is exact, a Decimal, which the library would not take for a number;
    # and to it true is an integer, since in Python bool is an int.
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
