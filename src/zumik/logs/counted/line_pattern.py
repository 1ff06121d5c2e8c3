"""One pattern for all the shapes that are known: it takes a block of lines apart in one pass.

Shapes that begin alike share what they have in common, so that a line is compared once. The pattern
gives one tuple a line. Equal tuples are equal calls, but for what decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.counted.line_shape import (
    CLOCK,
    COUNT,
    DAY,
    EPOCH,
    ESCAPED_TEXT,
    EXACT,
    EXACT_TO_COMMA,
    FRACTION,
    LIST,
    NUMBER,
    PLAIN_TEXT,
    WORD,
    Part,
    Shape,
    Slot,
    in_utf8,
)


class Group(Enum):
    """What a group of the pattern holds."""

    EXACT = "bytes that decide"
    INPUT = "input tokens beyond the first limit"
    OUTPUT = "output tokens beyond the first limit"
    DAY = "a day, or a time in seconds since 1970"
    UNKNOWN = "a line of no known shape"


class _Fragment(NamedTuple):
    pattern: bytes
    groups: tuple[Group, ...] = ()


class _Node:
    """A place in the tree of fragments: what may follow, and whether a line may end."""

    def __init__(self) -> None:
        self.next: dict[_Fragment, _Node] = {}
        self.is_end = False


_FREE = b"(?:" + PLAIN_TEXT + b"|" + NUMBER + b"|" + WORD + b"|" + ESCAPED_TEXT + b")"
_INPUT_GROUP = b"\x00"
"""The place of the number of the group of the input tokens, until the groups are numbered."""


class LinePattern:
    """The pattern of some shapes, for lines of ASCII and for lines of UTF-8."""

    def __init__(self, shapes: Iterable[Shape], edges: TokenEdges, *, days: bool = False) -> None:
        self._edges = edges
        self._days = days
        root = _Node()
        for shape in shapes:
            node = root
            for fragment in self._fragments(shape):
                node = node.next.setdefault(fragment, _Node())
            node.is_end = True
        self.groups: list[Group] = []
        known = self._written(root) if root.next else b"(?!)"
        self.groups.append(Group.UNKNOWN)
        self._text = b"^(?:" + known + rb"\r?$|(.*))"
        self.inputs = self._places(Group.INPUT)
        self.outputs = self._places(Group.OUTPUT)
        self.times = self._places(Group.DAY)
        self.exact = self._places(Group.EXACT)
        self._of_ascii: re.Pattern[bytes] | None = None
        self._of_utf8: re.Pattern[bytes] | None = None

    def _places(self, kind: Group) -> tuple[int, ...]:
        return tuple(place for place, group in enumerate(self.groups) if group is kind)

    def tuples_in(self, block: bytes, end: int, *, utf8: bool = False) -> list[tuple[bytes, ...]]:
        """One tuple for each line of a block: its groups, as `groups` lists them.

        With `utf8`, lines that are not ASCII can be known too, where all of the block is UTF-8.
        """
        found = self._of_block(block, utf8=utf8).findall(block, 0, end)
        return [(line,) for line in found] if len(self.groups) == 1 else found

    def _of_block(self, block: bytes, *, utf8: bool) -> re.Pattern[bytes]:
        if utf8 and not block.isascii() and _is_utf8(block):
            self._of_utf8 = self._of_utf8 or re.compile(in_utf8(self._text), re.MULTILINE)
            return self._of_utf8
        self._of_ascii = self._of_ascii or re.compile(self._text, re.MULTILINE)
        return self._of_ascii

    def _written(self, node: _Node) -> bytes:
        """The pattern of what follows a node; the groups are numbered in the order of the text."""
        text = b""
        while len(node.next) == 1 and not node.is_end:
            ((fragment, node),) = node.next.items()
            text += self._numbered(fragment)
        if not node.next:
            return text
        ways = [
            self._numbered(fragment) + self._written(following)
            for fragment, following in node.next.items()
        ]
        if node.is_end:
            ways.append(b"")
        return text + b"(?:" + b"|".join(ways) + b")"

    def _numbered(self, fragment: _Fragment) -> bytes:
        number = len(self.groups)
        self.groups += fragment.groups
        if Group.INPUT in fragment.groups:
            number += 1 + fragment.groups.index(Group.INPUT)
        return fragment.pattern.replace(_INPUT_GROUP, b"%d" % number)

    def _fragments(self, shape: Shape) -> Iterator[_Fragment]:
        """Neighbours that decide are captured together, with the keys before and between them."""
        run = text = b""
        for part, after in zip(shape, (*shape[1:], Part(None)), strict=True):
            if part.slot is None:
                text += re.escape(part.text)
            elif part.slot is Slot.EXACT:
                run, text = run + text + self._exact(part, after), b""
            else:
                if part.slot is Slot.REQUEST:
                    run, text = run + text + rb'\{"unavailable": ?' + LIST, b""
                yield from _captured(run, text)
                yield self._value(part.slot)
                run = text = b""
        yield from _captured(run, text)

    def _exact(self, part: Part, after: Part) -> bytes:
        if part.text:
            return LIST
        return EXACT_TO_COMMA if after.text.startswith(b",") else EXACT

    def _value(self, slot: Slot) -> _Fragment:
        if slot is Slot.TIME:
            if self._days:
                return _Fragment(b'"(' + DAY + b")" + CLOCK + b'"', (Group.DAY,))
            return _Fragment(_FREE)
        if slot is Slot.EPOCH:
            return (
                _Fragment(b"(" + EPOCH + b")" + FRACTION, (Group.DAY,))
                if self._days
                else _Fragment(_FREE)
            )
        if slot is Slot.COUNT_IN:
            return _Fragment(b"(" + COUNT + b")", (Group.INPUT,))
        if slot is Slot.COUNT_OUT:
            return _Fragment(b"(" + COUNT + b")", (Group.OUTPUT,))
        return self._request() if slot is Slot.REQUEST else _Fragment(_FREE)

    def _request(self) -> _Fragment:
        """The rest of a request: counts within the first limits are not captured.

        They have one rank, so that their lines are equal. Input tokens are captured also where both
        together may pass a limit; then the output is captured too. The letter of each key is
        captured, because a count that is not there is not zero.
        """
        small_in, small_out, beside = _small_counts(self._edges)
        output = rb', ?"(o)utput_tokens": ?'
        no_output = output.replace(b"(o)", b"o")
        pattern = (
            rb'(?:, ?"(i)nput_tokens": ?(?:'
            + small_in + b"(?=(?:" + no_output + beside + b")?[,}])|(" + COUNT + b")))?"
            + b"(?:" + output
            + b"(?(" + _INPUT_GROUP + b")(" + COUNT + b")|(?:" + small_out + b"(?=[,}])|("
            + COUNT + b"))))?"
            + rb'((?:, ?"capabilities": ?' + LIST + rb')?(?:, ?"input": ?' + LIST + rb")?)\}"
        )  # fmt: skip
        return _Fragment(
            pattern,
            (
                Group.EXACT,
                Group.INPUT,
                Group.EXACT,
                Group.OUTPUT,
                Group.OUTPUT,
                Group.EXACT,
            ),
        )


def _captured(run: bytes, text: bytes) -> Iterator[_Fragment]:
    if run:
        yield _Fragment(b"(" + run + b")", (Group.EXACT,))
    if text:
        yield _Fragment(text)


def _is_utf8(block: bytes) -> bool:
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _small_counts(edges: TokenEdges) -> tuple[bytes, bytes, bytes]:
    """Counts from 1 up within the first limits: input, output, and output beside such an input."""
    most_in, most_out, most = (
        min((edge for edge in kind if edge), default=10**17) for kind in edges
    )
    most_in = min(most_in, most // 2)
    beside = most - most_in
    return _up_to(most_in), _up_to(min(most_out, beside)), _up_to(beside)


def _up_to(most: int) -> bytes:
    """A pattern of the whole numbers from 1 to `most`."""
    digits = str(most)
    ways = [rb"[1-9][0-9]{0,%d}" % (len(digits) - 2)] if len(digits) > 1 else []
    for place, digit in enumerate(digits):
        least = 0 if place else 1
        if int(digit) > least:
            rest = len(digits) - place - 1
            ways.append(
                b"%s[%d-%d][0-9]{%d}" % (digits[:place].encode(), least, int(digit) - 1, rest)
            )
    if most:
        ways.append(digits.encode())
    return b"(?:" + b"|".join(ways or [b"(?!)"]) + b")(?![0-9])"
