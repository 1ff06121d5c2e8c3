"""Did you mean: the known word that is closest to one that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from zumik.core.basics.display import neutral

_MAX_WORD = 200
"""Comparing takes time with the square of the length, and the word may come from outside."""

Otherwise = TypeVar("Otherwise", str, None)


def did_you_mean(word: str, known: Iterable[str], otherwise: Otherwise) -> str | Otherwise:
    """The hint that names the closest of the known words, else `otherwise`.

    The word is quoted for a shell where it has to be, so that it can be pasted into a command.
    """
    # Imported here because most commands finish without a mistyped word.
    from difflib import get_close_matches
    from shlex import quote

    close = get_close_matches(word[:_MAX_WORD], list(known), n=1)
    return f"did you mean {quote(neutral(close[0]))}?" if close else otherwise
