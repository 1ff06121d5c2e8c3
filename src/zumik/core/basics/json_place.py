"""Where JSON breaks a rule of ours, which the parser of the library knows nothing of.

The parser calls back with values and without places. So a text that was refused is walked through a
second time, token by token. That is ten times slower, and only for what is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

from zumik.core.basics.strict_json import MalformedJson, key_twice, place

_HALF_PAIR = "holds half of a surrogate pair"
_ESCAPED = len(r"\uD83D")

_MOST = 1_000_000
"""Tokens that are walked through, about a second; the fault of a larger text is after its last."""

# Possessive, and without the need of a closing quote, so that no text is scanned twice.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[][{},:]|[^][{},:"\s]++', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)


class NumberReaders(NamedTuple):
    """What makes a value of a number's text, or raises MalformedJson."""

    integer: Callable[[str], object]
    fraction: Callable[[str], object]
    constant: Callable[[str], object]


def with_place(
    text: str, error: MalformedJson | RecursionError | UnicodeEncodeError, readers: NumberReaders
) -> MalformedJson:
    """Why a text was refused, and where: its first fault.

    `error` is what reading it raised. A text of more than a million tokens before the fault is not
    walked to its end: then the place is one that the fault comes after.
    """
    if isinstance(error, RecursionError):
        return MalformedJson(f"nested too deeply at {place(text, _deepest(text))}")
    faults, problem = _half_pairs(text), _HALF_PAIR
    if isinstance(error, MalformedJson):
        faults, problem = _content_faults(text, readers), error.message
    offset = 0
    for offset, found in islice(faults, _MOST):
        if found:
            return MalformedJson(f"{found} at {place(text, offset)}")
    return MalformedJson(f"{problem} after {place(text, offset)}")


def _content_faults(text: str, readers: NumberReaders) -> Iterator[tuple[int, str]]:
    """The offset of each token, and what is wrong with it: a key that was there, a number.

    The text is JSON up to its first fault.
    """
    # The keys of each object that is open; None for a list.
    stack: list[set[str] | None] = []
    before = ""
    for match in _TOKEN.finditer(text):
        word = match[0]
        problem = ""
        if word == "{":
            stack.append(set())
        elif word == "[":
            stack.append(None)
        elif word in ("}", "]"):
            stack.pop()
        elif word[0] == '"':
            keys = stack[-1] if stack and before in ("{", ",") else None
            if keys is not None:
                key = json.loads(word)
                problem = key_twice(key) if key in keys else ""
                keys.add(key)
        elif word not in (",", ":", "true", "false", "null"):
            problem = _number_fault(word, readers)
        yield match.start(), problem
        before = word


def _number_fault(word: str, readers: NumberReaders) -> str:
    read = readers.integer
    if word.lstrip("-")[:1].isalpha():
        read = readers.constant
    elif not word.lstrip("-").isdigit():
        read = readers.fraction
    try:
        read(word)
    except MalformedJson as error:
        return error.message
    return ""


def _half_pairs(text: str) -> Iterator[tuple[int, str]]:
    """The offset of each escape, and what is wrong with it. The text is JSON."""
    high = -1
    for match in _ESCAPE.finditer(text):
        code = int(match[1] or "0", 16)
        is_low = 0xDC00 <= code < 0xE000
        is_pair = is_low and high == match.start() - _ESCAPED
        if high >= 0 and not is_pair:
            yield high, _HALF_PAIR
        yield match.start(), "" if is_pair or not is_low else _HALF_PAIR
        high = match.start() if 0xD800 <= code < 0xDC00 else -1
    yield max(high, 0), _HALF_PAIR


def _deepest(text: str) -> int:
    """The offset of the first of the brackets that lie deepest in others."""
    depth = most = at = 0
    for match in islice(_TOKEN.finditer(text), _MOST):
        if match[0] in ("{", "["):
            depth += 1
            if depth > most:
                most, at = depth, match.start()
        elif match[0] in ("}", "]"):
            depth -= 1
    return at
