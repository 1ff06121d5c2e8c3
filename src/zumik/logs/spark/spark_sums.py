"""What the workers of Spark get and give: the task, sums of equal calls, single calls, and parts
of files.
"""

from __future__ import annotations

import pickle
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import uuid4

from zumik.core.basics.times import micros_from_moment
from zumik.core.traffic.logged_call import (
    NO_DECISION,
    LoggedCall,
    NotACall,
    ReadEntry,
    UnreadEntry,
)
from zumik.core.traffic.selection import Selection
from zumik.core.traffic.token_edges import TokenEdges
from zumik.errors import IntegrityError
from zumik.logs.call_table import COLUMNS, CallNames, call_row, call_schema
from zumik.logs.counted.apart import IsApart
from zumik.logs.formats.gateway_formats import ZUMIK
from zumik.logs.formats.known_formats import FORMATS
from zumik.logs.formats.log_format import LogFormat

if TYPE_CHECKING:
    import pyarrow as pa

_TYPES = {"int64": "long", "bool": "boolean", "float64": "double"}
_PLACE = "file: int, start: long, line: long, part: long, number: long, item: binary"
_ROW = ", ".join(
    f"{name}: {_TYPES.get(kind, kind.replace('decimal128', 'decimal'))}" for name, kind in COLUMNS
)
SCHEMA = (
    f"key binary, calls long, first_at long, last_at long, at struct<{_PLACE}>, "
    f"row struct<file: int, start: long, {_ROW}>"
)
"""What a worker gives: equal calls with their number, the first and the last time of them in
microseconds since 1970, and the first of them with its place. A row of the table of calls has no
`key`, but the part of a file that it is from; `place` is its number there. Calls that are given one
by one have no `key` and no `row`: as `item`, some of one part of a file, each with its number, at
the place of the first."""

_MOST_KEPT = 50_000
_TOGETHER = 200
"""Calls given one by one, in one row: Spark moves and sorts few rows many times as fast."""


class Task(NamedTuple):
    """What every worker is to do. `files` are the logs by name, as places have them.

    Equal calls are summed up, but those that one of `each_of` names are given one by one, and
    without `edges` all that are selected are. With `names`, each call that is selected is also
    given as a row of the table of calls. The names of the files start at `folder`, which on a
    cluster is not where a worker runs.
    """

    files: tuple[str, ...]
    edges: TokenEdges | None
    form: LogFormat | None
    selection: Selection
    names: CallNames | None = None
    folder: str = ""
    each_of: tuple[IsApart, ...] = ()

    def here(self) -> Task:
        """The task in a worker, where a known format is that of the table, and no copy."""
        return self._replace(form=next((each for each in FORMATS if each == self.form), self.form))

    @property
    def is_quick(self) -> bool:
        """Whether lines that are written alike may be counted without reading each."""
        is_summed = self.edges is not None and self.names is None
        return is_summed and self.form in (None, ZUMIK) and not self.selection.is_timed

    def is_apart(self, item: ReadEntry) -> bool:
        """Whether an item is given by itself, and not in a sum of equal ones.

        What cannot be read is listed one by one. Where the time decides, hardly two calls are
        equal, so that their sums would be as many as the lines of the log.
        """
        if not isinstance(item, LoggedCall):
            return isinstance(item, UnreadEntry)
        if item.fault not in (None, NO_DECISION):
            return True
        if self.names is not None or not self.selection.takes(item):
            return False
        needs_time = item.decision is not None and item.decision.needs_time
        return self.edges is None or needs_time or any(each(item) for each in self.each_of)


class Part(NamedTuple):
    """A part of a file that Spark cut off, and what of it has to be read with its neighbours.

    Spark cuts anywhere, and a value may go on from line to line. So the first and the last lines of
    a part, up to where two lines meet that are an object each, come back unread: `head` and `tail`.
    A part where no two such lines meet is all `head`, and has no `lines` of its own. `is_whole`
    says that the file cannot be read in parts. `rows` is how many rows of a table are from it.
    """

    file: int
    start: int
    head: tuple[bytes, ...]
    lines: int | None
    tail: tuple[bytes, ...]
    is_whole: bool = False
    rows: int = 0


class Note(NamedTuple):
    """What a person should know of a file."""

    text: str


class Sums:
    """Equal calls of any number of files, single ones, rows of them, and what else is given back.

    An error is given back in place of what it is about, and raised where the work was started.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        self._sums: dict[bytes, list[Any]] = {}
        self._others: list[tuple[Any, ...]] = []
        self._apart: list[tuple[tuple[int, ...], list[tuple[int, ReadEntry]]]] = []
        self._rows: list[tuple[Any, ...]] = []
        self._number = 0
        self._is_intact = True
        self.rows: Counter[tuple[int, int]] = Counter()
        """How many rows there are from each part of a file, by `file` and `start`."""

    def add(self, item: ReadEntry, file: int, start: int) -> None:
        """Count an item; its line is that within the part of the file that begins at `start`."""
        self._number += 1
        place = (file, start, item.place.line, item.place.part, self._number)
        if isinstance(item, LoggedCall):
            self._add_row(item, place)
        if self._task.is_apart(item):
            self._set_apart(item, place)
        else:
            assert not isinstance(item, UnreadEntry)
            self._count(item, place)

    def _set_apart(self, item: ReadEntry, place: tuple[int, ...]) -> None:
        before = self._apart[-1] if self._apart else None
        if before is None or before[0][:2] != place[:2] or len(before[1]) == _TOGETHER:
            before = place, []
            self._apart.append(before)
        before[1].append((self._number, item))

    def _add_row(self, call: LoggedCall, place: tuple[int, ...]) -> None:
        names, part = self._task.names, (place[0], place[1])
        if names is None or not self._task.selection.takes(call):
            return
        try:
            self._rows.append((*part, *call_row(call, self.rows[part], names)))
        except IntegrityError as error:
            if self._is_intact:
                self.put(error, *place)
            self._is_intact = False
        else:
            self.rows[part] += 1

    def _count(self, item: LoggedCall | NotACall, place: tuple[int, ...]) -> None:
        calls, at, key = 1, None, repr(item.format).encode()
        if isinstance(item, LoggedCall):
            calls, key = item.calls, call_key(item, self._task)
            at = None if item.at is None else micros_from_moment(item.at)
        row = self._sums.get(key)
        if row is None:
            self._sums[key] = [calls, at, at, (*place, item)]
            return
        row[0] += calls
        # Spark reads files in an order of its own.
        if place < row[3][:-1]:
            row[3] = (*place, item)
        if at is not None:
            row[1] = at if row[1] is None else min(row[1], at)
            row[2] = at if row[2] is None else max(row[2], at)

    def put(self, value: object, *place: int) -> None:
        """Give something back by itself."""
        place = (*place, *(0,) * 5)[:5]
        self._others.append((uuid4().bytes, 0, None, None, (*place, value)))

    @property
    def is_full(self) -> bool:
        """Whether it is time to give back what there is."""
        kept = len(self._sums), len(self._others), len(self._apart) * _TOGETHER, len(self._rows)
        return sum(kept) >= _MOST_KEPT

    def taken(self) -> Iterator[pa.RecordBatch]:
        """What there is so far; it is forgotten."""
        sums = [*((key, *row) for key, row in self._sums.items()), *self._others]
        sums += [(None, None, None, None, (*place, items)) for place, items in self._apart]
        rows = self._rows
        self._sums, self._others, self._apart, self._rows = {}, [], [], []
        yield _batch(
            [(*row[:4], (*row[4][:-1], pickle.dumps(row[4][-1])), None) for row in sums]
            + [(None, None, None, None, None, row) for row in rows]
        )


def _batch(rows: list[tuple[Any, ...]]) -> pa.RecordBatch:
    import pyarrow as pa

    number, data = pa.int64(), pa.binary()
    numbers = dict.fromkeys(("start", "line", "part", "number"), number)
    place = {"file": pa.int32(), **numbers, "item": data}
    row = {"file": pa.int32(), "start": number}
    row |= {field.name: field.type for field in call_schema()}
    structs = {"at": pa.struct(place), "row": pa.struct(row)}
    flat = {"key": data, "calls": number, "first_at": number, "last_at": number}
    columns = [[each[n] for each in rows] for n in range(len(flat) + len(structs))]
    arrays = [
        *(pa.array(column, kind) for column, kind in zip(columns, flat.values(), strict=False)),
        *(
            _structs(column, kind)
            for column, kind in zip(columns[len(flat) :], structs.values(), strict=True)
        ),
    ]
    return pa.RecordBatch.from_arrays(arrays, [*flat, *structs])


def _structs(values: list[tuple[Any, ...] | None], kind: pa.StructType) -> pa.Array:
    """Tuples as structs, column by column: pyarrow takes no tuples as such."""
    import pyarrow as pa

    nothing = (None,) * kind.num_fields
    columns = zip(*(value or nothing for value in values), strict=True)
    found = list(columns) if values else [()] * kind.num_fields
    arrays = [pa.array(column, field.type) for column, field in zip(found, kind, strict=True)]
    mask = pa.array([value is None for value in values], pa.bool_())
    return pa.StructArray.from_arrays(arrays, fields=list(kind), mask=mask)


def call_key(call: LoggedCall, task: Task) -> bytes:
    """What decides of a call: those with one key are read and selected alike, and have one verdict.

    No verdict is asked for where the calls themselves are given as rows, nor on a call that is not
    selected.

    A walk compares tokens with limits alone, so that counts between the same limits are equal.
    """
    is_taken = task.selection.takes(call)
    chosen = is_taken, task.selection.lacks_time(call)
    read = call.format, call.decision and call.taken_from, call.fault, chosen
    line, ranks = call.decision, None
    if task.names is not None or task.edges is None or not is_taken:
        line = None
    if line is not None and task.edges is not None:
        request = line.request
        if request is not None:
            known = request.input_tokens is not None, request.output_tokens is not None
            counts = request.input_tokens or 0, request.output_tokens or 0
            ranks = known, task.edges.ranks(*counts)
            request = request._replace(input_tokens=None, output_tokens=None)
        line = line.deciding()._replace(request=request)
    text = repr((*read, line, ranks)).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=16).digest()


@dataclass(frozen=True)
class HasKey:
    """Whether a call has one of these keys; a worker can say it without any release."""

    keys: frozenset[bytes]
    task: Task

    def __call__(self, call: LoggedCall) -> bool:
        """Whether it has."""
        return call_key(call, self.task) in self.keys
