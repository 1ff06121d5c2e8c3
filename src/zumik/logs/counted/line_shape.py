"""The shape of a line: what a line that was read once proves of the lines that are written alike.

A shape is the sequence of a line's keys, with a pattern for each value. Values that decide are
captured as they are written; other values are only held to be JSON. So a line of a known shape,
whose captured values were read before, needs no reading: the line reader would say the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import NamedTuple

from zumik.logs.formats.log_format import KeyPath


class Slot(Enum):
    """What is known of a value by its place in the line."""

    FREE = "decides nothing"
    EXACT = "decides, as it is written"
    REQUEST = "a request"
    COUNT_IN = "input tokens"
    COUNT_OUT = "output tokens"
    TIME = "a time as zumik writes it"
    EPOCH = "a time in seconds since 1970"


_PLAIN = rb"[ !#-\[\]-~]"
# A text cannot be entered again once it is passed, so that no line takes time by going back.
PLAIN_TEXT = b'"' + _PLAIN + b'*+"'
"""A text of ASCII; `in_utf8` makes it one of any bytes, for a line that is known to be UTF-8."""
ESCAPED_TEXT = b'"' + _PLAIN + rb'*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})' + _PLAIN + b'*+)++"'
INTEGER = rb"-?(?:0|[1-9][0-9]*+)"
DECIMAL = INTEGER + rb"\.[0-9]++"
NUMBER = INTEGER + rb"(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?"
WORD = rb"(?:true|false|null)"
# What is captured was read before, byte for byte, so that it is only delimited here.
EXACT = rb'(?:"[^"]*+"|[^][{},"\s]++)'
EXACT_TO_COMMA = rb"[^,]*"
LIST = rb"\[[^][{}]*+\]"
COUNT = rb"(?:0|[1-9][0-9]{0,17})(?![0-9.eE])"
DAY = rb"[0-9]{4}-[0-9]{2}-[0-9]{2}"
# An empty way costs the engine of patterns half of what `?` behind a group does.
CLOCK = rb"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}|)(?:Z|\+00:00|)"


def in_utf8(pattern: bytes) -> bytes:
    """The pattern for lines that are known to be UTF-8."""
    return pattern.replace(_PLAIN, rb'[^"\\\x00-\x1f]')


EPOCH = rb"[1-9][0-9]{9}(?![0-9])"
FRACTION = rb"(?:\.[0-9]++)?(?![0-9.eE])"


_BLANK = rb"[ \t\r]*"
_SCAN = re.compile(
    _BLANK
    + b"(?:(?P<text>" + in_utf8(PLAIN_TEXT + b"|" + ESCAPED_TEXT)
    + b")|(?P<scalar>" + NUMBER + b"|" + WORD + b")"
    + rb"|(?P<mark>[][{},:]))" + _BLANK
)  # fmt: skip
_LIST = re.compile(LIST)
_COUNT = re.compile(COUNT)
_TIME = re.compile(b'"' + DAY + CLOCK + b'"')
_EPOCH = re.compile(EPOCH + FRACTION)
_NUMBERS = tuple((kind, re.compile(kind)) for kind in (INTEGER, DECIMAL))
_REQUEST = re.compile(
    rb'\{"unavailable": ?' + LIST
    + rb'(?:, ?"input_tokens": ?' + COUNT + rb')?(?:, ?"output_tokens": ?' + COUNT
    + rb')?(?:, ?"capabilities": ?' + LIST + rb')?(?:, ?"input": ?' + LIST + rb")?\}"
)  # fmt: skip
"""A request as zumik writes it. One that another program wrote is taken member by member."""

_MOST_VALUES = 400
"""Values in a line. A pattern of more takes longer to build than it saves."""


class Part(NamedTuple):
    """A piece of a shape: bytes that stand as they are, or a value with its slot.

    The text of a free value is the pattern of its kind; that of a list is its beginning.
    """

    slot: Slot | None
    text: bytes = b""


Shape = tuple[Part, ...]


class NoShape(Exception):
    """The line is written in a way that no pattern is made for."""


def shape_of(
    line: bytes, slot_of: Callable[[KeyPath], Slot], needs: frozenset[KeyPath] = frozenset()
) -> Shape:
    """The shape of a line that holds one JSON object, and a plain value at each path of `needs`.

    Raises NoShape.
    """
    scanner = _Scanner(line, slot_of)
    shape = tuple(scanner.parts())
    if not needs <= scanner.exact:
        raise NoShape
    return shape


class _Scanner:
    """One line, token by token."""

    def __init__(self, line: bytes, slot_of: Callable[[KeyPath], Slot]) -> None:
        self._line = line.rstrip(b"\r\n")
        self._slot_of = slot_of
        self._at = 0
        self._values = 0
        self.exact: set[KeyPath] = set()

    def parts(self) -> Iterator[Part]:
        yield from _joined(self._value(()))
        if self._at != len(self._line):
            raise NoShape

    def _token(self) -> tuple[str, bytes, bytes]:
        """The kind of the next token, its bytes, and those with the blanks around it."""
        match = _SCAN.match(self._line, self._at)
        if match is None:
            raise NoShape
        self._at = match.end()
        kind = str(match.lastgroup)
        return kind, match[kind], match[0]

    def _value(self, path: KeyPath) -> Iterator[Part]:
        self._values += 1
        if self._values > _MOST_VALUES:
            raise NoShape
        slot = self._slot_of(path)
        start = self._at
        if slot is Slot.REQUEST and (match := _REQUEST.match(self._line, start)):
            self._at = match.end()
            yield Part(slot)
            return
        kind, token, whole = self._token()
        if kind == "mark":
            if token == b"{":
                yield from self._members(path, whole)
            elif token == b"[":
                yield from self._items(path, slot, start, whole)
            else:
                raise NoShape
        else:
            if slot is Slot.EXACT:
                self.exact.add(path)
            yield from _scalar(token, whole, slot)

    def _members(self, path: KeyPath, whole: bytes) -> Iterator[Part]:
        yield Part(None, whole)
        mark = b"{"
        while mark != b"}":
            kind, token, whole = self._token()
            if mark == b"{" and token == b"}":
                yield Part(None, whole)
                return
            # An escaped key may be a key that decides, written another way.
            if kind != "text" or b"\\" in token:
                raise NoShape
            colon = self._token()
            if colon[1] != b":":
                raise NoShape
            yield Part(None, whole + colon[2])
            yield from self._value((*path, token[1:-1].decode()))
            _, mark, whole = self._token()
            if mark not in (b",", b"}"):
                raise NoShape
            yield Part(None, whole)

    def _items(self, path: KeyPath, slot: Slot, start: int, whole: bytes) -> Iterator[Part]:
        """A list: one that decides is captured whole, another keeps its number of items."""
        if slot is not Slot.FREE:
            match = _LIST.match(self._line, start)
            if match is None:
                raise NoShape
            self._at = match.end()
            yield Part(Slot.EXACT, whole)
            return
        yield Part(None, whole)
        mark = b"["
        while mark != b"]":
            before = self._at
            if mark == b"[" and self._token()[1] == b"]":
                yield Part(None, self._line[before : self._at])
                return
            if mark == b"[":
                self._at = before
            yield from self._value((*path, "0"))
            _, mark, whole = self._token()
            if mark not in (b",", b"]"):
                raise NoShape
            yield Part(None, whole)


def _scalar(token: bytes, whole: bytes, slot: Slot) -> Iterator[Part]:
    before, _, behind = whole.partition(token)
    if slot in (Slot.COUNT_IN, Slot.COUNT_OUT):
        if not _COUNT.fullmatch(token):
            raise NoShape
    elif slot is Slot.TIME:
        if not _TIME.fullmatch(token):
            raise NoShape
    elif slot is Slot.EPOCH:
        if not _EPOCH.fullmatch(token):
            raise NoShape
    elif slot is not Slot.FREE:
        slot = Slot.EXACT
        if b"\\" in token:
            raise NoShape
    yield Part(None, before)
    yield Part(slot, _kind(token) if slot is Slot.FREE else b"")
    yield Part(None, behind)


def _kind(token: bytes) -> bytes:
    """The narrowest pattern of values like this one: fewer ways are fewer to try."""
    if token.startswith(b'"'):
        return ESCAPED_TEXT if b"\\" in token else PLAIN_TEXT
    if token.isalpha():
        return WORD
    return next((kind for kind, pattern in _NUMBERS if pattern.fullmatch(token)), NUMBER)


def _joined(parts: Iterator[Part]) -> Iterator[Part]:
    """The parts with neighbouring bytes as one."""
    text = b""
    for part in parts:
        if part.slot is None:
            text += part.text
            continue
        if text:
            yield Part(None, text)
        yield part
        text = b""
    if text:
        yield Part(None, text)
