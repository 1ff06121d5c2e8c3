"""The entries of log files: lines, JSON over many lines and tables, opened to a known format."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from zumik.core.basics.foreign_json import ForeignJson, foreign_json
from zumik.core.basics.strict_json import MalformedJson
from zumik.core.traffic.logged_call import Place, UnreadEntry
from zumik.core.traffic.selection import EVERY_CALL, Selection
from zumik.logs.databases.database_url import is_database
from zumik.logs.files.byte_streams import LogStream, log_stream
from zumik.logs.files.entry import Entry
from zumik.logs.files.envelopes import unwrapped, unwrapped_text
from zumik.logs.files.json_blocks import begins_block, pieces_of
from zumik.logs.files.log_files import MAX_ENTRY_BYTES, NumberedLines, Seen, opened, unseen
from zumik.logs.files.runtime_parts import RuntimeParts
from zumik.logs.files.tables import is_parquet, is_table, parquet_rows, table_rows
from zumik.logs.formats.log_format import LogFormat

# A line that is longer is read piece by piece where it is an array: it may be the whole file.
_MAX_WHOLE_ARRAY = 1024 * 1024

# Firehose puts the records of CloudWatch Logs on one line. No JSON text has a quote of its own, so
# that none of them can hold this.
_NEXT_RECORD = re.compile(rb'(?<=\})(?=\{"messageType":)')

Read = Iterator[Entry | UnreadEntry]


def entries_of(
    name: str,
    form: LogFormat | None = None,
    say: Callable[[str], None] = lambda note: None,
    selection: Selection = EVERY_CALL,
    seen: Seen = unseen,
) -> Read:
    """Every entry of one log, or why it cannot be read. Raises CannotRun.

    `form` is the format that is looked for; without it any that is known is. `say` takes what a
    person should know of the file: its encoding, for one. `seen` takes how many bytes are read. A
    database leaves out what is outside of the time of `selection`.
    """
    if is_database(name):
        # Imported here because only a database needs it.
        from zumik.logs.databases.database_rows import database_rows

        for row in database_rows(name, form, say, selection):
            yield from unwrapped(row, form) if isinstance(row, Entry) else (row,)
        return
    with opened(name, seen) as stream:
        for note in stream.notes:
            say(note)
        yield from entries_of_open(stream, name, form)


def entries_of_open(stream: LogStream, name: str, form: LogFormat | None = None) -> Read:
    """Every entry of a log that is open at its beginning. Raises CannotRun."""
    if is_parquet(stream):
        yield from parquet_entries(name, form)
    else:
        yield from entries_in(stream, name, form)


def parquet_entries(name: str, form: LogFormat | None = None, without: str | None = None) -> Read:
    """The entries of a Parquet file; with `without` only of rows that do not have that column."""
    for row in parquet_rows(name, without):
        yield from unwrapped(row, form) if isinstance(row, Entry) else (row,)


def entries_in(stream: LogStream, name: str, form: LogFormat | None = None) -> Read:
    """The entries of a stream of text."""
    lines = NumberedLines(stream.file)
    first = lines.next()
    while first and not first[1].strip():
        first = lines.next()
    if first and is_table(name, first[1]):
        for row in table_rows(lines, name, *first):
            yield from unwrapped(row, form) if isinstance(row, Entry) else (row,)
    else:
        parts = RuntimeParts()
        while first:
            if whole := parts.add(*first):
                yield from entries_of_line(lines, form, Place(name, whole[0]), whole[1])
            first = lines.next()
        for number, data in parts.rest():
            yield from entries_of_line(lines, form, Place(name, number), data)
    for fault in stream.faults:
        yield UnreadEntry(Place(name, lines.number), fault, is_whole=True)


def entries_of_text(text: bytes, name: str, form: LogFormat | None = None) -> Read:
    """The entries of a text that a person passed: a line, or a value over many lines."""
    yield from entries_in(log_stream(iter([text]), name), name, form)


def entries_of_line(
    lines: NumberedLines, form: LogFormat | None, place: Place, data: bytes
) -> Read:
    """The entries that begin in a line."""
    if not data.strip():
        return
    is_block = begins_block(data)
    is_array = is_block and data.lstrip()[:1] == b"["
    why = ""
    if len(data) > MAX_ENTRY_BYTES and not is_array:
        size = lines.skip_rest(data)
        yield UnreadEntry(
            place, f"the line has {size:,} bytes, more than the {MAX_ENTRY_BYTES:,} that are read"
        )
        return
    if not (is_array and len(data) > _MAX_WHOLE_ARRAY):
        try:
            line = data.rstrip(b"\r\n")
            yield from _of_value(place, form, foreign_json(line), len(line))
            return
        except MalformedJson as error:
            why = error.message
        records = _NEXT_RECORD.split(line)
        if len(records) > 1 and line.startswith(b'{"messageType":'):
            for part, record in enumerate(records, 1):
                yield from _of_piece(place._replace(part=part), form, record, is_element=True)
            return
    if not is_block:
        yield from _of_text(place, form, data, why)
        return
    for piece in pieces_of(lines, place.line, data, why):
        at = Place(place.file, piece.line, piece.part)
        if piece.fault and not is_array:
            # What is no object may be one with escapes, or with colour in it.
            yield from _of_text(at, form, piece.data, piece.fault)
        elif piece.fault:
            yield UnreadEntry(at, piece.fault)
        else:
            yield from _of_piece(at, form, piece.data, is_element=is_array)


def _of_text(place: Place, form: LogFormat | None, data: bytes, why: str) -> Read:
    try:
        text = ForeignJson(data.decode("utf-8"), {}, ())
    except UnicodeDecodeError:
        yield UnreadEntry(place, why)
    else:
        yield from unwrapped_text(Entry(place, text), form, why)


def _of_piece(place: Place, form: LogFormat | None, data: bytes, *, is_element: bool) -> Read:
    try:
        yield from _of_value(place, form, foreign_json(data), len(data))
    except MalformedJson as error:
        if is_element:
            yield UnreadEntry(place, error.message)
        else:
            yield from _of_text(place, form, data, error.message)


def _of_value(place: Place, form: LogFormat | None, document: ForeignJson, size: int) -> Read:
    """The entries of a parsed value: an array holds one in each element."""
    if not isinstance(document.value, list) or place.part:
        yield from unwrapped(Entry(place, document), form, size)
        return
    for part, value in enumerate(document.value, 1):
        yield from unwrapped(Entry(place._replace(part=part), document.within(value)), form)
