"""JSON that goes on over many lines: arrays, one element at a time, and pretty-printed objects.

Only one element is in memory. What breaks off (a line that cannot follow the one before, a text
that no quote ends) is reported at its first line, and the lines after that are read by themselves:
a damaged line takes none of its neighbours with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from zumik.core.basics.foreign_json import MAX_DEPTH
from zumik.logs.files.log_files import MAX_ENTRY_BYTES, NumberedLines

_BEGINS = re.compile(rb'\s*(\{|\[\s*([]{["]|$))')
# Possessive, so that a text of megabytes is passed over without memory for each of its characters.
_TEXT = rb'"[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+"'
_TO_BRACKET = re.compile(rb'(?:[^]["{}]++|' + _TEXT + rb")*+")
_TO_MARK = re.compile(rb'(?:[^]["{},]++|' + _TEXT + rb")*+")
_OPENS = {b"}": b"{", b"]": b"["}


class Piece(NamedTuple):
    """The bytes of one value, with its line from 1 and its number in that line; or what is wrong.

    `part` is 0 for a value that is the first of its line, in an array that has a line for each.
    """

    line: int
    part: int
    data: bytes
    fault: str | None = None


def begins_block(data: bytes) -> bool:
    """Whether a line may be the first of an object, or of an array of values."""
    return _BEGINS.match(data) is not None


def pieces_of(lines: NumberedLines, number: int, data: bytes, why: str) -> Iterator[Piece]:
    """The values of the block that begins with a line: an object, or the elements of an array.

    `why` says why the line is no JSON by itself.
    """
    yield from _Block(lines, number, data, why).pieces()


_CUT_OFF = "the file ends inside this line"


class _Broken(Exception):
    """What is wrong with the block."""


class _Block:
    """What has been read of a block, from the start of the value that is not yet complete."""

    def __init__(self, lines: NumberedLines, number: int, data: bytes, why: str) -> None:
        self._lines = lines
        self._why = why
        self._line = self._last_line = number
        self._data = bytearray(data)
        self._last = data.rstrip()[-1:]
        self._at = 0
        self._part = 0
        self._is_behind_comma = False
        self._is_array = data.lstrip()[:1] == b"["
        self._stack: list[bytes] = []

    def pieces(self) -> Iterator[Piece]:
        if self._is_array:
            start = self._data.index(b"[") + 1
            self._stack.append(b"[")
            # An array with a line for each of its elements needs no number within the line.
            self._part = 1 if self._data[start:].strip() else 0
            self._drop(start)
        try:
            while self._stack or not self._is_array:
                token, end = self._token()
                if token in (b"{", b"["):
                    self._stack.append(token)
                    if len(self._stack) > MAX_DEPTH + 1:
                        raise _Broken("nested too deeply")
                elif token == b"," and self._is_array and len(self._stack) == 1:
                    yield self._taken(end - 1, end)
                elif token in _OPENS:
                    if not self._stack or self._stack.pop() != _OPENS[token]:
                        raise _Broken("a bracket closes what another one opened")
                    if not self._stack:
                        break
            yield from self._closed(end)
        except _Broken as error:
            yield self._broken(str(error))

    def _closed(self, end: int) -> Iterator[Piece]:
        """The last value, and what stands behind the block in its last line."""
        rest = bytes(self._data[end:])
        is_one_line = b"\n" not in self._data[:end]
        if self._is_array:
            if self._data[: end - 1].strip() or self._is_behind_comma:
                yield self._taken(end - 1, end)
            else:
                self._drop(end)
        elif rest.strip() and (rest.strip() != b"," or is_one_line):
            raise _Broken("more text behind the object")
        else:
            yield self._taken(end, end)
        if self._is_array and rest.strip():
            yield Piece(self._line, 0, b"", "more text behind the array")
        if not rest.endswith(b"\n"):
            self._lines.skip_rest(rest)

    def _taken(self, stop: int, end: int) -> Piece:
        """The value up to `stop`; what follows begins at `end`."""
        data = bytes(self._data[:stop])
        blank = len(data) - len(data.lstrip())
        line = self._line + data[:blank].count(b"\n")
        if line != self._last_line:
            self._part = 0
        piece = Piece(line, self._part, data[blank:])
        self._part, self._last_line = max(self._part + 1, 2), line
        self._is_behind_comma = True
        self._drop(end)
        return piece

    def _drop(self, end: int) -> None:
        self._line += self._data.count(b"\n", 0, end)
        del self._data[:end]
        self._at = 0

    def _token(self) -> tuple[bytes, int]:
        """The next bracket, and where it ends; or the next comma between elements.

        Texts are passed over, and the commas within an element.
        """
        is_between = self._is_array and len(self._stack) == 1
        passed = _TO_MARK if is_between else _TO_BRACKET
        while True:
            match = passed.match(self._data, self._at)
            assert match is not None
            self._at = match.end()
            token = bytes(self._data[self._at : self._at + 1])
            if not token:
                self._more()
            elif token == b'"':
                # A text cannot go on in the next line, but it can in the next piece of a long one.
                if b"\n" in self._data[self._at :]:
                    raise _Broken("a text that no quote ends")
                self._more()
            else:
                self._at += 1
                return token, self._at

    def _more(self) -> None:
        is_new_line = self._data.endswith(b"\n")
        if len(self._data) > MAX_ENTRY_BYTES:
            raise _Broken(f"more than the {MAX_ENTRY_BYTES:,} bytes that are read of one entry")
        found = self._lines.next()
        if found is None:
            raise _Broken("the file ends inside it" if is_new_line else _CUT_OFF)
        number, data = found
        first = data.lstrip()[:1]
        if is_new_line and first and not self._can_follow(first):
            self._lines.put_back(number, data)
            raise _Broken("the next line cannot follow it")
        self._last = data.rstrip()[-1:] or self._last
        self._data += data

    def _can_follow(self, first: bytes) -> bool:
        """Whether a line may begin so, by how the one before it ends."""
        inside = self._stack[-1] if self._stack else b""
        if self._last == b"{":
            return first in (b'"', b"}")
        if self._last == b",":
            return first == b'"' if inside == b"{" else first not in b"]},:"
        if self._last in (b"[", b":"):
            return first not in b"},:"
        return first in b",]}" or (first == b":" and inside == b"{")

    def _broken(self, why: str) -> Piece:
        """The fault, at the first line of the value; the lines behind that are read once more."""
        line = bytes(self._data)
        blank = len(line) - len(line.lstrip())
        number = self._line + line.count(b"\n", 0, blank)
        line = line[blank:]
        if self._is_array and number > self._line:
            # The element may be no part of the array, but the line of another call.
            self._lines.put_back(number, line)
            return Piece(self._line, 0, b"", why)
        first, newline, rest = line.partition(b"\n")
        if rest:
            self._lines.put_back(number + 1, rest)
        elif not newline:
            self._lines.skip_rest(line)
        if not rest and not self._is_array:
            # One line that is no JSON: it is refused in the words of the line reader.
            why = f"{self._why}; {why}" if why == _CUT_OFF else self._why
        return Piece(number, self._part, first, why)
