"""Learnt shapes: how the lines that had to be read are written, so that others are known by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from zumik.logs.scan.line_shape import NoShape, Shape, shape_of
from zumik.logs.scan.line_slots import LineSlots

_MOST_SHAPES = 256
TRIES = 64
"""How many unknown lines of a block are looked at for new shapes."""
_LOOK_AGAIN = 64
"""After how many blocks they are looked at for new shapes at the latest."""


class Usable(NamedTuple):
    """A line that was read, from which a shape may be learnt."""

    line: bytes
    slots: LineSlots


class LearntShapes:
    """The shapes that were seen more than once."""

    def __init__(self) -> None:
        self._blocks = 0
        self.shapes: dict[Shape, None] = {}

    def is_looking(self) -> bool:
        """Whether the next block is looked at: ever less often, as looking takes long."""
        self._blocks += 1
        return not self._blocks & (self._blocks - 1) or self._blocks % _LOOK_AGAIN == 0

    @property
    def is_compact(self) -> bool:
        """Else the first blank of each known line stands before a value, which no bare word is."""
        return any(b" " not in shape.parts[0].text for shape in self.shapes)

    def learn(self, usable: Iterable[Usable]) -> bool:
        """Take up what is new in lines that were read; whether anything is."""
        seen: Counter[Shape] = Counter()
        for line, slots in islice(usable, TRIES):
            with suppress(NoShape):
                seen[shape_of(line, slots.slot_of, slots.needs)] += 1
        new = [shape for shape, times in seen.most_common() if times > 1]
        new = [shape for shape in new if shape not in self.shapes]
        self.shapes |= dict.fromkeys(new[: _MOST_SHAPES - len(self.shapes)])
        return bool(new)
