"""One pattern for all the shapes that are known, and one for what follows each head of a line.

Shapes that begin alike share what they have in common, so that a line is compared once. A head is
what a line has before its request: most lines of a log have one of few. So a head is looked up as
it is written, and only what follows it takes a pattern. Lines of equal heads and equal groups are
equal calls, but for what decides nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
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
    INPUT = "input tokens, where they may pass a limit"
    OUTPUT = "output tokens, where they may pass a limit"
    DAY = "a day, or a time in seconds since 1970"


_DECISIVE = (Group.EXACT, Group.INPUT, Group.OUTPUT)


class _Fragment(NamedTuple):
    pattern: bytes
    groups: tuple[Group, ...] = ()
    is_request: bool = False

    @property
    def varies(self) -> bool:
        """Whether it has groups of which many a line has its own."""
        return any(group is not Group.EXACT for group in self.groups)


class _Node:
    """A place in the tree of fragments: what may follow, and whether a line may end."""

    def __init__(self) -> None:
        self.next: dict[_Fragment, _Node] = {}
        self.is_end = False


_INPUT_GROUP = b"\x00"
"""The place of the number of the group of the input tokens, until the groups are numbered."""


class Section:
    """The pattern of a tree, up to the end of the line, and what its groups hold.

    `decisive`, `exact`, `inputs`, `outputs` and `days` are the numbers of groups. `heads` are the
    nodes before a request, by the number of the group that ends there.
    """

    def __init__(self, root: _Node, *, utf8: bool) -> None:
        self.groups: list[Group] = []
        self.heads: dict[int, _Node] = {}
        text = b"(?:" + (self._written(root) if root.next else b"(?!)") + rb")\r?\Z"
        self.match = re.compile(in_utf8(text) if utf8 else text).match
        self.days, self.decisive = self._numbers(Group.DAY), self._numbers(*_DECISIVE)
        self.exact = self._numbers(Group.EXACT)
        self.inputs, self.outputs = self._numbers(Group.INPUT), self._numbers(Group.OUTPUT)

    def exact_in(self, match: re.Match[bytes], before: int = sys.maxsize) -> tuple[bytes, ...]:
        """What decides as it is written, in the groups before one of a line.

        The key of a count is among it: a count that is small is not, and is not captured.
        """
        kinds = zip(match.groups()[: before - 1], self.groups, strict=False)
        return tuple(group for group, kind in kinds if group and kind is Group.EXACT)

    def _numbers(self, *kinds: Group) -> tuple[int, ...]:
        return tuple(number for number, kind in enumerate(self.groups, 1) if kind in kinds)

    def _written(self, node: _Node, *, varies: bool = False) -> bytes:
        """The pattern of what follows a node; the groups are numbered in the order of the text.

        Before a node that `varies` stand a time or counts, so that no head ends there.
        """
        text = b""
        while len(node.next) == 1 and not node.is_end:
            ((fragment, node),) = node.next.items()
            text += self._numbered(fragment, node, varies=varies)
            varies = varies or fragment.varies
        if not node.next:
            return text
        ways = [
            self._numbered(fragment, following, varies=varies)
            + self._written(following, varies=varies or fragment.varies)
            for fragment, following in node.next.items()
        ]
        if node.is_end:
            ways.append(b"")
        return text + b"(?:" + b"|".join(ways) + b")"

    def _numbered(self, fragment: _Fragment, following: _Node, *, varies: bool) -> bytes:
        number = len(self.groups)
        self.groups += fragment.groups
        ends_head = fragment.groups == (Group.EXACT,) and not varies
        if ends_head and any(part.is_request for part in following.next):
            self.heads[number + 1] = following
        if Group.INPUT in fragment.groups:
            number += 1 + fragment.groups.index(Group.INPUT)
        return fragment.pattern.replace(_INPUT_GROUP, b"%d" % number)


class LinePattern:
    """The pattern of whole lines of some shapes, and those of what follows their heads.

    `tails` are by the number of the group of a whole line that ends the head.
    """

    def __init__(
        self,
        shapes: Iterable[Shape],
        edges: TokenEdges,
        kinds: Mapping[bytes, Iterable[bytes]] | None = None,
        *,
        days: bool = False,
        utf8: bool = False,
    ) -> None:
        """`kinds` are the patterns of the free values behind some bytes; see `LearntShapes`.

        With `utf8`, lines have to be UTF-8; else only lines of ASCII are known.
        """
        self._edges = edges
        self._kinds = kinds or {}
        self._days = days
        root = _Node()
        for shape in shapes:
            node = root
            for fragment in self._fragments(shape):
                node = node.next.setdefault(fragment, _Node())
            node.is_end = True
        self.whole = Section(root, utf8=utf8)
        self.tails = {group: Section(node, utf8=utf8) for group, node in self.whole.heads.items()}

    def _fragments(self, shape: Shape) -> Iterator[_Fragment]:
        """Neighbours that decide are captured together, with the keys before and between them."""
        run = text = b""
        for before, part, after in zip(
            (Part(None), *shape), shape, (*shape[1:], Part(None)), strict=False
        ):
            if part.slot is None:
                text += re.escape(part.text)
            elif part.slot is Slot.EXACT:
                run, text = run + text + self._exact(part, after), b""
            else:
                if part.slot is Slot.REQUEST:
                    run, text = run and run + text, b"" if run else text
                yield from _captured(run, text)
                yield self._value(part.slot, before.text)
                run = text = b""
        yield from _captured(run, text)

    def _exact(self, part: Part, after: Part) -> bytes:
        if part.text:
            return LIST
        return EXACT_TO_COMMA if after.text.startswith(b",") else EXACT

    def _value(self, slot: Slot, before: bytes) -> _Fragment:
        if slot is Slot.REQUEST:
            return self._request()
        if slot is Slot.COUNT_IN:
            return _Fragment(b"(" + COUNT + b")", (Group.INPUT,))
        if slot is Slot.COUNT_OUT:
            return _Fragment(b"(" + COUNT + b")", (Group.OUTPUT,))
        if slot is Slot.TIME:
            if self._days:
                return _Fragment(b'"(' + DAY + b")" + CLOCK + b'"', (Group.DAY,))
            return _Fragment(PLAIN_TEXT)
        if slot is Slot.EPOCH:
            if self._days:
                return _Fragment(b"(" + EPOCH + b")" + FRACTION, (Group.DAY,))
            return _Fragment(NUMBER)
        ways = tuple(self._kinds.get(before, _ANY_KIND))
        return _Fragment(ways[0] if len(ways) == 1 else b"(?:" + b"|".join(ways) + b")")

    def _request(self) -> _Fragment:
        """A request: counts within the first limits are not captured.

        They have one rank, so that their lines are equal. Input tokens are captured also where both
        together may pass a limit; then the output is captured too. The key of a count is captured
        always: no count is not the same as zero.
        """
        small_in, small_out, beside = _small_counts(self._edges)
        pattern = (
            rb'(\{"unavailable": ?' + LIST + b"(?:" + _key_of_count(b"input_tokens") + b"))"
            + b"(?:" + small_in + rb'(?=\}|, ?"(?:output_tokens": ?' + beside + b"[,}]|[^o]))|("
            + COUNT + b")|)"
            + b"(" + _key_of_count(b"output_tokens") + b")"
            + b"(?(" + _INPUT_GROUP + b")(" + COUNT + b"|)|(?:" + small_out + b"(?=[,}])|("
            + COUNT + b")|))"
            + rb'((?:, ?"capabilities": ?' + LIST + rb'|)(?:, ?"input": ?' + LIST + rb"|))\}"
        )  # fmt: skip
        groups = Group.EXACT, Group.INPUT, Group.EXACT, Group.OUTPUT, Group.OUTPUT, Group.EXACT
        return _Fragment(pattern, groups, is_request=True)


_ANY_KIND = (PLAIN_TEXT, NUMBER, WORD, ESCAPED_TEXT)


def _key_of_count(key: bytes) -> bytes:
    """A key with its count ahead, or no key and no count: either may be passed over later."""
    return b', ?"' + key + rb'": ?(?=[0-9])|(?=[,}])'


def _captured(run: bytes, text: bytes) -> Iterator[_Fragment]:
    if run:
        yield _Fragment(b"(" + run + b")", (Group.EXACT,))
    if text:
        yield _Fragment(text)


def _small_counts(edges: TokenEdges) -> tuple[bytes, bytes, bytes]:
    """Counts from 1 up within the first limits: input, output, and output beside such an input."""
    most_in, most_out, most = (
        min((edge for edge in kind if edge), default=10**17) for kind in edges
    )
    most_in = min(most_in, most // 2)
    beside = most - most_in
    return _up_to(most_in), _up_to(min(most_out, beside)), _up_to(beside)


def _up_to(most: int) -> bytes:
    """A pattern of whole numbers from 1 on, none above `most`: of one digit and zeros, so short."""
    digits = str(most)
    ways = []
    if digits[0] > "1":
        ways.append(b"[1-%d][0-9]{%d}" % (int(digits[0]) - 1, len(digits) - 1))
    if len(digits) > 1:
        ways.append(rb"[1-9][0-9]{0,%d}" % (len(digits) - 2))
    return b"(?:" + b"|".join(ways or [b"(?!)"]) + b")(?![0-9])"
