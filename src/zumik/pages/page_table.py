"""Tables of pages: rows of cells that may lead to another page, and the row of the winner."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import NamedTuple

from zumik.core.basics.names import ModelId
from zumik.pages.addresses import model_address
from zumik.reports.blocks import Column
from zumik.reports.model_facts import UNKNOWN
from zumik.reports.text import plural


class Cell(NamedTuple):
    """A marked text; `address` is a page of the site, and `mark` is a word after the text."""

    text: str
    address: str | None = None
    mark: str = ""


class Row(NamedTuple):
    """Cells below the columns. `note` is a line of its own below them."""

    cells: Sequence[Cell]
    is_winner: bool = False
    note: str = ""


class PageTable(NamedTuple):
    """A table with the sentence that says what it shows; `name` is its id in the page.

    The cells of the column `head` name their row. `more` says what was left out, and where it is.
    """

    name: str
    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    head: int = 0
    more: str = ""


def known(text: str) -> str:
    """A cell's text, where a dash of the terminal's table could be read as a zero."""
    return UNKNOWN if text in ("-", "") else text


def without_empty(table: PageTable) -> PageTable:
    """The table without columns in which no row has anything to say."""
    said = [
        place == table.head or any(row.cells[place].text not in ("", UNKNOWN) for row in table.rows)
        for place in range(len(table.columns))
    ]
    rows = [row._replace(cells=[*compress(row.cells, said)]) for row in table.rows]
    return table._replace(columns=[*compress(table.columns, said)], rows=rows)


def cells(texts: Iterable[str]) -> list[Cell]:
    """Texts that lead nowhere."""
    return [Cell(known(text)) for text in texts]


def model_cell(model: ModelId, mark: str = "") -> Cell:
    """A model, with the way to its page."""
    return Cell(str(model), model_address(model), mark)


def left_out(count: int, one: str, has_all: str = "the data of this page") -> str:
    """That a table was cut, and what has the rest; empty where it was not."""
    return f"And {plural(count, one)} more: all are in {has_all}." if count > 0 else ""
