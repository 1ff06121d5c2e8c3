"""Small typed readers: plain trees in, typed values out, errors that know their path.

A tree is what strict JSON or strict YAML gives: dict, list, str, int, bool, None and Decimal. Past
these readers nothing checks a type again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, TypeVar

from zumik.core.basics.decimals import MAX_DIGITS, fraction_from_text
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Path
from zumik.core.basics.times import day_from_text, moment_from_text
from zumik.errors import CannotRun, NewerFormat, ZumikError

NOTHING: Mapping[str, Any] = MappingProxyType({})
"""No fields, no limits, no parameters: a default that cannot be changed by accident."""

T = TypeVar("T")
Read = Callable[[object, Path], T]
"""Reads the value found at a path."""

_PERCENTAGE = re.compile(r"(0|[1-9][0-9]*)(\.[0-9]+)?%")


class Malformed(CannotRun):
    """A value of the wrong shape; `path` leads to it."""

    def __init__(self, problem: str, path: Path, *, hint: str | None = None) -> None:
        super().__init__(f"{problem} in {path_text(path)}" if path else problem, hint=hint)
        self.problem = problem
        self.path = path


class UnknownKey(Malformed):
    """A key that no reader knows: a slip, or the word of a newer zumik."""

    def __init__(self, path: Path) -> None:
        super().__init__("unknown key", path)


def newer_format(what: str, error: UnknownKey) -> NewerFormat:
    """The error of a file that only zumik writes, and that has a key which this one does not know.

    `what` names the file. It may have been edited by hand too, which the message does not rule out.
    """
    return NewerFormat(
        f"{what} has an {error.message}: a newer zumik made it, or somebody edited it",
        certain=False,
    )


def path_text(path: Path) -> str:
    """A path as a person writes it: `aliases.code.fast.prefer[0]`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return f"'{neutral(text.removeprefix('.'))}'"


class JsonFields:
    """An object's fields, each read once; `close` refuses all that were not read."""

    __slots__ = ("_unread", "path")

    def __init__(self, value: object, path: Path) -> None:
        if not isinstance(value, dict):
            raise unexpected(value, "an object", path)
        self._unread = dict(value)
        self.path = path

    def get(self, key: str, read: Read[T]) -> T | None:
        """The field, or None where it is absent. A written null is not an absence."""
        if key not in self._unread:
            return None
        return read(self._unread.pop(key), (*self.path, key))

    def need(self, key: str, read: Read[T]) -> T:
        """The field; Malformed where it is absent."""
        if key not in self._unread:
            raise Malformed(f"missing '{key}'", self.path)
        return read(self._unread.pop(key), (*self.path, key))

    def close(self) -> None:
        """Refuse fields that were not read: what we do not know we must not ignore."""
        for key in self._unread:
            raise UnknownKey((*self.path, key))


def fields_of(value: object, path: Path, readers: Mapping[str, Read[Any]]) -> dict[str, Any]:
    """The fields of an object, each by its reader; a field without a reader is refused.

    For the many small objects of a catalog, of which most fields are absent.
    """
    if not isinstance(value, dict):
        raise unexpected(value, "an object", path)
    found = {}
    for key, item in value.items():
        read = readers.get(key)
        if read is None:
            raise UnknownKey((*path, key))
        found[key] = read(item, (*path, key))
    return found


def as_is(value: object, path: Path) -> object:
    """The value as it is, for a reader of its own."""
    return value


def text(value: object, path: Path) -> str:
    """A text."""
    if not isinstance(value, str):
        raise unexpected(value, "text", path)
    return value


def flag(value: object, path: Path) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise unexpected(value, "true or false", path)
    return value


def count(value: object, path: Path) -> int:
    """A whole number, zero or more."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise unexpected(value, "a whole number", path)
    return value


def number(value: object, path: Path) -> Fraction:
    """An exact number: YAML's integers and decimals, or a release's canonical decimal string."""
    if isinstance(value, bool):
        raise unexpected(value, "a number", path)
    if isinstance(value, int | Decimal):
        return Fraction(value)
    if isinstance(value, str):
        try:
            return fraction_from_text(value)
        except ValueError:
            pass
    raise unexpected(value, "a number", path)


def share(value: object, path: Path) -> Fraction:
    """A part of a whole, 0 to 1: `50%` as people write it, `0.5` as a release holds it."""
    if isinstance(value, str) and value.endswith("%"):
        # Decimal alone would also read exponents, which cost unbounded time, and other digits.
        if len(value) > MAX_DIGITS or not _PERCENTAGE.fullmatch(value):
            raise unexpected(value, "a percentage", path)
        part = Fraction(value[:-1]) / 100
    else:
        part = number(value, path)
    if not 0 <= part <= 1:
        raise Malformed("a share outside 0% to 100%", path)
    return part


def day(value: object, path: Path) -> date:
    """A calendar date, YYYY-MM-DD."""
    try:
        return day_from_text(text(value, path))
    except (ValueError, Malformed):
        raise unexpected(value, "a date, YYYY-MM-DD", path) from None


def moment(value: object, path: Path) -> datetime:
    """A time in UTC, to the second: `2026-06-09T08:00:00Z`."""
    try:
        return moment_from_text(text(value, path))
    except (ValueError, Malformed):
        raise unexpected(value, "a UTC time, YYYY-MM-DDTHH:MM:SSZ", path) from None


def named(parse: Callable[[str], T]) -> Read[T]:
    """A reader for a text that `parse` turns into a name of its own type."""

    def read(value: object, path: Path) -> T:
        try:
            return parse(text(value, path))
        except Malformed:
            raise
        except ZumikError as error:
            raise Malformed(error.message, path, hint=error.hint) from None

    return read


def one_of(*words: str) -> Read[str]:
    """A reader for one of a closed set of words."""

    def read(value: object, path: Path) -> str:
        if value not in words:
            raise unexpected(value, f"one of {', '.join(words)}", path)
        return str(value)

    return read


def matching(pattern: re.Pattern[str], expected: str) -> Read[str]:
    """A reader for a text that matches as a whole."""

    def read(value: object, path: Path) -> str:
        found = text(value, path)
        if not pattern.fullmatch(found):
            raise Malformed(f"expected {expected}", path)
        return found

    return read


def list_of(read: Read[T]) -> Read[tuple[T, ...]]:
    """A reader for a list whose items `read` reads."""

    def read_list(value: object, path: Path) -> tuple[T, ...]:
        if not isinstance(value, list):
            raise unexpected(value, "a list", path)
        return tuple([read(item, (*path, index)) for index, item in enumerate(value)])

    return read_list


def map_of(read: Read[T]) -> Read[dict[str, T]]:
    """A reader for an object used as a dictionary, whose values `read` reads."""

    def read_map(value: object, path: Path) -> dict[str, T]:
        if not isinstance(value, dict):
            raise unexpected(value, "an object", path)
        return {key: read(item, (*path, key)) for key, item in value.items()}

    return read_map


def optional(read: Read[T]) -> Read[T | None]:
    """A reader that takes null for nothing."""

    def read_optional(value: object, path: Path) -> T | None:
        return None if value is None else read(value, path)

    return read_optional


def unexpected(value: object, expected: str, path: Path) -> Malformed:
    """The error of a value of another kind than was expected; it does not quote the value."""
    found = {dict: "an object", list: "a list", str: "text", bool: "true or false"}.get(
        type(value), "nothing" if value is None else "a number"
    )
    return Malformed(f"expected {expected}, found {found}", path)
