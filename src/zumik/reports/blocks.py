"""A report as data: sections of lines, fields, tables and excerpts, which a painter draws.

Texts carry their meaning as marks: control characters that `safe` never lets through, so that no
text from outside can make one. A painter turns them into colour or drops them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

_OPEN, _CLOSE = "\x01", "\x02"
_MARKS = re.compile(f"{_OPEN}[a-z]|{_CLOSE}")

STRONG, QUIET, GOOD, BAD, DOUBTFUL = "sqgbd"
"""What a mark means: to be seen first, to be skipped, a yes, a no, and a thing to think about."""


def strong(text: str) -> str:
    """What the eye should find first."""
    return _marked(STRONG, text)


def quiet(text: str) -> str:
    """What can be skipped."""
    return _marked(QUIET, text)


def good(text: str) -> str:
    """A yes."""
    return _marked(GOOD, text)


def bad(text: str) -> str:
    """A no."""
    return _marked(BAD, text)


def doubtful(text: str) -> str:
    """Something to think about."""
    return _marked(DOUBTFUL, text)


def _marked(meaning: str, text: str) -> str:
    return f"{_OPEN}{meaning}{text}{_CLOSE}" if text else ""


def without_marks(text: str) -> str:
    """The words alone."""
    return _MARKS.sub("", text)


def spans(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The parts of a text, each with the meanings that hold there, the innermost last."""
    meanings: list[str] = []
    at = 0
    for mark in _MARKS.finditer(text):
        if mark.start() > at:
            yield text[at : mark.start()], tuple(meanings)
        at = mark.end()
        if mark[0] != _CLOSE:
            meanings.append(mark[0][1])
        elif meanings:
            meanings.pop()
    if at < len(text):
        yield text[at:], tuple(meanings)


class Column(NamedTuple):
    """The head of a column, which may have a second line for the unit.

    `number` sets the cells flush right. An `identifier` is shortened in its middle where it
    has no room; what is `whole` stays on its line; other texts are wrapped.
    """

    head: str
    number: bool = False
    identifier: bool = False
    whole: bool = False


class Table(NamedTuple):
    """Rows of marked texts below their columns; a row may be shorter. "-" is an empty cell.

    `notes` are lines below each row, where there are any.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    indent: int = 0
    notes: Sequence[str] = ()


class Fields(NamedTuple):
    """Names and what is known of each; names take at least `width` characters."""

    rows: Sequence[tuple[str, str]]
    indent: int = 2
    width: int = 8


class Excerpt(NamedTuple):
    """A line of a file, and the `length` characters from `start` (from 0) that are at fault."""

    number: int
    source: str
    start: int
    length: int


Block = str | Fields | Table | Excerpt
"""A text may have several lines; the spaces that a line begins with are its indent."""

Section = Sequence[Block]
Report = Sequence[Section]
"""Blocks of one section follow each other; an empty line stands between sections."""
