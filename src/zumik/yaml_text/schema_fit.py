"""Whether a value fits a JSON Schema, as one function made of the schema: a verdict and no reasons.

The library that names each broken rule takes 80 µs for one price tier, and nearly all that people
write is well formed. So it is asked only about what does not fit, and a file costs what its bytes
cost. A keyword that is not known here is refused, never skipped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sized
from datetime import date
from decimal import Decimal
from typing import Any

Fit = Callable[[Any], bool]
"""Whether a value is as its schema has it."""

_ANNOTATIONS = frozenset(
    ("$schema", "$id", "title", "description", "default", "examples", "patternErrorMessage")
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class SchemaFits:
    """The functions of the parts of one schema, each made when it is first asked for.

    A part is known by its identity, so that the schema has to live as long as this.
    """

    def __init__(self) -> None:
        self._known: dict[int, Fit] = {}

    def of(self, schema: Any) -> Fit:
        """The function of a schema or a part of one. Raises KeyError for an unknown keyword."""
        found = self._known.get(id(schema))
        if found is None:
            found = self._known[id(schema)] = self._made(schema)
        return found

    def _made(self, schema: Any) -> Fit:
        if isinstance(schema, bool):
            return lambda _: schema
        rules = [
            _RULES[key](operand, schema, self)
            for key, operand in schema.items()
            if key not in _ANNOTATIONS
        ]

        def fits(value: Any) -> bool:
            for rule in rules:  # noqa: SIM110 - all() with a generator costs more than most rules
                if not rule(value):
                    return False
            return True

        return fits


def is_kind(value: Any, kind: str) -> bool:
    """Whether a value is of a type that JSON Schema names.

    A number that was read is exact, an int or a Decimal; and true is no integer, although in Python
    bool is an int.
    """
    return isinstance(value, _KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


_KINDS: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, Decimal),
    "boolean": (bool,),
    "null": (type(None),),
}


def _type(operand: Any, _: Any, __: SchemaFits) -> Fit:
    kinds = [operand] if isinstance(operand, str) else operand
    if len(kinds) == 1 and kinds[0] not in ("integer", "number"):
        kind = _KINDS[kinds[0]]
        return lambda value: isinstance(value, kind)
    return lambda value: any(is_kind(value, kind) for kind in kinds)


def _enum(operand: Any, _: Any, __: SchemaFits) -> Fit:
    return lambda value: any(_same(value, known) for known in operand)


def _const(operand: Any, _: Any, __: SchemaFits) -> Fit:
    return lambda value: _same(value, operand)


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _of_text(test: Callable[[str, Any], bool]) -> Callable[[Any, Any, SchemaFits], Fit]:
    return lambda operand, _, __: lambda value: not isinstance(value, str) or test(value, operand)


def _of_number(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any, SchemaFits], Fit]:
    return lambda operand, _, __: lambda value: not is_kind(value, "number") or test(value, operand)


def _of_size(
    kind: type[Sized], test: Callable[[int, int], bool]
) -> Callable[[Any, Any, SchemaFits], Fit]:
    return lambda operand, _, __: (
        lambda value: not isinstance(value, kind) or test(len(value), operand)
    )


def _pattern(operand: Any, _: Any, __: SchemaFits) -> Fit:
    search = re.compile(operand).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _is_date(text: str, _: Any) -> bool:
    try:
        return _DATE.fullmatch(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _format(operand: Any, schema: Any, fits: SchemaFits) -> Fit:
    return {"date": _of_text(_is_date)}[operand](operand, schema, fits)


def _required(operand: Any, _: Any, __: SchemaFits) -> Fit:
    keys = frozenset(operand)
    return lambda value: not isinstance(value, dict) or keys <= value.keys()


def _properties(operand: Mapping[str, Any], _: Any, fits: SchemaFits) -> Fit:
    def fit(value: Any) -> bool:
        if isinstance(value, dict):
            for key, item in value.items():
                if key in operand and not fits.of(operand[key])(item):
                    return False
        return True

    return fit


def _additional(operand: Any, schema: Any, fits: SchemaFits) -> Fit:
    known = frozenset(schema.get("properties", ()))
    if operand is False:
        return lambda value: not isinstance(value, dict) or value.keys() <= known
    return lambda value: (
        not isinstance(value, dict)
        or all(fits.of(operand)(item) for key, item in value.items() if key not in known)
    )


def _property_names(operand: Any, _: Any, fits: SchemaFits) -> Fit:
    return lambda value: not isinstance(value, dict) or all(map(fits.of(operand), value))


def _items(operand: Any, schema: Any, fits: SchemaFits) -> Fit:
    most = schema.get("maxItems")
    return lambda value: (
        not isinstance(value, list)
        or ((most is None or len(value) <= most) and all(map(fits.of(operand), value)))
    )


def _unique(operand: Any, schema: Any, __: SchemaFits) -> Fit:
    # Only of texts: what else is equal, 1 and 1.0, is for the library to know.
    if operand is not True or schema["items"]["type"] != "string":
        raise KeyError("uniqueItems")
    return lambda value: (
        not isinstance(value, list)
        or not all(isinstance(item, str) for item in value)
        or len(set(value)) == len(value)
    )


def _any_of(operand: Any, _: Any, fits: SchemaFits) -> Fit:
    return lambda value: any(fits.of(part)(value) for part in operand)


def _one_of(operand: Any, _: Any, fits: SchemaFits) -> Fit:
    return lambda value: sum(fits.of(part)(value) for part in operand) == 1


_RULES: dict[str, Callable[[Any, Any, SchemaFits], Fit]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "minLength": _of_size(str, int.__ge__),
    "maxLength": _of_size(str, int.__le__),
    "pattern": _pattern,
    "format": _format,
    "minimum": _of_number(lambda value, bound: bool(value >= bound)),
    "maximum": _of_number(lambda value, bound: bool(value <= bound)),
    "minItems": _of_size(list, int.__ge__),
    "maxItems": _of_size(list, int.__le__),
    "uniqueItems": _unique,
    "items": _items,
    "minProperties": _of_size(dict, int.__ge__),
    "maxProperties": _of_size(dict, int.__le__),
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _property_names,
    "anyOf": _any_of,
    "oneOf": _one_of,
}
