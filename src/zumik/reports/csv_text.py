"""A table as CSV, for a spreadsheet: no cell of it can be taken for a formula."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from zumik.core.basics.display import neutral

_QUOTE = '"'
_FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for the begin of a formula, also after white space that it drops."""


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """A head and one row a mapping, by RFC 4180 but for the line ends; null is an empty cell."""
    lines = [columns, *([_cell(row[column]) for column in columns] for row in rows)]
    return "\n".join(",".join(map(_quoted, line)) for line in lines)


def _quoted(cell: str) -> str:
    # A cell has no line end: what steers a terminal is written as an escape. Half of the
    # spreadsheets of Europe part cells at a semicolon, and would find a formula behind one.
    return f'"{cell.replace(_QUOTE, _QUOTE * 2)}"' if {",", ";", _QUOTE} & set(cell) else cell


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        value = " ".join(map(str, value))
    text = neutral(str(value))
    # An apostrophe makes a spreadsheet show the rest as it is.
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
