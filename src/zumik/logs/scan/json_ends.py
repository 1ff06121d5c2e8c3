"""The ends of values of JSON, from where they begin: -1 where no such value stands.

Each byte up to an end is proven, that of a text to be UTF-8. Texts are compared eight bytes at a
time. A newline ends every step, so that none reads on behind the line by more than such a step.
"""

from __future__ import annotations

import numpy as np

from zumik.logs.scan.raw_bytes import Bytes, byte_at, compiled, eight_at, put_eight

NEWLINE, RETURN, SPACE, QUOTE, PLUS, COMMA, MINUS, POINT, ZERO, NINE, E = b'\n\r "+,-.09e'
SMALL = 0x20
"""The bit in which a small letter differs from the capital one."""
_TAB, _BACKSLASH, _OPEN, _CLOSE = b"\t\\[]"
_A, _F, _T, _U = b"aftu"
_HIGH = 0x80
_ESCAPED = tuple(b'"\\/bfnrt')

_MOST_DIGITS = 1_000
"""A number of more is left to the reader."""

_WORD = np.uint64
_TRUE, _FALSE, _NULL = (
    _WORD(int.from_bytes(word, "little")) for word in (b"true", b"false", b"null")
)
_NONE, _ONE, _TOP_BYTE = _WORD(0), _WORD(1), _WORD(56)
_EACH_ONE, _EACH_HIGH, _EACH_SPACE, _EACH_QUOTE, _EACH_BACKSLASH = (
    _WORD(byte * 0x0101010101010101) for byte in (1, _HIGH, SPACE, QUOTE, _BACKSLASH)
)
_FIRST_BYTES = np.array([(1 << (8 * size)) - 1 for size in range(8)], dtype=np.uint64)


@compiled
def is_at(block: Bytes, place: int, literals: Bytes, at: int, size: int) -> bool:
    """Whether a literal stands at a place."""
    done = 0
    while done + 8 <= size:
        if eight_at(block, place + done) != eight_at(literals, at + done):
            return False
        done += 8
    differing = eight_at(block, place + done) ^ eight_at(literals, at + done)
    return bool((differing & _FIRST_BYTES[size - done]) == _NONE)


@compiled
def copied(block: Bytes, start: int, stop: int, key: Bytes, size: int) -> int:
    """The size of the key with some bytes more; up to seven behind them are overwritten."""
    done = 0
    while start + done < stop:
        put_eight(key, size + done, eight_at(block, start + done))
        done += 8
    return size + stop - start


@compiled
def _plain_end(block: Bytes, place: int) -> int:
    """The first byte from a place on that is no plain ASCII."""
    while True:
        eight = eight_at(block, place)
        quotes, escapes = eight ^ _EACH_QUOTE, eight ^ _EACH_BACKSLASH
        # A borrow may mark a byte behind one that is marked, and never one before it.
        marks = (
            eight
            | ((eight - _EACH_SPACE) & ~eight)
            | ((quotes - _EACH_ONE) & ~quotes)
            | ((escapes - _EACH_ONE) & ~escapes)
        ) & _EACH_HIGH
        if marks != _NONE:
            below = (marks & (~marks + _ONE)) - _ONE
            return place + int(((below & _EACH_ONE) * _EACH_ONE) >> _TOP_BYTE) - 1
        place += 8


@compiled
def _character_end(block: Bytes, place: int) -> int:
    """The end of a character of several bytes; -1 where they are no UTF-8."""
    first = byte_at(block, place)
    low, high = 0x80, 0xBF
    if 0xC2 <= first <= 0xDF:
        others = 1
    elif 0xE0 <= first <= 0xEF:
        others = 2
        low = 0xA0 if first == 0xE0 else 0x80
        high = 0x9F if first == 0xED else 0xBF
    elif 0xF0 <= first <= 0xF4:
        others = 3
        low = 0x90 if first == 0xF0 else 0x80
        high = 0x8F if first == 0xF4 else 0xBF
    else:
        return -1
    for other in range(1, others + 1):
        if not low <= byte_at(block, place + other) <= high:
            return -1
        low, high = 0x80, 0xBF
    return place + others + 1


@compiled
def _escape_end(block: Bytes, place: int) -> int:
    """The end of an escape, from its backslash on; -1 where no escape begins so."""
    if byte_at(block, place + 1) != _U:
        for escaped in _ESCAPED:
            if byte_at(block, place + 1) == escaped:
                return place + 2
        return -1
    for digit in range(2, 6):
        byte = byte_at(block, place + digit)
        if not (ZERO <= byte <= NINE or _A <= (byte | SMALL) <= _F):
            return -1
    return place + 6


@compiled
def text_end(block: Bytes, place: int, has_escapes: bool) -> int:
    """The end of a text; -1 where none begins, or it has escapes and may have none."""
    if byte_at(block, place) != QUOTE:
        return -1
    place += 1
    while True:
        place = _plain_end(block, place)
        byte = byte_at(block, place)
        if byte == QUOTE:
            return place + 1
        if byte >= _HIGH:
            place = _character_end(block, place)
        elif byte == _BACKSLASH and has_escapes:
            place = _escape_end(block, place)
        else:
            return -1
        if place < 0:
            return -1


@compiled
def digits_end(block: Bytes, place: int) -> int:
    """The end of digits, as many as there are."""
    while ZERO <= byte_at(block, place) <= NINE:
        place += 1
    return place


@compiled
def number_end(block: Bytes, start: int) -> int:
    """The end of a number; -1 where none begins, or it is too long."""
    place = start
    if byte_at(block, place) == MINUS:
        place += 1
    end = place + 1 if byte_at(block, place) == ZERO else digits_end(block, place)
    if end == place:
        return -1
    place = end
    if byte_at(block, place) == POINT:
        end = digits_end(block, place + 1)
        if end == place + 1:
            return -1
        place = end
    if byte_at(block, place) | SMALL == E:
        place += 1
        if byte_at(block, place) == MINUS or byte_at(block, place) == PLUS:
            place += 1
        end = digits_end(block, place)
        if end == place:
            return -1
        place = end
    return place if place - start <= _MOST_DIGITS else -1


@compiled
def scalar_end(block: Bytes, place: int, has_escapes: bool) -> int:
    """The end of a text, a number or a word; -1 where none begins."""
    first = byte_at(block, place)
    if first == QUOTE:
        return text_end(block, place, has_escapes)
    if first == MINUS or ZERO <= first <= NINE:
        return number_end(block, place)
    if first == _T:
        word, size = _TRUE, 4
    elif first == _F:
        word, size = _FALSE, 5
    else:
        word, size = _NULL, 4
    return place + size if (eight_at(block, place) & _FIRST_BYTES[size]) == word else -1


@compiled
def _blanks_end(block: Bytes, place: int) -> int:
    while byte_at(block, place) == SPACE or byte_at(block, place) == _TAB:
        place += 1
    return place


@compiled
def list_end(block: Bytes, place: int) -> int:
    """The end of a list of plain values; -1 where none begins."""
    if byte_at(block, place) != _OPEN:
        return -1
    place = _blanks_end(block, place + 1)
    if byte_at(block, place) == _CLOSE:
        return place + 1
    while True:
        place = scalar_end(block, place, True)
        if place < 0:
            return -1
        place = _blanks_end(block, place)
        if byte_at(block, place) == _CLOSE:
            return place + 1
        if byte_at(block, place) != COMMA:
            return -1
        place = _blanks_end(block, place + 1)
