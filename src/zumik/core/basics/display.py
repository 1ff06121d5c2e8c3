"""Display: text from outside, made safe to show wherever it goes."""

from __future__ import annotations


def shown(text: str, limit: int = 80) -> str:
    """`text` between quotes, made safe to show: control characters escaped, cut at `limit`."""
    cut = text if len(text) <= limit else text[:limit] + "…"
    return "'" + neutral(cut) + "'"


def neutral(text: str) -> str:
    """`text` with everything that could steer a terminal or reorder a line made visible."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )
