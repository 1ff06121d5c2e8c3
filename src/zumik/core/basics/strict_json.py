"""Canonical and strict JSON: the same content gives the same bytes, and only one reading of them.

Written: UTF-8, keys sorted by code point, two-space indent, no floats, a final newline. Read:
bounded, no duplicate keys, no NaN, no lone surrogates. Readers verify a digest over the raw bytes
first and never re-serialise to verify.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from zumik.core.basics.display import shown
from zumik.errors import CannotRun

MAX_BYTES = 64 * 1024 * 1024
"""Larger than any release; a bound on what a hostile file can make us read."""


class MalformedJson(CannotRun):
    """Bytes that are not strict JSON; the message says why, and is safe to show."""


def fault(error: json.JSONDecodeError) -> str:
    """What the parser found wrong, without the "at" that some of its messages end in."""
    return error.msg.removesuffix(" at")


def to_canonical(value: object) -> bytes:
    """The canonical bytes of a tree of dict, list, str, int, bool and None."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8")


def from_strict(
    data: bytes,
    *,
    max_bytes: int = MAX_BYTES,
    max_digits: int = 18,
    fraction: Callable[[str], object] | None = None,
    constant: Callable[[str], object] | None = None,
) -> Any:
    """The value of strict JSON bytes.

    `fraction` makes a value of a number with a point or an exponent, for files and lines that
    others write; without it such a number is refused, because a release has none. `constant` does
    so for `NaN` and `Infinity`, which some tools write. An integer has at most `max_digits` digits.
    Raises MalformedJson, and what `fraction` and `constant` raise.
    """
    if len(data) > max_bytes:
        raise MalformedJson(f"{len(data):,} bytes, more than the {max_bytes:,} that are read")
    integer = partial(_integer, max_digits=max_digits)
    fraction, constant = fraction or _no_fraction, constant or _no_constant
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise MalformedJson(f"not UTF-8 at {place(before, len(before))}") from None
    if text.startswith("\ufeff"):
        raise MalformedJson("has a byte order mark at 1:1")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=integer,
            parse_float=fraction,
            parse_constant=constant,
        )
        # Escapes can smuggle in half a character, which no UTF-8 file can hold and none can show.
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except json.JSONDecodeError as error:
        raise MalformedJson(f"not JSON: {fault(error)} at {error.lineno}:{error.colno}") from None
    except (MalformedJson, RecursionError, UnicodeEncodeError) as error:
        # Loaded here because a command that refuses nothing has no use for it.
        from zumik.core.basics.json_place import NumberReaders, with_place

        raise with_place(text, error, NumberReaders(integer, fraction, constant)) from None
    return value


def place(text: str, offset: int) -> str:
    """The line and the column of an offset in a text, both from 1, as `3:14`."""
    error = json.JSONDecodeError("", text, offset)
    return f"{error.lineno}:{error.colno}"


def key_twice(key: str) -> str:
    """What is wrong with an object that has a key twice."""
    return f"has the key {shown(key, 60)} twice in one object"


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        counts = Counter(key for key, _ in pairs)
        twice = next(key for key, number in counts.items() if number > 1)
        raise MalformedJson(key_twice(twice))
    return fields


def _integer(digits: str, *, max_digits: int) -> int:
    if len(digits) > max_digits:
        # int() takes time that grows with the square of the digits.
        raise MalformedJson(f"has an integer of {len(digits)} digits")
    return int(digits)


def _no_fraction(text: str) -> object:
    raise MalformedJson("has a float where only integers and decimal strings are allowed")


def _no_constant(text: str) -> float:
    raise MalformedJson(f"has {text}, which JSON does not know")
