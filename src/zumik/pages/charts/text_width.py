"""How wide a text will be: as in Verdana and DejaVu Sans, which few fonts of systems exceed."""

from __future__ import annotations

from functools import lru_cache

_NARROW = frozenset("fijlrtI.,:;'|!()[]/- ")
_WIDE = frozenset("mwMW%@")

NARROW_PAGE = 320
"""Pixels that a chart has on a phone of 360 pixels."""


@lru_cache(maxsize=4096)
def text_width(words: str, size: float = 13) -> float:
    """Pixels across, at a font size in pixels."""
    return sum(map(_em, words)) * size


def shortened(words: str, width: float, size: float = 13) -> str:
    """The text, without its middle where it is wider than this many pixels."""
    if text_width(words, size) <= width:
        return words
    kept = len(words)
    while kept > 2 and text_width(_cut(words, kept), size) > width:
        kept -= 1
    return _cut(words, kept)


def _cut(words: str, kept: int) -> str:
    end = kept // 2
    return f"{words[: kept - end]}…{words[-end:]}"


def _em(char: str) -> float:
    if char in _NARROW:
        return 0.36
    if char in _WIDE or not char.isascii():
        return 1.0
    return 0.7 if char.isupper() else 0.61
