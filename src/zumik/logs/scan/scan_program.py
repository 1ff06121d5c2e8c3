"""The program of a scan: the shapes that are known, as a tree of the steps that compare a line.

Shapes that begin alike share what they have in common, so that a line is compared once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.scan import line_scan
from zumik.logs.scan.line_scan import Program
from zumik.logs.scan.line_shape import Decisive, Shape, Slot
from zumik.logs.scan.raw_bytes import Bytes

_KINDS = {
    Slot.FREE: line_scan.FREE,
    Slot.EXACT: line_scan.EXACT,
    Slot.LIST: line_scan.LIST,
    Slot.REQUEST: line_scan.REQUEST,
    Slot.COUNT_IN: line_scan.COUNT_IN,
    Slot.COUNT_OUT: line_scan.COUNT_OUT,
    Slot.TIME: line_scan.TEXT,
    Slot.EPOCH: line_scan.NUMBER,
}
_DAYS = {Slot.TIME: line_scan.TIME, Slot.EPOCH: line_scan.EPOCH}
_LARGEST = 2**62


@dataclass(slots=True)
class _Node:
    """A place in the tree: what may come next, by its literal and kind."""

    next: dict[tuple[bytes, int], _Node] = field(default_factory=dict)
    signature: int = 0
    """What decides in the lines that end here."""


def program_of(
    shapes: Iterable[Shape], edges: TokenEdges, *, days: bool, is_timed: bool
) -> tuple[Program, list[Decisive]]:
    """The program for some shapes, and what decides in them, by signature.

    With `days`, the day of each line is found.
    """
    signatures: dict[Decisive, int] = {}
    kinds = {**_KINDS, **_DAYS} if days else _KINDS
    root = _Node()
    for shape in shapes:
        node = root
        for step in _steps(shape, kinds):
            node = node.next.setdefault(step, _Node())
        node.signature = signatures.setdefault(shape.decisive, len(signatures))
    nodes, literals = _laid_out(root)
    limits = [np.array([min(edge, _LARGEST) for edge in kind], dtype=np.int64) for kind in edges]
    program = Program(
        np.array(nodes, dtype=np.int32),
        block_of(literals + bytes(line_scan.PADDING)),
        limits[0],
        limits[1],
        limits[2],
        is_timed,
    )
    return program, list(signatures)


def block_of(data: bytes | bytearray) -> Bytes:
    """Bytes as numbers."""
    return np.frombuffer(data, dtype=np.uint8)


def _steps(shape: Shape, kinds: dict[Slot, int]) -> Iterator[tuple[bytes, int]]:
    """Each value with the bytes before it; then the end of the line with those before it."""
    text = b""
    for part in shape.parts:
        if part.slot is None:
            text = part.text
            continue
        yield text, kinds[part.slot]
        text = b""
    yield text, line_scan.END


def _order(literal: bytes, kind: int) -> tuple[bool, int]:
    """Where a step stands among others: first what says more, as no step is taken back."""
    return kind != line_scan.REQUEST, -len(literal)


def _laid_out(root: _Node) -> tuple[list[list[int]], bytes]:
    """The rows of a program, the root's first, and the literals that they name."""
    literals = bytearray()
    rows: list[list[int]] = []
    waiting = [(root, -1)]
    while waiting:
        node, before = waiting.pop()
        if before >= 0:
            rows[before][line_scan.THEN] = len(rows) if node.next else -1
        for (text, kind), after in sorted(node.next.items(), key=lambda step: _order(*step[0])):
            waiting.append((after, len(rows)))
            rows.append([len(rows) + 1, -1, len(literals), len(text), kind, after.signature])
            literals += text
        if node.next:
            rows[-1][line_scan.ELSE] = -1
    return rows, bytes(literals)
