"""The plain painter: a report as it is piped, complete and stable, with nothing shortened."""

from __future__ import annotations

from collections.abc import Sequence

from zumik.reports.blocks import Block, Excerpt, Fields, Report, Table, without_marks


def plain(report: Report) -> str:
    """The text of a report, without a line end at its end."""
    sections = ("\n".join(map(_block, section)) for section in report)
    return "\n\n".join(section for section in sections if section)


def _block(block: Block) -> str:
    match block:
        case str():
            return without_marks(block)
        case Fields(rows, indent, width):
            return "\n".join(
                f"{' ' * indent}{name:<{width}} {without_marks(text)}" for name, text in rows
            )
        case Table():
            return _table(block)
        case Excerpt(number, source, start, length):
            gutter = f"  {' ' * len(str(number))} | "
            return f"  {number} | {source}\n{gutter}{' ' * start}{'^' * length}"


def _table(table: Table) -> str:
    """Aligned columns, two spaces apart."""
    heads = [column.head.replace("\n", " ") for column in table.columns]
    rows = [[without_marks(cell) for cell in row] for row in table.rows]
    shown = [heads, *rows] if any(heads) else rows
    widths = [
        max((len(row[i]) for row in shown if i < len(row)), default=0) for i in range(len(heads))
    ]
    lines = [_row(table, heads, widths)] if any(heads) else []
    for place, row in enumerate(rows):
        lines.append(_row(table, row, widths))
        if place < len(table.notes) and table.notes[place]:
            lines.append(without_marks(table.notes[place]))
    return "\n".join(lines)


def _row(table: Table, row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.rjust(width) if column.number else cell.ljust(width)
        for cell, column, width in zip(row, table.columns, widths, strict=False)
    )
    return (" " * table.indent + "  ".join(cells)).rstrip()
