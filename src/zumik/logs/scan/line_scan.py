"""The scan of a block of lines, compiled by Numba: which lines are written as one of known shapes.

A line is found only where each byte of it is proven: it is JSON in UTF-8, its keys are those of a
shape, and each value is what its slot asks for. What decides in it becomes its key: the values as
they are written, and how many limits are below its counts. Lines of equal keys get one number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from zumik.core.decisions.log_line import MAX_LINE_BYTES
from zumik.logs.scan.json_ends import (
    NEWLINE,
    RETURN,
    copied,
    is_at,
    list_end,
    number_end,
    scalar_end,
    text_end,
)
from zumik.logs.scan.raw_bytes import Bytes, byte_at, compiled, eight_at, put_eight
from zumik.logs.scan.slot_ends import (
    DAY,
    IN,
    MOST_KEY_BYTES,
    OUT,
    Values,
    count_end,
    epoch_end,
    request_end,
    time_end,
)

_WORD = np.uint64
_MIX, _MIX_BITS, _SLOT_BITS = _WORD(0x9E3779B97F4A7C15), _WORD(29), _WORD(40)

PADDING = 64
"""Newlines behind a block: more bytes than are looked at in one step."""

END, FREE, TEXT, NUMBER, EXACT, LIST, REQUEST, COUNT_IN, COUNT_OUT, TIME, EPOCH = range(11)
"""What is asked of the value behind a literal; END asks for the end of the line."""

ELSE, THEN, AT, SIZE, KIND, SIGNATURE = range(6)
"""The columns of a program: which node is tried if this one fails, and which after it; the literal,
by its place and size; what comes behind it; and for END, which shapes end here."""

HEAD_WORDS = 2
"""Words of a key before its values: the ranks of its counts; its signature, and its day."""
RANK_BITS = 20
DAY_BITS = 22


class Program(NamedTuple):
    """What lines are compared with; see `program_of`."""

    nodes: NDArray[np.int32]
    literals: Bytes
    input_edges: NDArray[np.int64]
    output_edges: NDArray[np.int64]
    context_edges: NDArray[np.int64]
    is_timed: bool
    """Whether the day is part of the key."""


class Table(NamedTuple):
    """The keys that were found, by their numbers. Each is a run of `keys` that ends at its end."""

    used: NDArray[np.int64]
    """How many keys there are, and how many words."""
    seed: NDArray[np.uint64]
    slots: NDArray[np.int32]
    """The numbers of keys, by their hashes."""
    hashes: NDArray[np.uint64]
    ends: NDArray[np.int64]
    keys: NDArray[np.uint64]
    key: Bytes
    """Where the key of one line is put together."""
    values: Values


class Found(NamedTuple):
    """Of each line where it begins, the number of its key, and its day.

    The number is -1 for a line that is not known, or for which the table has no room. A day is that
    of `date.toordinal`, or 0 where the line shows none. The last start is the end of the block.
    """

    starts: NDArray[np.int64]
    numbers: NDArray[np.int32]
    days: NDArray[np.int32]


@compiled
def _line_end(block: Bytes, program: Program, table: Table, place: int) -> tuple[int, int, int]:
    """The end of a line that is written as a shape; then its signature, and the size of its key.

    The end is -1 where it is written as none. No step is taken back: of the nodes that stand beside
    each other the first that fits is taken, and what another one would find is left to the reader.
    """
    nodes, literals, key, values = program.nodes, program.literals, table.key, table.values
    values[:] = 0
    node, size = 0, 8 * HEAD_WORDS
    while node >= 0:
        step = node
        literal, kind = nodes[step, SIZE], nodes[step, KIND]
        node = nodes[step, ELSE]
        start, end, behind = place + literal, -1, size
        if start >= len(block) - 7 or not is_at(block, place, literals, nodes[step, AT], literal):
            continue
        if kind == FREE:
            end = scalar_end(block, start, True)
        elif kind == EXACT:
            end = scalar_end(block, start, False)
        elif kind == LIST:
            end = list_end(block, start)
        elif kind == REQUEST:
            end, behind = request_end(block, start, key, size, values)
        elif kind == COUNT_IN:
            end = count_end(block, start, values, IN)
        elif kind == COUNT_OUT:
            end = count_end(block, start, values, OUT)
        elif kind == TIME:
            end = time_end(block, start, values)
        elif kind == EPOCH:
            end = epoch_end(block, start, values)
        elif kind == TEXT:
            end = text_end(block, start, False)
        elif kind == NUMBER:
            end = number_end(block, start)
        else:
            end = start + 1 if byte_at(block, start) == RETURN else start
            if byte_at(block, end) == NEWLINE:
                return end + 1, nodes[step, SIGNATURE], size
            continue
        if end < 0:
            if kind == REQUEST:
                values[IN] = values[OUT] = 0
            continue
        if kind in (EXACT, LIST):
            if size + end - start > MOST_KEY_BYTES:
                continue
            behind = copied(block, start, end, key, size)
        if kind in (EXACT, LIST, REQUEST):
            # No value has a newline in it, so that one can end each.
            key[behind] = NEWLINE
            behind += 1
        place, size, node = end, behind, nodes[step, THEN]
    return -1, 0, 0


@compiled
def _rank(edges: NDArray[np.int64], tokens: int) -> int:
    """How many edges are below a count; see `TokenEdges.ranks`."""
    # All are compared: it takes less time than to find the place at which to stop.
    rank = 0
    for edge in edges:
        rank += edge < tokens
    return rank


@compiled
def _is_key(table: Table, number: int, words: int) -> bool:
    """Whether the key that was put together is the one with a number."""
    keys, key = table.keys, table.key
    start = table.ends[number - 1] if number else 0
    if table.ends[number] - start != words:
        return False
    word = 0
    while word < words and keys[start + word] == eight_at(key, 8 * word):
        word += 1
    return word == words


@compiled
def _number_of(table: Table, words: int) -> int:
    """The number of the key that was put together: a new one, or -1, where it had none yet."""
    key, slots = table.key, table.slots
    hashed = table.seed[0]
    for word in range(words):
        hashed = (hashed ^ eight_at(key, 8 * word)) * _MIX
        hashed ^= hashed >> _MIX_BITS
    slot = int(hashed >> _SLOT_BITS) & (len(slots) - 1)
    while slots[slot] >= 0:
        if table.hashes[slots[slot]] == hashed and _is_key(table, slots[slot], words):
            return int(slots[slot])
        slot = (slot + 1) & (len(slots) - 1)
    number, used = table.used[0], table.used[1]
    if number == len(table.ends) or used + words > len(table.keys):
        return -1
    slots[slot] = number
    table.hashes[number] = hashed
    for word in range(words):
        table.keys[used + word] = eight_at(key, 8 * word)
    table.ends[number] = used + words
    table.used[0], table.used[1] = number + 1, used + words
    return int(number)


@compiled
def scan_lines(block: Bytes, size: int, program: Program, table: Table, found: Found) -> int:
    """Find each line of a block that ends at `size`, behind a newline; how many lines it has."""
    place, lines = 0, 0
    while place < size:
        found.starts[lines], found.numbers[lines], found.days[lines] = place, -1, 0
        end, signature, length = _line_end(block, program, table, place)
        if end < 0:
            while byte_at(block, place) != NEWLINE:
                place += 1
            end = place + 1
        elif end - place <= MAX_LINE_BYTES:
            # What the reader says of a longer one depends on its size.
            key, values = table.key, table.values
            ranks = _rank(program.input_edges, values[IN])
            ranks |= _rank(program.output_edges, values[OUT]) << RANK_BITS
            ranks |= _rank(program.context_edges, values[IN] + values[OUT]) << (2 * RANK_BITS)
            day = values[DAY] if program.is_timed else 0
            put_eight(key, 0, _WORD(ranks))
            put_eight(key, 8, _WORD((signature << DAY_BITS) | day))
            put_eight(key, length, _WORD(0))
            found.numbers[lines] = _number_of(table, (length + 7) // 8)
            found.days[lines] = values[DAY]
        place = end
        lines += 1
    found.starts[lines] = place
    return lines
