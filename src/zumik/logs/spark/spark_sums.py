"""What the workers of Spark get and give: the task, sums of equal calls, and parts of files."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from zumik.core.basics.times import micros_from_moment
from zumik.core.traffic.logged_call import NO_DECISION, LoggedCall, ReadEntry
from zumik.core.traffic.selection import Selection
from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.formats.gateway_formats import ZUMIK
from zumik.logs.formats.known_formats import FORMATS
from zumik.logs.formats.log_format import LogFormat

if TYPE_CHECKING:
    import pyarrow as pa

_PLACE = "file: int, start: long, line: long, part: long, number: long, item: binary"
SCHEMA = f"key binary, calls long, first_at long, last_at long, at struct<{_PLACE}>"
"""What a worker gives: equal calls with their number, the first and the last time of them in
microseconds since 1970, and the first of them with its place."""

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
