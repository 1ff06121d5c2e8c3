"""Canonical and strict JSON: the same content gives the same bytes, and only one reading of them.

Written: UTF-8, keys sorted by code point, two-space indent, no floats, a final newline. Read:
bounded, no duplicate keys, no NaN, no lone surrogates. Readers verify a digest over the raw bytes
first and never re-serialise to verify.
"""

from __future__ import annotations

import json
from typing import Any

from zumik.errors import CannotRun

MAX_BYTES = 64 * 1024 * 1024
"""Larger than any release; a bound on what a hostile file can make us read."""

_MAX_INTEGER_DIGITS = 18


class MalformedJson(CannotRun):
    """Bytes that are not strict JSON; the message says why, without quoting them."""


def to_canonical(value: object) -> bytes:
    """The canonical bytes of a tree of dict, list, str, int, bool and None."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8")


def from_strict(data: bytes, *, max_bytes: int = MAX_BYTES, floats: bool = False) -> Any:
    """The value that strict JSON bytes stand for.

    `floats` lets numbers with a fraction or exponent in, for lines that others write; a release has
    none. Raises MalformedJson.
    """
    if len(data) > max_bytes:
        raise MalformedJson(f"{len(data):,} bytes, more than the {max_bytes:,} that are read")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJson(f"not UTF-8 at byte {error.start}") from None
    if text.startswith("\ufeff"):
        raise MalformedJson("starts with a byte order mark")
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=float if floats else _no_float,
            parse_constant=_no_constant,
        )
        # Escapes can smuggle in half a character, which no UTF-8 file can hold and none can show.
        if "\\ud" in text or "\\uD" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except json.JSONDecodeError as error:
        raise MalformedJson(f"not JSON: {error.msg} at {error.lineno}:{error.colno}") from None
    except RecursionError:
        raise MalformedJson("nested too deeply") from None
    except UnicodeEncodeError:
        raise MalformedJson("holds half of a surrogate pair") from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise MalformedJson("has the same key twice in one object")
    return fields


def _integer(digits: str) -> int:
    if len(digits) > _MAX_INTEGER_DIGITS:
        raise MalformedJson(f"has an integer of {len(digits)} digits")
    return int(digits)


def _no_float(text: str) -> float:
    raise MalformedJson("has a float where only integers and decimal strings are allowed")


def _no_constant(text: str) -> float:
    raise MalformedJson("has NaN or Infinity, which JSON does not know")
