"""Foreign JSON: objects that other programs wrote and stored, of which we need a few fields.

Only the fields that are asked for are held to anything. What else stands beside them (ids of 19
digits, NaN, a key twice in another object, half a surrogate pair) is left alone. A store may bend a
value on the way: a whole number becomes `4.0` or `"4"`, null becomes an empty text, an object
becomes the text of its JSON. Each is read for the one thing that it can mean.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from zumik.core.basics.field_readers import Malformed, Read, T, unexpected
from zumik.core.basics.findings import Path
from zumik.core.basics.strict_json import MalformedJson, fault

MAX_DEPTH = 100
"""How deep objects and lists may lie in each other: the same bound for every reader of lines."""

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(r"[][{}]")
_WHOLE = re.compile(r"(0|[1-9][0-9]{0,17})(\.0+)?")

_TOO_LARGE = 10**18

# A float up to here is one whole number and no other.
_LARGEST_EXACT = 2**53


class _Unread:
    """A number that no field of ours can hold."""

    def __repr__(self) -> str:
        return "a number"


_UNREAD = _Unread()


class ForeignJson(NamedTuple):
    """A value that another program wrote, and which keys stood twice in which of its objects.

    `twice` is by the object's identity; the objects that it names are kept alive in `kept`.
    """

    value: Any
    twice: dict[int, frozenset[str]]
    kept: Sequence[object]

    def within(self, value: Any) -> ForeignJson:
        """A part of this value, which knows as much."""
        return self._replace(value=value)


def wanted_fields(foreign: ForeignJson, wanted: Collection[str]) -> dict[str, Any]:
    """The wanted fields of a JSON object; null and absent are the same: not there.

    Raises MalformedJson for what is no JSON object, or has a wanted field twice: two readers would
    take two different ones.
    """
    value, twice = foreign.value, foreign.twice
    if not isinstance(value, dict):
        raise MalformedJson("expected a JSON object")
    for key in wanted if twice else ():
        if key in twice.get(id(value), ()):
            raise MalformedJson(f"has the key '{key}' twice")
        field = value.get(key)
        if isinstance(field, dict) and id(field) in twice:
            raise MalformedJson(f"has the same key twice in '{key}'")
    return {key: value[key] for key in wanted if value.get(key) not in (None, "")}


def foreign_json(data: bytes) -> ForeignJson:
    """Any JSON value from its bytes.

    Raises MalformedJson for what is no JSON, or is nested deeper than MAX_DEPTH.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJson(f"not UTF-8 at byte {error.start}") from None
    return foreign_json_of_text(text)


def foreign_json_of_text(text: str) -> ForeignJson:
    """Any JSON value from its text. Raises MalformedJson."""
    if text.startswith("\ufeff"):
        raise MalformedJson("has a byte order mark at 1:1")
    if is_too_deep(text):
        raise MalformedJson("nested too deeply")
    try:
        try:
            return ForeignJson(_ONCE.decode(text), {}, ())
        except _Twice:
            return _with_keys_twice(text)
    except json.JSONDecodeError as error:
        raise MalformedJson(f"not JSON: {fault(error)} at {error.lineno}:{error.colno}") from None


class _Twice(Exception):
    """An object has a key twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _Twice
    return fields


def _decoder(as_object: Callable[[list[tuple[str, Any]]], dict[str, Any]]) -> json.JSONDecoder:
    return json.JSONDecoder(
        object_pairs_hook=as_object,
        parse_int=lambda digits: int(digits) if len(digits) <= 19 else _UNREAD,
        parse_constant=lambda name: _UNREAD,
    )


_ONCE = _decoder(_object)
"""Made once, as few objects have a key twice: to make one takes as long as to read a line."""


def _with_keys_twice(text: str) -> ForeignJson:
    twice: dict[int, frozenset[str]] = {}
    kept: list[dict[str, Any]] = []

    def as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) != len(pairs):
            keys = Counter(key for key, _ in pairs)
            twice[id(fields)] = frozenset(key for key, number in keys.items() if number > 1)
            # Kept alive, so that no other object gets its identity while the text is read.
            kept.append(fields)
        return fields

    return ForeignJson(_decoder(as_object).decode(text), twice, kept)


def is_too_deep(text: str) -> bool:
    """Whether brackets lie in each other deeper than MAX_DEPTH; those in JSON strings are not."""
    # Brackets are counted first, because few lines have a hundred of them in all.
    if text.count("{") + text.count("[") <= MAX_DEPTH:
        return False
    depth = 0
    for bracket in _BRACKET.findall(_TEXT.sub("", text)):
        depth += 1 if bracket in "{[" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def bent_count(value: object, path: Path) -> int:
    """A whole number, zero or more: 4, 4.0 or "4"."""
    if type(value) is int and 0 <= value < _TOO_LARGE:
        return value
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value.partition(".")[0])
    if isinstance(value, float) and value.is_integer() and value < _LARGEST_EXACT:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _TOO_LARGE:
        raise unexpected(value, "a whole number", path)
    return value


def bent_object(value: object, path: Path) -> dict[str, Any]:
    """An object, or the text of its JSON, without the fields that are null."""
    if isinstance(value, str):
        try:
            parsed = foreign_json_of_text(value)
        except MalformedJson as error:
            raise Malformed(f"{error.message}, in the text", path) from None
        if parsed.twice:
            raise Malformed("has the same key twice", path)
        value = parsed.value
    if not isinstance(value, dict):
        raise unexpected(value, "an object", path)
    return {key: item for key, item in value.items() if item not in (None, "")}


def or_unread(read: Read[T]) -> Read[T | None]:
    """A reader that leaves alone what it cannot read, for fields that decide nothing."""

    def read_or_leave(value: object, path: Path) -> T | None:
        try:
            return read(value, path)
        except Malformed:
            return None

    return read_or_leave
