"""What a worker of Spark does: it reads its part of the logs, and sums up equal calls.

A worker needs Python, pyarrow and what this file imports, and nothing of a workspace: verdicts are
for the one who started it.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from zumik.core.basics.times import micros_from_moment
from zumik.core.traffic.logged_call import NO_DECISION, LoggedCall, ReadEntry
from zumik.core.traffic.selection import Selection
from zumik.core.traffic.token_edges import TokenEdges
from zumik.errors import CannotRun
from zumik.logs.calls import calls_of
from zumik.logs.counted.known_lines import KnownLines
from zumik.logs.counted.line_blocks import LineBlocks
from zumik.logs.counted.line_ranges import is_object
from zumik.logs.files.entry_reader import entries_of
from zumik.logs.files.numbered_entries import NumberedEntries
from zumik.logs.formats.gateway_formats import ZUMIK
from zumik.logs.formats.known_formats import FORMATS
from zumik.logs.formats.log_format import LogFormat
from zumik.logs.formats.mapping_file import UnseenPaths

if TYPE_CHECKING:
    import pyarrow as pa


_PLACE = "file: int, start: long, line: long, part: long, number: long, item: binary"
SCHEMA = f"key binary, calls long, first_at long, last_at long, at struct<{_PLACE}>"
"""What a worker gives: equal calls with their number, the first and the last time of them in
microseconds since 1970, and the first of them with its place."""

_HELD_LINES = 64
_HELD_BYTES = 4 * 1024 * 1024
_MOST_KEPT = 50_000


class Task(NamedTuple):
    """What every worker is to do. `files` are the logs by name, as places have them."""

    files: tuple[str, ...]
    edges: TokenEdges
    form: LogFormat | None
    selection: Selection

    def here(self) -> Task:
        """The task in a worker, where a known format is that of the table, and no copy."""
        return self._replace(form=next((each for each in FORMATS if each == self.form), self.form))

    @property
    def is_quick(self) -> bool:
        """Whether lines that are written alike may be counted without reading each."""
        is_timed = self.selection.since is not None or self.selection.until is not None
        return self.form in (None, ZUMIK) and not is_timed


class Part(NamedTuple):
    """A part of a file that Spark cut off, and what of it has to be read with its neighbours.

    Spark cuts anywhere, and a value may go on from line to line. So the first and the last lines of
    a part, up to where two lines meet that are an object each, come back unread: `head` and `tail`.
    A part where no two such lines meet is all `head`, and has no `lines` of its own. `is_whole`
    says that the file cannot be read in parts.
    """

    file: int
    start: int
    head: tuple[bytes, ...]
    lines: int | None
    tail: tuple[bytes, ...]
    is_whole: bool = False


class Note(NamedTuple):
    """What a person should know of a file; with `is_fault` it cannot be read at all."""

    text: str
    hint: str | None = None
    is_fault: bool = False


class TextLines:
    """The lines of a part as a file: without its first and its last ones, which are held back."""

    def __init__(self, lines: Iterator[bytes], *, is_first: bool, ends: bytes | None) -> None:
        self.head: list[bytes] = []
        self.tail: list[bytes] = []
        self.is_all_head = False
        self.is_whole = False
        self._lines = lines
        self._ends = ends
        self.is_last = ends is not None
        self._held: deque[bytes] = deque()
        self._rest = b""
        if not is_first:
            self._begin()
        self._middle = self._fed()

    def readline(self, limit: int, /) -> bytes:
        """The next line, or its first bytes."""
        if not self._rest:
            self._rest = next(self._middle, b"")
        data, self._rest = self._rest[:limit], self._rest[limit:]
        return data

    def read(self, size: int, /) -> bytes:
        """The next bytes, as many as are asked for where there are so many."""
        found: list[bytes] = []
        while size and (line := self.readline(size)):
            found.append(line)
            size -= len(line)
        return b"".join(found)

    def _begin(self) -> None:
        was_object, size = False, 0
        for line in self._lines:
            is_one = is_object(line + b"\n")
            if is_one and was_object:
                self._held.append(line + b"\n")
                return
            self.head.append(line + b"\n")
            was_object, size = is_one, size + len(line)
            if len(self.head) > _HELD_LINES or size > _HELD_BYTES:
                self.is_whole = True
                return
        self.is_all_head = True

    def _fed(self) -> Iterator[bytes]:
        held, size, fed = self._held, sum(map(len, self._held)), False
        most = 1 if self._ends is not None else _HELD_LINES
        for line in self._lines:
            held.append(line + b"\n")
            size += len(line) + 1
            while (len(held) > most or size > _HELD_BYTES) and len(held) > 1:
                size -= len(held[0])
                fed = True
                yield held.popleft()
        rest = list(held)
        if self._ends is not None:
            yield from rest[:-1]
            if rest:
                yield rest[-1][:-1] + self._ends
            return
        meet = (n for n in range(len(rest) - 1, 0, -1) if all(map(is_object, rest[n - 1 : n + 1])))
        end = next(meet, 0)
        self.is_whole = self.is_whole or (fed and not end)
        self.tail = rest[end:]
        yield from rest[:end]


class LineCalls:
    """Iterates over the calls of lines; where the task allows it, equal ones come as one."""

    def __init__(self, text: TextLines, name: str, task: Task, unseen: UnseenPaths) -> None:
        self._text = text
        self._name = name
        self._task = task
        self._unseen = unseen
        self.number = 0
        self.is_open = False
        """Whether the last lines are parts of one that goes on behind them."""

    def __iter__(self) -> Iterator[ReadEntry]:
        yield from self._quickly() if self._task.is_quick else self._one_by_one()

    def _quickly(self) -> Iterator[ReadEntry]:
        known = KnownLines(self._task.edges, self._task.form, days=True)
        blocks = LineBlocks(self._text)
        yield from known.calls_in(blocks, self._name)
        if self._text.is_last:
            yield from known.rest(blocks, self._name)
        yield from known.taken()
        self.number, self.is_open = blocks.number, known.parts.is_open

    def _one_by_one(self) -> Iterator[ReadEntry]:
        form, is_last = self._task.form, self._text.is_last
        entries = NumberedEntries(self._text, self._name, form, is_last=is_last)
        for entry in entries:
            yield from calls_of(entry, form, self._unseen.look)
        self.number, self.is_open = entries.number, entries.is_open


class Sums:
    """Equal calls of any number of files, and what is given back one by one."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._rows: dict[bytes, list[Any]] = {}
        self._apart: list[tuple[Any, ...]] = []
        self._number = 0

    def add(self, item: ReadEntry, file: int, start: int) -> None:
        """Count an item; its line is that within the part of the file that begins at `start`."""
        self._number += 1
        place = (file, start, item.place.line, item.place.part, self._number)
        # What cannot be read is listed one by one.
        if not isinstance(item, LoggedCall) or item.fault not in (None, NO_DECISION):
            self.put(item, *place)
            return
        at = None if item.at is None else micros_from_moment(item.at)
        key = call_key(item, self._task)
        row = self._rows.get(key)
        if row is None:
            self._rows[key] = [item.calls, at, at, (*place, item)]
            return
        row[0] += item.calls
        # Spark reads files in an order of its own.
        if place < row[3][:-1]:
            row[3] = (*place, item)
        if at is not None:
            row[1] = at if row[1] is None else min(row[1], at)
            row[2] = at if row[2] is None else max(row[2], at)

    def put(self, value: object, *place: int) -> None:
        """Give something back by itself."""
        place = (*place, *(0,) * 5)[:5]
        self._apart.append((uuid4().bytes, 0, None, None, (*place, value)))

    @property
    def is_full(self) -> bool:
        """Whether it is time to give back what there is."""
        return len(self._rows) + len(self._apart) >= _MOST_KEPT

    def taken(self) -> Iterator[pa.RecordBatch]:
        """What was summed up so far; it is forgotten."""
        import pyarrow as pa

        rows = [*((key, *row) for key, row in self._rows.items()), *self._apart]
        self._rows, self._apart = {}, []
        number, data = pa.int64(), pa.binary()
        numbers = dict.fromkeys(("start", "line", "part", "number"), number)
        place = {"file": pa.int32(), **numbers, "item": data}
        first_and_last = {"first_at": number, "last_at": number}
        schema = pa.schema({"key": data, "calls": number, **first_and_last, "at": pa.struct(place)})
        values = [
            (*row[:4], dict(zip(place, (*row[4][:-1], pickle.dumps(row[4][-1])), strict=True)))
            for row in rows
        ]
        columns = zip(*values, strict=True) if values else [()] * len(schema)
        arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema.names)


def call_key(call: LoggedCall, task: Task) -> bytes:
    """What decides of a call: those with one key have one verdict, and are selected alike.

    A walk compares tokens with limits alone, so that counts between the same limits are equal.
    """
    line, ranks = call.decision, None
    if line is not None:
        request = line.request
        if request is not None:
            known = request.input_tokens is not None, request.output_tokens is not None
            counts = request.input_tokens or 0, request.output_tokens or 0
            ranks = known, task.edges.ranks(*counts)
            request = request._replace(input_tokens=None, output_tokens=None)
        line = line.deciding()._replace(request=request)
    chosen = task.selection.takes(call), task.selection.lacks_time(call)
    return repr((call.format, line, call.fault, ranks, chosen)).encode("utf-8", "surrogatepass")


def parts_reader(task: Task, numbers: dict[str, int], open_ended: frozenset[int]) -> Any:
    """The function that reads rows of text, with the part of the file that each row is from.

    `numbers` are those of the files, by path, `open_ended` the files whose last line has no end.
    """

    def read(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        here = task.here()
        sums, unseen = Sums(here), UnseenPaths(here.form)
        rows = (
            row
            for batch in batches
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
        )
        for (url, start, size, whole), group in groupby(rows, key=lambda row: row[1:]):
            file = numbers[path_of(url)]
            ends = None if start + size < whole else b"" if file in open_ended else b"\n"
            text = TextLines((row[0] for row in group), is_first=start == 0, ends=ends)
            calls = LineCalls(text, task.files[file], here, unseen)
            for item in calls if not (text.is_whole or text.is_all_head) else ():
                sums.add(item, file, start)
                if sums.is_full:
                    yield from sums.taken()
            lines = None if text.is_all_head else calls.number
            is_whole = text.is_whole or calls.is_open
            part = Part(file, start, tuple(text.head), lines, tuple(text.tail), is_whole)
            sums.put(part, file, start)
        sums.put(unseen)
        yield from sums.taken()

    return read


def path_of(url: str) -> str:
    """The same text for a file in any of the ways in which Spark writes its URL."""
    from urllib.parse import unquote

    scheme, _, path = url.partition(":")
    return f"{scheme}:{unquote(path).lstrip('/')}"


def files_reader(task: Task) -> Any:
    """The function that reads whole files, by their numbers in rows."""

    def read(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        here = task.here()
        sums, unseen = Sums(here), UnseenPaths(here.form)
        for file in (number for batch in batches for number in batch.column(0).to_pylist()):
            notes: list[str] = []
            try:
                for entry in entries_of(task.files[file], here.form, notes.append):
                    for item in calls_of(entry, here.form, unseen.look):
                        sums.add(item, file, 0)
                    if sums.is_full:
                        yield from sums.taken()
            except CannotRun as error:
                sums.put(Note(error.message, error.hint, is_fault=True), file)
            for note in notes:
                sums.put(Note(note), file)
        sums.put(unseen)
        yield from sums.taken()

    return read
