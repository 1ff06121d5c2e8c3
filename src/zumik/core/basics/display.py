"""Display: text from outside, made safe to show wherever it goes."""

from __future__ import annotations

MOST_MARKS = 4
"""Combining marks in a row: no language writes more on one letter."""

# What is shown as nothing although it counts as printable: joiners, fillers and blanks of scripts,
# and the selectors of a variant, in which other text can be hidden.
_RANGES = (
    (0x034F, 0x034F),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x2800, 0x2800),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFFA0, 0xFFA0),
    (0x16FE4, 0x16FE4),
    (0x1D159, 0x1D159),
    (0xE0100, 0xE01EF),
)
_INVISIBLE = frozenset(chr(code) for first, last in _RANGES for code in range(first, last + 1))


def shown(text: str, limit: int = 80) -> str:
    """`text` between quotes, made safe to show: control characters escaped, cut at `limit`."""
    cut = text if len(text) <= limit else text[:limit] + "…"
    return "'" + neutral(cut) + "'"


def neutral(text: str) -> str:
    """`text` with all that steers a terminal, reorders a line or cannot be seen made visible.

    Of marks that combine with the character before them, at most `MOST_MARKS` in a row stay marks:
    more of them would cover the lines above and below.
    """
    if text.isascii() and text.isprintable():
        return text
    from unicodedata import category

    shown_, marks = [], 0
    for char in text:
        # The first mark of Unicode is U+0300.
        marks = marks + 1 if char > "\u02ff" and category(char).startswith("M") else 0
        is_seen = char.isprintable() and char not in _INVISIBLE and marks <= MOST_MARKS
        shown_.append(char if is_seen else char.encode("unicode_escape").decode("ascii"))
    return "".join(shown_)
