"""The shape of a line: what a line that was read once proves of the lines that are written alike.

A shape is the sequence of a line's keys, with a slot for each value. Values that decide are taken
as they are written; of the others only the kind of JSON matters. So a line of a known shape, whose
decisive values were read before, needs no reading: the line reader would say the same.
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
    LIST = "a list that decides, as it is written"
    REQUEST = "a request"
    COUNT_IN = "input tokens"
    COUNT_OUT = "output tokens"
    TIME = "a time as zumik writes it"
    EPOCH = "a time in seconds since 1970"


_PLAIN = rb'[^"\\\x00-\x1f]'
# A text cannot be entered again once it is passed, so that no line takes time by going back.
_PLAIN_TEXT = b'"' + _PLAIN + b'*+"'
_ESCAPED_TEXT = b'"' + _PLAIN + rb'*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})' + _PLAIN + b'*+)++"'
_NUMBER = rb"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?"
_WORD = rb"(?:true|false|null)"
LIST = rb"\[[^][{}]*+\]"
COUNT = rb"(?:0|[1-9][0-9]{0,17})(?![0-9.eE])"
DAY = rb"[0-9]{4}-[0-9]{2}-[0-9]{2}"
CLOCK = rb"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6}|)(?:Z|\+00:00|)"
_EPOCH = rb"[1-9][0-9]{9}(?:\.[0-9]++)?(?![0-9.eE])"

_BLANK = rb"[ \t\r]*"
_SCAN = re.compile(
    _BLANK
    + b"(?:(?P<text>" + _PLAIN_TEXT + b"|" + _ESCAPED_TEXT
    + b")|(?P<scalar>" + _NUMBER + b"|" + _WORD + b")"
    + rb"|(?P<mark>[][{},:]))" + _BLANK
)  # fmt: skip
_LIST = re.compile(LIST)
_FITS = {
    Slot.COUNT_IN: re.compile(COUNT),
    Slot.COUNT_OUT: re.compile(COUNT),
    Slot.TIME: re.compile(b'"' + DAY + CLOCK + b'"'),
    Slot.EPOCH: re.compile(_EPOCH),
}
"""How the values of some slots are written."""
_REQUEST = re.compile(
    rb'\{"unavailable": ?' + LIST
    + rb'(?:, ?"input_tokens": ?' + COUNT + rb')?(?:, ?"output_tokens": ?' + COUNT
    + rb')?(?:, ?"capabilities": ?' + LIST + rb')?(?:, ?"input": ?' + LIST + rb")?\}"
)  # fmt: skip
"""A request as zumik writes it. One that another program wrote is taken member by member."""

_MOST_VALUES = 400
"""Values in a line. A shape of more takes longer to compare than it saves."""


Decisive = tuple[tuple[str, KeyPath], ...]
"""What decides in a line, with its path, in the order of the line."""


class Part(NamedTuple):
    """A piece of a shape: bytes that stand as they are, or a value of which the slot is known."""

    slot: Slot | None
    text: bytes = b""


class Shape(NamedTuple):
    """The parts of a line, and what decides in it.

    Lines in which the same decides, and which have equal values there, are equal calls.
    """

    parts: tuple[Part, ...]
    decisive: Decisive


class NoShape(Exception):
    """The line is written in a way that is compared with no other."""


def shape_of(
    line: bytes, slot_of: Callable[[KeyPath], Slot], needs: frozenset[KeyPath] = frozenset()
) -> Shape:
    """The shape of a line that holds one JSON object, and a plain value at each path of `needs`.

    Raises NoShape.
    """
    scanner = _Scanner(line, slot_of)
    shape = Shape(tuple(scanner.parts()), tuple(scanner.decisive))
    times = [part.slot for part in shape.parts]
    once = (Slot.REQUEST, Slot.COUNT_IN, Slot.COUNT_OUT, Slot.TIME, Slot.EPOCH)
    if not needs <= scanner.plain or any(times.count(slot) > 1 for slot in once):
        raise NoShape
    return shape


class _Scanner:
    """One line, token by token."""

    def __init__(self, line: bytes, slot_of: Callable[[KeyPath], Slot]) -> None:
        self._line = line.rstrip(b"\r\n")
        self._slot_of = slot_of
        self._at = 0
        self._values = 0
        self.decisive: list[tuple[str, KeyPath]] = []
        self.plain: set[KeyPath] = set()

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
            yield self._decisive(slot, path)
            return
        kind, token, whole = self._token()
        if token == b"{":
            if slot is not Slot.FREE:
                self.decisive.append(("object", path))
            yield from self._members(path, whole)
        elif token == b"[":
            yield from self._items(path, slot, start, whole)
        elif kind == "mark":
            raise NoShape
        else:
            yield from self._scalar(token, whole, slot, path)

    def _decisive(self, slot: Slot, path: KeyPath) -> Part:
        self.decisive.append((slot.name, path))
        return Part(slot)

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
        """A list: one that decides is taken whole, another keeps its number of items."""
        if slot is not Slot.FREE:
            match = _LIST.match(self._line, start)
            if match is None:
                raise NoShape
            self._at = match.end()
            yield self._decisive(Slot.LIST, path)
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

    def _scalar(self, token: bytes, whole: bytes, slot: Slot, path: KeyPath) -> Iterator[Part]:
        self.plain.add(path)
        before, _, behind = whole.partition(token)
        if slot in _FITS:
            if not _FITS[slot].fullmatch(token):
                raise NoShape
        elif slot is not Slot.FREE:
            slot = Slot.EXACT
            if b"\\" in token:
                raise NoShape
        yield Part(None, before)
        is_decisive = slot not in (Slot.FREE, Slot.TIME, Slot.EPOCH)
        yield self._decisive(slot, path) if is_decisive else Part(slot)
        yield Part(None, behind)


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
