"""The terminal painter: a report drawn by rich to a terminal's width.

Columns with nothing in them are dropped, long identifiers are shortened in their middle, other
texts are wrapped, remarks go below their row before an identifier is shortened for them, and
meaning has a colour of the terminal's own sixteen. Loading rich takes about
40 ms, so only a terminal pays for this module. No text is ever read as rich's markup.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from zumik.reports.blocks import (
    BAD,
    DOUBTFUL,
    GOOD,
    QUIET,
    STRONG,
    Block,
    Column,
    Excerpt,
    Fields,
    Report,
    Table,
    quiet,
    spans,
    without_marks,
)

_STYLES = {STRONG: "bold", QUIET: "dim", GOOD: "green", BAD: "red", DOUBTFUL: "yellow"}
"""Neither black nor white is among them: one of the two cannot be read on any background."""

_READABLE = 24
"""An identifier of so many characters can mostly be recognised."""

_REMARK_INDENT = 4
"""How far a remark below its row is set in."""

_LONG_WORD = 24
"""Words of up to as many characters are not broken."""

_SHRINKING = (
    ("number", 0),
    ("text", 40),
    ("identifier", 24),
    ("text", 20),
    ("identifier", 14),
    ("text", 10),
    ("identifier", 8),
)
"""Where columns need more room than there is: which give some, in this order, and down to what."""


def terminal(report: Report, width: int, *, colour: bool) -> str:
    """The text of a report for a terminal of `width` columns, without a line end at its end."""
    console = Console(
        width=width,
        height=100,
        color_system="standard" if colour else None,
        force_terminal=True,
        force_interactive=False,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
        _environ={},
    )
    with console.capture() as captured:
        for place, section in enumerate(part for part in report if part):
            if place:
                console.print()
            for block in section:
                for drawn in _drawn(block, width):
                    console.print(drawn)
    return "\n".join(line.rstrip() for line in captured.get().rstrip("\n").split("\n"))


def _drawn(block: Block, width: int) -> list[RenderableType]:
    match block:
        case str():
            return [_line(line) for line in block.split("\n")]
        case Fields():
            return [Padding(_fields(block), (0, 0, 0, block.indent))]
        case Table():
            return _table(block, width)
        case Excerpt():
            return [Text(line, no_wrap=True) for line in _excerpt(block, width)]


def _text(marked: str) -> Text:
    text = Text(overflow="fold")
    for part, meanings in spans(marked):
        text.append(part, " ".join(_STYLES[meaning] for meaning in meanings))
    return text


def _line(line: str) -> RenderableType:
    """A line; where it is wrapped, it goes on below its own beginning."""
    plain = without_marks(line)
    indent = len(plain) - len(plain.lstrip(" "))
    return Padding(_text(line)[indent:], (0, 0, 0, indent))


def _fields(fields: Fields) -> Grid:
    grid = Grid.grid(padding=(0, 1, 0, 0))
    longest = max((len(name) for name, _ in fields.rows), default=0)
    grid.add_column(style="dim", width=max(fields.width, longest), no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in fields.rows:
        grid.add_row(Text(name), _text(text))
    return grid


def _excerpt(excerpt: Excerpt, width: int) -> list[str]:
    """The source line with carets below the fault, cut where the terminal has no room for it."""
    gutter = len(str(excerpt.number)) + 5
    room = max(20, width - gutter)
    source, start = excerpt.source, excerpt.start
    length = min(excerpt.length, room)
    if start + length > room:
        cut = start + length - room + 1
        source, start = "…" + source[cut + 1 :], start - cut
    if len(source) > room:
        source = source[: room - 1] + "…"
    carets = " " * max(0, start) + "^" * length
    blank = " " * len(str(excerpt.number))
    return [f"  {excerpt.number} | {source}", f"  {blank} | {carets}"]


def _table(table: Table, width: int) -> list[RenderableType]:
    shown = [i for i in range(len(table.columns)) if any(_filled(row, i) for row in table.rows)]
    columns = [table.columns[i] for i in shown]
    rows = [[row[i] if i < len(row) else "" for i in shown] for row in table.rows]
    room = width - table.indent
    gap, widths = _layout(columns, rows, room)
    below = [""] * len(rows)
    if _remarks_squeeze(columns, rows, widths):
        below, columns, rows, gap, widths = _with_remarks_below(columns, rows, room)
    drawn: list[RenderableType] = []
    if any(column.head for column in columns):
        heads = [_head(column, room) for column, room in zip(columns, widths, strict=True)]
        drawn.append(_row(heads, columns, widths, gap, table.indent))
    for place, row in enumerate(rows):
        cells = [_cell(*each) for each in zip(row, columns, widths, strict=True)]
        drawn.append(_row(cells, columns, widths, gap, table.indent))
        if below[place]:
            drawn.append(_line(" " * (table.indent + _REMARK_INDENT) + below[place]))
        if place < len(table.notes) and table.notes[place]:
            drawn.extend(map(_line, table.notes[place].split("\n")))
    return drawn


def _remarks_squeeze(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], widths: Sequence[int]
) -> bool:
    """Whether the last column, of remarks without a head, takes room that identifiers need."""
    if not any(column.head for column in columns):
        return False
    last = columns[-1]
    if last.head or last.whole or _kind(last) != "text":
        return False
    return any(
        column.identifier and widths[i] < _longest(rows, i) for i, column in enumerate(columns)
    )


def _with_remarks_below(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int
) -> tuple[list[str], list[Column], list[list[str]], int, list[int]]:
    """The remarks that go below their row, and the table of the rest with its gap and widths.

    A remark that the room on the right has place for stays in its row.
    """
    kept, cells = list(columns[:-1]), [list(row[:-1]) for row in rows]
    remarks = [row[-1] for row in rows]
    gap, widths = _layout(kept, cells, room)
    right = room - sum(widths) - gap * len(widths)
    fits = [cell_len(without_marks(remark)) <= right for remark in remarks]
    below = ["" if fit else remark for remark, fit in zip(remarks, fits, strict=True)]
    if any(remark and fit for remark, fit in zip(remarks, fits, strict=True)):
        kept.append(columns[-1])
        widths.append(right)
        for row, remark, fit in zip(cells, remarks, fits, strict=True):
            row.append(remark if fit else "")
    return below, kept, cells, gap, widths


def _row(
    cells: Sequence[Text],
    columns: Sequence[Column],
    widths: Sequence[int],
    gap: int,
    indent: int,
) -> RenderableType:
    # The gaps are columns of their own: rich counts padding to the right of the last column, too.
    grid = Grid.grid(padding=0)
    spaced: list[Text] = []
    for place, (column, room) in enumerate(zip(columns, widths, strict=True)):
        if place:
            grid.add_column(width=gap)
            spaced.append(Text())
        grid.add_column(width=room, justify="right" if column.number else "left", overflow="fold")
        spaced.append(cells[place])
    grid.add_row(*spaced)
    return Padding(grid, (0, 0, 0, indent))


def _filled(row: Sequence[str], place: int) -> bool:
    return place < len(row) and without_marks(row[place]) not in {"", "-"}


def _layout(
    columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int
) -> tuple[int, list[int]]:
    """The gap between columns and their widths: a narrow gap where a column lacks room."""
    widths: list[int] = []
    for gap in (2, 1):
        room = width - gap * (len(columns) - 1)
        widths = _widths(columns, rows, room)
        identifiers = [i for i, column in enumerate(columns) if column.identifier]
        can_read = all(widths[i] >= min(_READABLE, _longest(rows, i)) for i in identifiers)
        # Where the widths are more than the room, rich would break words.
        if can_read and sum(widths) <= room:
            break
    return gap, widths


def _longest(rows: Sequence[Sequence[str]], place: int) -> int:
    return max((cell_len(without_marks(row[place])) for row in rows), default=0)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """What each column gets: all that it needs, or less of those that can do with less."""
    texts = [[without_marks(row[i]) for row in rows] for i in range(len(columns))]
    cells = [_longest(rows, i) for i in range(len(columns))]
    widths = [
        max(cells[i], *(cell_len(line) for line in column.head.split("\n")))
        for i, column in enumerate(columns)
    ]
    for kind, floor in _SHRINKING:
        least = [max(_least(column, texts[i], cells[i]), floor) for i, column in enumerate(columns)]
        while sum(widths) > room:
            wide = [i for i, c in enumerate(columns) if _kind(c) == kind and widths[i] > least[i]]
            if not wide:
                break
            widths[max(wide, key=widths.__getitem__)] -= 1
    return widths


def _kind(column: Column) -> str:
    return "number" if column.number else "identifier" if column.identifier else "text"


def _least(column: Column, texts: Sequence[str], cells: int) -> int:
    """What a column cannot do without: figures are never broken, and words hardly ever."""
    if column.identifier:
        return 0
    if column.number:
        return max(cells, _longest_part(column.head))
    if column.whole:
        return cells
    words = (cell_len(word) for text in texts for word in text.split())
    return min(max(words, default=0), _LONG_WORD)


def _longest_part(head: str) -> int:
    return max(cell_len(part) for part in _parts(head))


def _parts(head: str) -> list[str]:
    """The words of a head; a name made of several words may break after what joins them."""
    return head.replace("_", "_\n").replace(".", ".\n").split("\n")


def _head(column: Column, room: int) -> Text:
    lines = column.head.split("\n")
    if any(cell_len(line) > room for line in lines):
        lines = _parts(column.head)
    return _text("\n".join(map(quiet, lines)))


def _cell(cell: str, column: Column, room: int) -> Text:
    text = _text(cell)
    if not column.identifier or cell_len(text.plain) <= room:
        return text
    half = (room - 1) // 2
    tail = room - 1 - half
    short = text[:half]
    short.append("…")
    short.append_text(text[len(text) - tail :])
    return short
