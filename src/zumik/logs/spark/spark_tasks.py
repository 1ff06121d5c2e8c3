"""What a worker of Spark does: it reads its part of the logs, and sums up equal calls.

A worker needs Python, pyarrow and what this file imports, and nothing of a workspace: verdicts are
for the one who started it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, chdir, suppress
from itertools import groupby
from typing import TYPE_CHECKING, Any

from zumik.core.traffic.logged_call import ReadEntry
from zumik.errors import CannotRun
from zumik.logs.calls import calls_of
from zumik.logs.counted.apart import Apart
from zumik.logs.counted.known_calls import Days
from zumik.logs.counted.known_lines import KnownLines
from zumik.logs.counted.line_blocks import LineBlocks
from zumik.logs.counted.line_ranges import is_object
from zumik.logs.files.entry_reader import entries_of
from zumik.logs.files.numbered_entries import NumberedEntries
from zumik.logs.formats.mapping_file import UnseenPaths
from zumik.logs.spark.spark_sums import Note, Part, Sums, Task

if TYPE_CHECKING:
    import pyarrow as pa


_HELD_LINES = 64
_HELD_BYTES = 4 * 1024 * 1024


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
        task = self._task
        assert task.edges is not None, "without edges, each line is read"
        apart = Apart(task.selection, task.each_of)
        known = KnownLines(task.edges, task.form, days=Days.ENDS, apart=apart)
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
            ends_of = tuple(text.head), lines, tuple(text.tail)
            part = Part(file, start, *ends_of, is_whole, sums.rows.pop((file, start), 0))
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
        with ExitStack() as stack:
            # A worker that does not have the folder says which file it cannot read.
            with suppress(OSError):
                stack.enter_context(chdir(task.folder or "."))
            yield from read_there(batches)

    def read_there(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
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
                sums.put(error, file)
            sums.put(Part(file, 0, (), 0, (), rows=sums.rows.pop((file, 0), 0)), file)
            for note in notes:
                sums.put(Note(note), file)
        sums.put(unseen)
        yield from sums.taken()

    return read
