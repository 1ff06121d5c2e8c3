"""Tables: logs as CSV with a header, and as Parquet; each row is an entry of its columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from zumik.core.basics.foreign_json import ForeignJson
from zumik.core.traffic.logged_call import Place, UnreadEntry
from zumik.errors import CannotRun
from zumik.logs.files.byte_streams import LogStream
from zumik.logs.files.entry import Entry
from zumik.logs.files.log_files import MAX_ENTRY_BYTES, NumberedLines
from zumik.logs.files.log_names import STDIN

_TABLE_NAME = re.compile(r"\.[ct]sv(\.\w+)*$", re.IGNORECASE)
_CELL = r'"?[@A-Za-z_][\w.@/-]*"?'
_HEADER = re.compile(rf"{_CELL}(?:(?P<by>[,;\t]){_CELL})(?:(?P=by){_CELL})*")
_PARQUET = b"PAR1"
_BATCH_ROWS = 1024


def is_table(name: str, first: bytes) -> bool:
    """Whether a file is CSV, by its name or by its first line, which is then the header."""
    line = first.strip()
    if line[:1] in (b"{", b"["):
        return False
    if _TABLE_NAME.search(name):
        return True
    return len(line) < 65536 and bool(_HEADER.fullmatch(line.decode("utf-8", "replace")))


def table_rows(
    lines: NumberedLines, name: str, number: int, header: bytes
) -> Iterator[Entry | UnreadEntry]:
    """The rows below a header. A cell may go on over many lines; a row has a bound."""
    csv.field_size_limit(MAX_ENTRY_BYTES)
    text = header.decode("utf-8", "replace").strip()
    by = max(",;\t", key=text.count)
    columns = next(csv.reader([text], delimiter=by))
    twice = frozenset(column for column in columns if columns.count(column) > 1)
    while piece := lines.next():
        number, data = piece
        row = bytearray(data)
        while row.count(b'"') % 2 and len(row) <= MAX_ENTRY_BYTES and (piece := lines.next()):
            row += piece[1]
        if len(row) > MAX_ENTRY_BYTES or row.count(b'"') % 2:
            yield _unread_row(lines, Place(name, number), bytes(row))
        elif row.strip():
            yield _row(Place(name, number), columns, twice, by, bytes(row))


def _unread_row(lines: NumberedLines, place: Place, row: bytes) -> UnreadEntry:
    """A row that no quote ends: the lines behind its first are read once more, each for itself."""
    first, newline, rest = row.partition(b"\n")
    if rest:
        lines.put_back(place.line + 1, rest)
        return UnreadEntry(place, "a cell that no quote ends")
    if newline or len(row) <= MAX_ENTRY_BYTES:
        return UnreadEntry(place, "a cell that no quote ends")
    size = lines.skip_rest(first)
    return UnreadEntry(
        place, f"the row has {size:,} bytes, more than the {MAX_ENTRY_BYTES:,} that are read"
    )


def _row(
    place: Place, columns: list[str], twice: frozenset[str], by: str, row: bytes
) -> Entry | UnreadEntry:
    try:
        text = row.decode("utf-8")
        cells = next(csv.reader([text], delimiter=by, strict=True))
    except UnicodeDecodeError as error:
        return UnreadEntry(place, f"not UTF-8 at byte {error.start}")
    except (csv.Error, StopIteration):
        return UnreadEntry(place, "not a row of CSV")
    if len(cells) != len(columns):
        return UnreadEntry(place, f"{len(cells)} cells under {len(columns)} columns")
    # An empty cell is a field that the row does not have: a table has every column in every row.
    value = {key: cell for key, cell in zip(columns, cells, strict=True) if cell}
    return Entry(place, ForeignJson(value, {id(value): twice} if twice else {}, (value,)))


def is_parquet(stream: LogStream) -> bool:
    """Whether a file is Parquet, by its first bytes."""
    return stream.file.peek(4)[:4] == _PARQUET  # type: ignore[attr-defined, no-any-return]


def parquet_rows(name: str, without: str | None = None) -> Iterator[Entry | UnreadEntry]:
    """The rows of a Parquet file, some at a time; the line is the row, from 1.

    With `without`, only those that have nothing in that column. Raises CannotRun without the extra,
    or for a pipe.
    """
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise CannotRun(
            f"{name} is Parquet, which needs another package", hint="pip install 'zumik[logs]'"
        ) from None
    if name == STDIN or not Path(name).is_file():
        raise CannotRun("Parquet cannot be read from a pipe", hint="write it to a file first")
    number = 0
    try:
        with ParquetFile(name) as file:
            for batch in file.iter_batches(batch_size=_BATCH_ROWS):
                chosen = range(batch.num_rows) if without is None else _nulls(batch, without)
                begin, number = number + 1, number + batch.num_rows
                rows = batch if without is None else batch.take(chosen)
                for at, row in zip(chosen, _values_of(rows), strict=True):
                    place = Place(name, begin + at)
                    if row is None:
                        yield UnreadEntry(place, "a cell whose time or number cannot be read")
                    else:
                        yield Entry(place, ForeignJson(json_value(row), {}, ()))
    except (ArrowException, OSError):
        why = "from here on the Parquet cannot be read"
        yield UnreadEntry(Place(name, number + 1), why, is_whole=True)


def _nulls(batch: Any, column: str) -> list[int]:
    """The rows of a batch that have nothing in a column."""
    is_null = batch.column(column).is_null().to_pylist()
    return [row for row, null in enumerate(is_null) if null]


def _values_of(batch: Any) -> Iterator[dict[str, Any] | None]:
    """The rows of a batch; None for one with a value beyond Python's, as the year 40000."""
    try:
        yield from batch.to_pylist(maps_as_pydicts="lossy")
    except (ValueError, OverflowError, KeyError):
        if batch.num_rows == 1:
            yield None
            return
        for row in range(batch.num_rows):
            yield from _values_of(batch.slice(row, 1))


def json_value(value: Any) -> Any:
    """What JSON would hold of a value of a column."""
    if isinstance(value, dict):
        return {key: json_value(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [json_value(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
