"""A table as HTML. A site has very many rows, and a template takes ten times as long for each."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup, escape

from zumik.pages.marked_text import cut, escaped, lines, marked, parted
from zumik.pages.page_table import Cell, PageTable, Row
from zumik.reports.blocks import Column
from zumik.reports.model_facts import UNKNOWN

_MOST, _MOST_IN_CELL = 500, 300
"""Characters of a text of its own line, and of one in a cell."""


def table_of(table: PageTable, root: str) -> Markup:
    """The table in a region that scrolls by itself; nothing where it has no rows.

    `root` is the way to the site's root.
    """
    if not table.rows:
        return Markup("")
    return Markup("\n".join(_lines(table, root)))  # noqa: S704 - of escaped parts


def _lines(table: PageTable, root: str) -> Iterator[str]:
    name = escape(table.name)
    yield f'<div class="wide" tabindex="0" role="region" aria-labelledby="{name}-caption">'
    yield f'<table id="{name}">'
    yield f'<caption id="{name}-caption">{escaped(cut(table.caption, _MOST))}</caption>'
    yield f"<thead>\n<tr>{''.join(map(_head, table.columns))}</tr>\n</thead>\n<tbody>"
    classes = [_class(column) for column in table.columns]
    for row in table.rows:
        yield _row(table, row, classes, root)
        if row.note:
            note = escaped(cut(row.note, _MOST))
            yield f'<tr class="note"><td colspan="{len(classes)}">{note}</td></tr>'
    yield "</tbody>\n</table>\n</div>"
    if table.more:
        yield f'<p class="quiet">{escaped(cut(table.more, 2 * _MOST))}</p>'


def _head(column: Column) -> str:
    number = ' class="number"' if column.number else ""
    return f'<th scope="col"{number}>{lines(column.head)}</th>'


def _class(column: Column) -> str:
    if column.number:
        return ' class="number"'
    return ' class="whole"' if column.whole or column.identifier else ""


def _row(table: PageTable, row: Row, classes: list[str], root: str) -> str:
    parts = ['<tr class="winner">' if row.is_winner else "<tr>"]
    for place, (cell, of_column) in enumerate(zip(row.cells, classes, strict=True)):
        if place == table.head:
            parts.append(f'<th scope="row"{of_column}>{_cell(cell, root)}</th>')
        else:
            parts.append(f"<td{of_column}>{_cell(cell, root)}</td>")
    return f"{''.join(parts)}</tr>"


def _cell(cell: Cell, root: str) -> str:
    if cell.text == UNKNOWN:
        text = "<i>unknown</i>"
    elif cell.address is not None:
        text = f'<a href="{root}{escape(cell.address)}">{parted(cell.text)}</a>'
    else:
        text = str(marked(cut(cell.text, _MOST_IN_CELL)))
    mark = f' <span class="mark">{escaped(cell.mark)}</span>' if cell.mark else ""
    return text + mark
