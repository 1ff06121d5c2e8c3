"""The ends of values that decide, from where they begin: -1 where no such value stands."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from zumik.logs.scan.json_ends import (
    COMMA,
    MINUS,
    NINE,
    PLUS,
    POINT,
    QUOTE,
    SMALL,
    SPACE,
    ZERO,
    E,
    copied,
    digits_end,
    is_at,
    list_end,
)
from zumik.logs.scan.raw_bytes import Bytes, byte_at, compiled

Values = NDArray[np.int64]
"""What a line has that is not compared as it is written, by these places."""
IN, OUT, DAY = range(3)
MOST_KEY_BYTES = 60_000
"""How much decides in a line at most; one in which more does is left to the reader."""

_COUNT_DIGITS = 18
_EPOCH_DIGITS = 10
_FRACTION_DIGITS = 6
_DAY_SECONDS = 24 * 60 * 60
_EPOCH_DAY = 719_163
_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)
_COLON, _CLOSE_OBJECT, _T, _Z = b":}TZ"

_KEY_TEXTS = (
    b'{"unavailable":',
    b'"input_tokens":',
    b'"output_tokens":',
    b'"capabilities":',
    b'"input":',
)
_UNAVAILABLE, _INPUT_TOKENS, _OUTPUT_TOKENS, _CAPABILITIES, _INPUT = (
    (sum(map(len, _KEY_TEXTS[:place])), len(text)) for place, text in enumerate(_KEY_TEXTS)
)
_KEYS = np.frombuffer(b"".join((*_KEY_TEXTS, bytes(8))), dtype=np.uint8)


@compiled
def count_end(block: Bytes, place: int, values: Values, which: int) -> int:
    """The end of a count, which becomes one of the values; -1 where none begins."""
    end = place + 1 if byte_at(block, place) == ZERO else digits_end(block, place)
    if not place < end <= place + _COUNT_DIGITS:
        return -1
    behind = byte_at(block, end)
    if ZERO <= behind <= NINE or behind == POINT or (behind | SMALL) == E:
        return -1
    count = 0
    for at in range(place, end):
        count = count * 10 + byte_at(block, at) - ZERO
    values[which] = count
    return end


@compiled
def _two_digits(block: Bytes, place: int) -> int:
    """A number of two digits; -1 where there are none."""
    if ZERO <= byte_at(block, place) <= NINE and ZERO <= byte_at(block, place + 1) <= NINE:
        return int((byte_at(block, place) - ZERO) * 10 + byte_at(block, place + 1) - ZERO)
    return -1


@compiled
def _ordinal(year: int, month: int, day: int) -> int:
    """The day as a number; 0 for one that does not exist."""
    if year < 1 or not 1 <= month <= 12:
        return 0
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    before = _DAYS_BEFORE[month - 1]
    length = _DAYS_BEFORE[month] - before + (1 if is_leap and month == 2 else 0)
    if not 1 <= day <= length:
        return 0
    past = year - 1
    leaps = past // 4 - past // 100 + past // 400 + (1 if is_leap and month > 2 else 0)
    return past * 365 + leaps + before + day


@compiled
def time_end(block: Bytes, place: int, values: Values) -> int:
    """The end of a time as zumik writes it, whose day becomes one of the values; else -1."""
    century, years = _two_digits(block, place + 1), _two_digits(block, place + 3)
    month, day = _two_digits(block, place + 6), _two_digits(block, place + 9)
    hour, minute = _two_digits(block, place + 12), _two_digits(block, place + 15)
    if (
        byte_at(block, place) != QUOTE
        or century < 0
        or years < 0
        or byte_at(block, place + 5) != MINUS
        or month < 0
        or byte_at(block, place + 8) != MINUS
        or day < 0
        or byte_at(block, place + 11) != _T
        or not 0 <= hour <= 23
        or byte_at(block, place + 14) != _COLON
        or not 0 <= minute <= 59
        or byte_at(block, place + 17) != _COLON
        or not 0 <= _two_digits(block, place + 18) <= 59
    ):
        return -1
    end = place + 20
    if byte_at(block, end) == POINT:
        behind = digits_end(block, end + 1)
        if not end + 1 < behind <= end + 1 + _FRACTION_DIGITS:
            return -1
        end = behind
    if byte_at(block, end) == _Z:
        end += 1
    elif byte_at(block, end) == PLUS:
        is_utc = _two_digits(block, end + 1) == 0 and _two_digits(block, end + 4) == 0
        if byte_at(block, end + 3) != _COLON or not is_utc:
            return -1
        end += 6
    if byte_at(block, end) != QUOTE:
        return -1
    values[DAY] = _ordinal(century * 100 + years, month, day)
    return end + 1


@compiled
def epoch_end(block: Bytes, place: int, values: Values) -> int:
    """The end of a time in seconds since 1970, whose day becomes one of the values; else -1."""
    end = digits_end(block, place)
    if byte_at(block, place) == ZERO or end != place + _EPOCH_DIGITS:
        return -1
    seconds = 0
    for at in range(place, end):
        seconds = seconds * 10 + byte_at(block, at) - ZERO
    if byte_at(block, end) == POINT:
        place = end + 1
        end = digits_end(block, place)
        # The reader takes a float, which more digits may round up to the next day.
        is_last = seconds % _DAY_SECONDS == _DAY_SECONDS - 1
        if end == place or (is_last and end > place + _FRACTION_DIGITS):
            return -1
    if byte_at(block, end) == POINT or (byte_at(block, end) | SMALL) == E:
        return -1
    values[DAY] = _EPOCH_DAY + seconds // _DAY_SECONDS
    return end


@compiled
def _key_end(block: Bytes, place: int, name: tuple[int, int]) -> int:
    """Where the value of a key begins that stands here behind a comma; -1 where none does."""
    if byte_at(block, place) != COMMA:
        return -1
    place += 2 if byte_at(block, place + 1) == SPACE else 1
    if not is_at(block, place, _KEYS, name[0], name[1]):
        return -1
    place += name[1]
    return place + 1 if byte_at(block, place) == SPACE else place


@compiled
def request_end(block: Bytes, place: int, key: Bytes, size: int, values: Values) -> tuple[int, int]:
    """The end of a request as zumik writes it, and the size of the key with it but for its counts.

    The end is -1 where none begins; the values may then be anything.
    """
    if not is_at(block, place, _KEYS, _UNAVAILABLE[0], _UNAVAILABLE[1]):
        return -1, size
    start = place
    place += _UNAVAILABLE[1]
    place = list_end(block, place + (1 if byte_at(block, place) == SPACE else 0))
    for which in range(2):
        name = _INPUT_TOKENS if which == IN else _OUTPUT_TOKENS
        count = _key_end(block, place, name) if place > 0 else -1
        if count > 0:
            place = count_end(block, count, values, which)
            if place < 0 or size + count - start > MOST_KEY_BYTES:
                return -1, size
            size = copied(block, start, count, key, size)
            start = place
    for which in range(2):
        name = _CAPABILITIES if which == 0 else _INPUT
        items = _key_end(block, place, name) if place > 0 else -1
        if items > 0:
            place = list_end(block, items)
    if place < 0 or byte_at(block, place) != _CLOSE_OBJECT or size + place - start > MOST_KEY_BYTES:
        return -1, size
    size = copied(block, start, place + 1, key, size)
    return place + 1, size
