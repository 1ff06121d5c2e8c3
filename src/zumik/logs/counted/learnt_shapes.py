"""Learnt shapes: how the lines that had to be read are written, so that others are known by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import NamedTuple

from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.counted.line_pattern import LinePattern
from zumik.logs.counted.line_shape import NoShape, Part, Shape, Slot, shape_of
from zumik.logs.counted.line_slots import LineSlots

_MOST_SHAPES = 24
_TRIES, _FEW_TRIES = 64, 16
MANY = 0.05
"""How many unknown lines of a block are looked at for new shapes: few where few are unknown."""
_LOOK_AGAIN = 64
"""After how many blocks they are looked at for new shapes at the latest."""
_LEAST_SHARE = 0.002
"""How frequent a shape is in a block, at least: a rare one costs more than it saves."""


class Usable(NamedTuple):
    """A line that was read, from which a shape may be learnt."""

    line: bytes
    slots: LineSlots


class _Kind(NamedTuple):
    """The pattern of a free value, and the bytes behind which it stands: its key, mostly."""

    before: bytes
    pattern: bytes


class LearntShapes:
    """The shapes that were seen often, and the pattern that finds lines of any of them.

    A free value is of a kind that was seen behind the same bytes in any line: the fewer kinds, the
    faster the pattern.
    """

    def __init__(self, edges: TokenEdges, *, days: bool) -> None:
        self._edges = edges
        self._days = days
        self._shapes: dict[Shape, None] = {}
        self._kinds: dict[_Kind, None] = {}
        self._blocks = 0
        self.pattern = LinePattern((), edges)
        self.is_utf8 = False
        self.is_compact = False

    def is_looking(self) -> bool:
        """Whether the next block is looked at: ever less often, as building takes long."""
        self._blocks += 1
        return not self._blocks & (self._blocks - 1) or self._blocks % _LOOK_AGAIN == 0

    def take_utf8(self) -> bool:
        """Know lines of UTF-8 too from now on; whether that is new."""
        if self.is_utf8:
            return False
        self.is_utf8 = True
        self._build()
        return True

    def learn(self, usable: Sequence[Usable], lines: int) -> bool:
        """Take up what is new in lines that were read, of as many; whether anything is."""
        if not usable:
            return False
        tries = _TRIES if len(usable) > MANY * lines else _FEW_TRIES
        shapes: Counter[Shape] = Counter()
        kinds: Counter[_Kind] = Counter()
        for line, slots in usable[:tries]:
            with suppress(NoShape):
                shape = shape_of(line, slots.slot_of, slots.needs)
                kinds.update(_kinds_of(shape))
                shapes[tuple(map(_without_kind, shape))] += 1
        least = max(2, _LEAST_SHARE * lines * min(tries, len(usable)) / len(usable))
        often = [shape for shape, times in shapes.most_common() if times >= least]
        new = [shape for shape in often if shape not in self._shapes]
        new = new[: _MOST_SHAPES - len(self._shapes)]
        others = [kind for kind, times in kinds.items() if times >= least]
        if not new and self._kinds.keys() >= set(others):
            return False
        self._shapes |= dict.fromkeys(new)
        self._kinds |= dict.fromkeys(kind for kind, _ in kinds.most_common())
        self._build()
        return True

    def _build(self) -> None:
        kinds: dict[bytes, list[bytes]] = {}
        for before, pattern in self._kinds:
            kinds.setdefault(before, []).append(pattern)
        self.pattern = LinePattern(
            self._shapes, self._edges, kinds, days=self._days, utf8=self.is_utf8
        )
        # Else the first blank of each line stands before a value, which no bare word is.
        self.is_compact = any(b" " not in shape[0].text for shape in self._shapes)


def _kinds_of(shape: Shape) -> list[_Kind]:
    return [
        _Kind(before.text, part.text) for before, part in pairwise(shape) if part.slot is Slot.FREE
    ]


def _without_kind(part: Part) -> Part:
    return Part(Slot.FREE) if part.slot is Slot.FREE else part
