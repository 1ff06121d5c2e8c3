"""One pattern for all the shapes that are known, which takes the lines of a whole block at once.

Shapes that begin alike share what they have in common, so that a line is compared once. Lines of
equal groups are equal calls, but for what decides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.counted.line_shape import (
    CLOCK,
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
    INPUT = "bytes that decide, and the first digits of the input tokens"
    INPUT_REST = "their other digits"
    OUTPUT = "bytes that decide, and the first digits of the output tokens"
    OUTPUT_REST = "their other digits, where they may pass a limit"
    DAY = "a day, or a time in seconds since 1970"


_DECISIVE = (Group.EXACT, Group.INPUT, Group.OUTPUT)
_COUNTS = {Slot.COUNT_IN: Group.INPUT, Slot.COUNT_OUT: Group.OUTPUT}
REST_DIGITS = {Group.INPUT: 3, Group.OUTPUT: 2}
"""How many of its last digits a count is known without, where no limit is passed by them."""

Written = tuple[bytes, ...]
"""What the groups of the pattern hold of a line; the last one holds a line of no known shape."""


class _Fragment(NamedTuple):
    pattern: bytes
    groups: tuple[Group, ...] = ()


class _Node:
    """A place in the tree of fragments: what may follow, and whether a line may end."""

    def __init__(self) -> None:
        self.next: dict[_Fragment, _Node] = {}
        self.is_end = False


class LinePattern:
    """The pattern of the lines of some shapes, with their ends.

    `decisive`, `inputs`, `outputs` and `days` are the places of groups in what is written; the rest
    of a count is behind its beginning.
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
        self._groups: list[Group] = []
        root = _Node()
        for shape in shapes:
            node = root
            for fragment in self._fragments(shape):
                node = node.next.setdefault(fragment, _Node())
            node.is_end = True
        text = self._text(root) if root.next else b"(?!)"
        # Two groups at least, or what is found would be no tuples.
        text = b"(?:(?:" + text + rb")()\r?|([^\n]*+))\n"
        self._find = re.compile(in_utf8(text) if utf8 else text).findall
        self.decisive, self.days = self._places(*_DECISIVE), self._places(Group.DAY)
        self.inputs, self.outputs = self._places(Group.INPUT), self._places(Group.OUTPUT)

    def written_in(self, block: bytes) -> list[Written]:
        """What is written in the lines of a block, each with its end; see `lines_of`."""
        return self._find(block)

    def _places(self, *kinds: Group) -> tuple[int, ...]:
        return tuple(place for place, each in enumerate(self._groups) if each in kinds)

    def _text(self, node: _Node) -> bytes:
        """The pattern of what follows a node; the groups are listed in the order of the text."""
        text = b""
        while len(node.next) == 1 and not node.is_end:
            ((fragment, node),) = node.next.items()
            text += fragment.pattern
            self._groups += fragment.groups
        if not node.next:
            return text
        ways = []
        for fragment, following in node.next.items():
            self._groups += fragment.groups
            ways.append(fragment.pattern + self._text(following))
        if node.is_end:
            ways.append(b"")
        return text + b"(?:" + b"|".join(ways) + b")"

    def _fragments(self, shape: Shape) -> Iterator[_Fragment]:
        """Neighbours that decide are captured together, with the keys before and between them."""
        run = text = begin = b""
        for number, (before, part, after) in enumerate(
            zip((Part(None), *shape), shape, (*shape[1:], Part(None)), strict=False)
        ):
            if part.slot is None:
                text += re.escape(part.text)
                continue
            if part.slot is Slot.EXACT:
                begin = begin or text
                run, text = run + text + self._exact(part, after), b""
                continue
            if part.slot is Slot.REQUEST and run and _is_flat(shape[:number]):
                yield self._request(begin + b"[^{]*")
            elif part.slot is Slot.REQUEST:
                yield self._request(run + text)
            elif part.slot in _COUNTS:
                yield self._count(_COUNTS[part.slot], run + text + b"(?=[0-9])")
            else:
                yield from _captured(run, text)
                yield self._value(part.slot, before.text)
            run = text = begin = b""
        yield from _captured(run, text)

    def _exact(self, part: Part, after: Part) -> bytes:
        if part.text:
            return LIST
        return EXACT_TO_COMMA if after.text.startswith(b",") else EXACT

    def _value(self, slot: Slot, before: bytes) -> _Fragment:
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

    def _request(self, lead: bytes) -> _Fragment:
        """A request. No count is not the same as zero: the key of a count is captured with it."""
        lead += rb'\{"unavailable": ?' + LIST + b"(?:" + _key_of_count(b"input_tokens") + b")"
        tokens_in = self._count(Group.INPUT, lead)
        tokens_out = self._count(Group.OUTPUT, b"(?:" + _key_of_count(b"output_tokens") + b")")
        rest = rb'((?:, ?"capabilities": ?' + LIST + rb'|)(?:, ?"input": ?' + LIST + rb"|))\}"
        return _Fragment(
            tokens_in.pattern + tokens_out.pattern + rest,
            (*tokens_in.groups, *tokens_out.groups, Group.EXACT),
        )

    def _count(self, kind: Group, lead: bytes) -> _Fragment:
        """A count, or none: what is before it and its first digits, and its last digits apart.

        Counts that differ in these alone are of one rank mostly, so that their lines are equal. A
        limit itself is often asked for, and it has no last digits.
        """
        rest, limits = REST_DIGITS[kind], b""
        if kind is Group.OUTPUT:
            limits = b"".join(b"%d(?![0-9])|" % limit for limit in self._edges.output if limit)
        pattern = (
            b"(" + lead + b"(?:" + limits
            + b"[1-9][0-9]{0,%d}(?=[0-9]{%d}(?![0-9]))|0(?![0-9])|))" % (17 - rest, rest)
            + b"((?<=[0-9])[0-9]{%d}(?![0-9])|(?<![0-9])[1-9][0-9]{0,%d}(?![0-9])|)(?![.eE])"
            % (rest, rest - 1)
        )  # fmt: skip
        following = Group.INPUT_REST if kind is Group.INPUT else Group.OUTPUT_REST
        return _Fragment(pattern, (kind, following))


_ANY_KIND = (PLAIN_TEXT, NUMBER, WORD, ESCAPED_TEXT)


def _key_of_count(key: bytes) -> bytes:
    """A key with its count ahead, or no key and no count: either may be passed over later."""
    return b', ?"' + key + rb'": ?(?=[0-9])|(?=[,}])'


def _captured(run: bytes, text: bytes) -> Iterator[_Fragment]:
    if run:
        yield _Fragment(b"(" + run + b")", (Group.EXACT,))
    if text:
        yield _Fragment(text)


def _is_flat(parts: Shape) -> bool:
    """Whether behind these parts the line's own object is open, and nothing else ever was.

    What decides in such a line, up to its request, is then captured as one: any bytes up to the
    next brace. A line is counted only where another with the same bytes was read, so that
    both are in the same place of their JSON behind them; and as the rest of the pattern closes one
    object, and has keys and texts in turn, that place is in the line's own object.
    """
    text = b"".join(part.text for part in parts if part.slot is None)
    return text.count(b"{") == 1 and b"[" not in text


def lines_of(written: Written) -> int:
    """Over how many lines a text goes that a group holds; of a line that was read it is one."""
    return 1 + sum(text.count(b"\n") for text in written)
