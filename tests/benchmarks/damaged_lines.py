"""Damage as logs really have it: one kind of fault in one line, and which readers differ on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

_NUMBER = re.compile(rb'("candidates_considered": )(\d+)')
_MODEL = re.compile(rb'"resolved_model": "[^"]*"')
_REQUEST = re.compile(rb'("request": )(\{[^}]*\})')
_TIME = re.compile(rb'("timestamp": )"[^"]*"')


def _number(text: bytes) -> Callable[[bytes], bytes]:
    return lambda line: _NUMBER.sub(rb"\g<1>" + text, line, count=1)


def _model(text: bytes) -> Callable[[bytes], bytes]:
    return lambda line: _MODEL.sub(text, line, count=1)


def _request(text: bytes) -> Callable[[bytes], bytes]:
    return lambda line: _REQUEST.sub(rb"\g<1>" + text, line, count=1)


def _behind(text: bytes) -> Callable[[bytes], bytes]:
    """Something more before the last bracket."""
    return lambda line: line.rstrip()[:-1] + text + b"}\n"


def _inside(text: bytes) -> Callable[[bytes], bytes]:
    """Bytes in the reason, which is text."""
    return lambda line: line.replace(b'"resolution_reason": "', b'"resolution_reason": "' + text)


KINDS: dict[str, Callable[[bytes], bytes]] = {
    "comma behind the last item": _behind(b', "x": [1,]'),
    "comma behind the last field": _behind(b","),
    "integer of 18 digits": _number(b"123456789012345678"),
    "integer of 22 digits": _number(b"1234567890123456789012"),
    "blank line": lambda line: b"\n",
    "spaces only": lambda line: b"   \n",
    "true as a count": _number(b"true"),
    "text as a count": _number(b'"3"'),
    "exponent as a count": _number(b"3e0"),
    "fraction as a count": _number(b"3.0"),
    "broken count": _number(b"3.5"),
    "leading zero": _number(b"03"),
    "key in other letters": lambda line: line.replace(b"resolved_model", b"Resolved_Model"),
    "carriage return inside": lambda line: line.replace(b", ", b",\r", 1),
    "control byte in text": _inside(b"\x01"),
    "zero byte in text": _inside(b"\x00"),
    "escaped key twice": _behind(b', "resolved\\u005fmodel": "evil/dup"'),
    "key twice": _behind(b', "resolved_model": "evil/dup"'),
    "unknown key twice": _behind(b', "x": {"a": 1, "a": 2}'),
    "key twice in the request": _request(b'{"unavailable": [], "unavailable": ["a/a"]}'),
    "half a surrogate pair": _inside(b"\\ud83d"),
    "infinity": _behind(b', "x": Infinity'),
    "not a number": _behind(b', "x": NaN'),
    "bytes that are not UTF-8": _behind(b', "x": "\xff"'),
    "bytes that are too long for UTF-8": _inside(b"\xc0\xaf"),
    "U+0085 inside": _inside(b"\xc2\x85"),
    "model is null": _model(b'"resolved_model": null'),
    "model is a number": _model(b'"resolved_model": 12'),
    "null": lambda line: b"null\n",
    "scalar": lambda line: b"12\n",
    "request is a list": _request(b"[]"),
    "request is text": _request(b'"{\\"unavailable\\": []}"'),
    "unavailable is mixed": _request(b'{"unavailable": ["a/a", 3]}'),
    "unavailable in another order": _request(b'{"unavailable": ["b/b", "a/a"]}'),
    "cut": lambda line: line[: len(line) * 2 // 3] + b"\n",
    "two in one line": lambda line: line.rstrip() + line,
    "time in seconds": lambda line: _TIME.sub(rb"\g<1>1781049600", line, count=1),
    "Windows line end": lambda line: line.rstrip() + b"\r\n",
}

_DAMAGES = tuple(KINDS.values())


def damaged(random: Random, line: bytes) -> bytes:
    """The line with one fault. It ends as a line ends."""
    return random.choice(_DAMAGES)(line)
