"""Logs on Spark: workers read and sum up, and give each distinct call here, to be judged once.

Spark only carries lines to the one reader of logs: it parses nothing of them. So a line has the
verdict that it has on a laptop. Calls that are given one by one are sorted by Spark and come here
a few at a time, so that there may be any number of them.
"""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import reduce
from heapq import merge
from itertools import groupby, repeat
from operator import itemgetter
from pathlib import Path
from typing import Any

from zumik.core.basics.times import moment_from_micros
from zumik.core.traffic.logged_call import LoggedCall, ReadEntry
from zumik.errors import UsageError, ZumikError
from zumik.logs.call_table import call_row
from zumik.logs.calls import calls_of
from zumik.logs.counted.apart import IsApart
from zumik.logs.counted.counting_processes import moved
from zumik.logs.counted.line_ranges import is_object
from zumik.logs.databases.database_url import is_database, names_table
from zumik.logs.files.log_names import STDIN, is_line, log_files_of
from zumik.logs.files.numbered_entries import NumberedEntries
from zumik.logs.formats.mapping_file import UnseenPaths
from zumik.logs.spark.spark_session import spark_session, translated
from zumik.logs.spark.spark_sums import SCHEMA, HasKey, Note, Part, Task
from zumik.logs.spark.spark_tasks import TextLines, files_reader, parts_reader, path_of

_FIRST_BYTES = 64 * 1024
# Spark takes other characters for patterns, hides some files, and unpacks others by their ending.
_PLAIN_PATH = re.compile(r"/[\w./ +=@,~-]*/(?![_.])[\w. +=@,~-]*")
_PACKED = (".gz", ".bz2", ".zst", ".xz", ".deflate", ".lz4", ".snappy")
_ONE_PART = str(2**62)
_PART_BYTES = "spark.sql.files.maxPartitionBytes"
_ROWS_AT_ONCE = 16
"""Rows of calls given one by one that come here together: some 3,000 calls."""

_AFTER_ALL_PARTS = 2**62
_Order = tuple[int, int, int, int]
_Numbered = tuple[_Order, ReadEntry]
"""An item in the order of reading: by file, start of the part, whether it is of the part itself or
between it and the one before, and number there."""


def spark_calls_in(
    names: Iterable[str],
    task: Task,
    say: Callable[[str], None],
    master: str | None = None,
    each_as: IsApart | None = None,
) -> Iterator[ReadEntry]:
    """What `calls_in` gives, in its order, where `calls` counts those that are equal to the first.

    A name is what a file is called here, or where Spark finds it, as s3a://BUCKET/logs/*.jsonl.
    The times of equal calls are the first and the last of them, to the day. `each_as` also names
    calls that are values of their own, and is asked here alone; where there are such, the logs are
    read twice. Raises CannotRun and UsageError.
    """
    names = list(names)
    with found_on_spark(names, task, master) as (_, found):
        keys = frozenset[bytes]() if each_as is None else found.keys_of(each_as)
        if not keys:
            yield from found.items(say)
            return
        task = task._replace(each_of=(*task.each_of, HasKey(keys, task)))
        with found_on_spark(names, task, master) as (_, found_again):
            yield from found_again.items(say)


@contextmanager
def found_on_spark(
    names: Iterable[str], task: Task, master: str | None
) -> Iterator[tuple[Any, FoundCalls]]:
    """A session of Spark, and what its workers read there. Raises CannotRun and UsageError."""
    names = list(names)
    if any(name == STDIN or names_table(name) or is_line(name) for name in names):
        raise UsageError(
            "Spark reads files",
            hint="name files, or drop --engine to read a line, stdin or a database",
        )
    remote = [name for name in names if is_database(name)]
    local = log_files_of(name for name in names if not is_database(name))
    with spark_session(master) as spark:
        with translated():
            job = _Job(spark, task._replace(files=tuple(local)), remote)
            found = job.found()
            if found.has_cut:
                found.frame.unpersist()
                found = job.found(in_parts=False)
        try:
            yield spark, found
        finally:
            with translated():
                found.frame.unpersist()


class _Job:
    """One reading of all files."""

    def __init__(self, spark: Any, task: Task, remote: list[str]) -> None:
        self._spark = spark
        self._local = len(task.files)
        self._remote = remote
        self._urls = sorted(spark.read.text(remote).inputFiles()) if remote else []
        # A URL may hold a key in front of the host.
        shown = (re.sub(r"//[^/@]*@", "//", url) for url in self._urls)
        self._task = task._replace(files=(*task.files, *shown), folder=str(Path.cwd()))

    def found(self, *, in_parts: bool = True) -> FoundCalls:
        """What the workers give back; not in parts, a file is the work of one of them.

        Rows of a table, and calls given one by one, stay with the workers until they are asked for.
        """
        from pyspark import StorageLevel

        before = self._spark.conf.get(_PART_BYTES)
        if not in_parts:
            self._spark.conf.set(_PART_BYTES, _ONE_PART)
        try:
            plain = [n for n in range(self._local) if in_parts and _is_plain(self._task.files[n])]
            rest = [n for n in range(self._local) if n not in set(plain)]
            open_ended = frozenset(n for n in plain if not _ends_with_a_line(self._task.files[n]))
            frames = [*self._parts(plain, open_ended), *self._files(rest)]
            frame = reduce(lambda one, other: one.union(other), frames)
            # In memory they would push out what Spark needs to sort them.
            frame = frame.persist(StorageLevel.DISK_ONLY)
            rows = _summed(frame).collect()
        finally:
            self._spark.conf.set(_PART_BYTES, before)
        return FoundCalls(self._task, rows, open_ended, frame)

    def _parts(self, plain: list[int], open_ended: frozenset[int]) -> Iterator[Any]:
        """The lines of the files that have an object in each, and of those that lie elsewhere."""
        from pyspark.sql import functions as sql

        files = self._task.files
        urls = {n: Path(files[n]).absolute().as_uri() for n in plain}
        urls |= dict(enumerate(self._urls, self._local))
        if not urls:
            return
        numbers = {path_of(url): number for number, url in urls.items()}
        paths = [str(Path(files[n]).absolute()) for n in plain]
        text = self._spark.read.option("lineSep", "\n").text([*paths, *self._remote])
        of_file = ("file_path", "file_block_start", "file_block_length", "file_size")
        rows = text.select(
            sql.col("value").cast("binary"), *(sql.col(f"_metadata.{name}") for name in of_file)
        )
        yield rows.mapInArrow(parts_reader(self._task, numbers, open_ended), SCHEMA)

    def _files(self, rest: list[int]) -> Iterator[Any]:
        """The files that are read whole, each by one worker."""
        if not rest:
            return
        from pyspark.sql import functions as sql

        numbers = sql.array(*map(sql.lit, rest))
        rows = self._spark.range(0, len(rest), 1, len(rest))
        rows = rows.select(sql.get(numbers, sql.col("id").cast("int")).alias("file"))
        yield rows.mapInArrow(files_reader(self._task), SCHEMA)


def _summed(frame: Any) -> Any:
    from pyspark.sql import functions as sql

    return (
        frame.filter("key is not null")
        .groupBy("key")
        .agg(
            sql.sum("calls").alias("calls"),
            sql.min("first_at").alias("first_at"),
            sql.max("last_at").alias("last_at"),
            sql.min("at").alias("at"),
        )
    )


def _is_plain(name: str) -> bool:
    """Whether Spark may cut a file into parts: each of its lines is an object, by the first."""
    path = Path(name)
    if not _PLAIN_PATH.fullmatch(str(path.absolute())) or name.endswith(_PACKED):
        return False
    try:
        with path.open("rb") as file:
            return path.is_file() and is_object(file.readline(_FIRST_BYTES))
    except OSError:
        return False


def _ends_with_a_line(name: str) -> bool:
    with Path(name).open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"


class FoundCalls:
    """What the workers gave back, put together.

    `frame` has the rows of the table, and `bases` where those of each part of a file stand in it:
    file, start, and the place of the first. `seam_rows` are those that were read here.
    """

    def __init__(self, task: Task, rows: list[Any], open_ended: frozenset[int], frame: Any) -> None:
        self._task = task
        self._open_ended = open_ended
        self.frame = frame
        self.bases: list[tuple[int, int, int]] = []
        self.seam_rows: list[tuple[Any, ...]] = []
        self._place = 0
        self._unseen = UnseenPaths(task.form)
        self._notes: list[tuple[_Order, Note | ZumikError]] = []
        self._parts: list[Part] = []
        self._sums: list[tuple[ReadEntry, Any]] = []
        for row in rows:
            item = pickle.loads(row.at.item)  # noqa: S301 (our own workers wrote it)
            if isinstance(item, UnseenPaths):
                self._unseen.join(item)
            elif isinstance(item, (Note, ZumikError)):
                order = row.at.file, row.at.start, row.at.line, row.at.part
                self._notes.append((order, item))
            elif isinstance(item, Part):
                self._parts.append(item)
            else:
                self._sums.append((item, row))
        self._seams: list[_Numbered] = []
        self._lines: dict[tuple[int, int], int] = {}
        self.has_cut = any(part.is_whole for part in self._parts) or not self._joined()

    def _joined(self) -> bool:
        """Number the lines, and read those between the parts. False where a line is open there."""
        for file, parts in groupby(sorted(self._parts), key=lambda part: part.file):
            lines, held = 0, list[bytes]()
            for part in parts:
                held += part.head
                if part.lines is not None:
                    if not self._between(file, part.start, lines, held):
                        return False
                    lines, held = lines + len(held), []
                    self._lines[file, part.start] = lines
                    self.bases.append((file, part.start, self._place))
                    self._place += part.rows
                    lines += part.lines
                held += part.tail
            self._between(file, _AFTER_ALL_PARTS, lines, held)
        return True

    def _between(self, file: int, start: int, lines: int, held: list[bytes]) -> bool:
        """Read lines held back before a part; whether nothing of them goes on behind them."""
        is_last = start == _AFTER_ALL_PARTS
        form, name = self._task.form, self._task.files[file]
        ends = b"" if is_last and file in self._open_ended else b"\n"
        text = TextLines((line[:-1] for line in held), is_first=True, ends=ends)
        entries = NumberedEntries(text, name, form, is_last=is_last)
        for entry in entries:
            for item in calls_of(entry, form, self._unseen.look):
                order = file, start, 0, len(self._seams)
                self._seams.append((order, moved(item, lines)))
                self._add_row(item)
        return not entries.is_open

    def _add_row(self, item: ReadEntry) -> None:
        names = self._task.names
        if names is None or not isinstance(item, LoggedCall):
            return
        if self._task.selection.takes(item):
            self.seam_rows.append(call_row(item, self._place, names))
            self._place += 1

    def keys_of(self, is_one: IsApart) -> frozenset[bytes]:
        """The keys of the equal calls that are asked about, and are such ones."""
        takes = self._task.selection.takes
        calls = ((item, row) for item, row in self._sums if isinstance(item, LoggedCall))
        return frozenset(bytes(row.key) for item, row in calls if takes(item) and is_one(item))

    def items(self, say: Callable[[str], None]) -> Iterator[ReadEntry]:
        """Every call, in the order of reading. Raises CannotRun and IntegrityError."""
        for _, note in sorted(self._notes, key=lambda each: each[0]):
            if isinstance(note, ZumikError):
                raise note
            say(note.text)
        here = sorted([*self._seams, *self._summed()], key=itemgetter(0))
        for _, item in merge(here, self._one_by_one(), key=itemgetter(0)):
            yield item
        yield from self._unseen.listed()

    def _summed(self) -> Iterator[_Numbered]:
        for item, row in self._sums:
            at = row.at
            for each in _each_time(self._in_file(item, at), row):
                yield (at.file, at.start, 1, at.number), each

    def _one_by_one(self) -> Iterator[_Numbered]:
        """The items that are in no sum, of which only some are here at any time."""
        rows = self.frame.filter("key is null and row is null").select("at.*")
        with translated():
            # So many parts that each is small: the next is fetched when one is done with.
            if parts := -(-rows.count() // _ROWS_AT_ONCE):
                by = "file", "start", "number"
                ordered = rows.repartitionByRange(parts, *by).sortWithinPartitions(*by)
                for at in ordered.toLocalIterator():
                    items = pickle.loads(at.item)  # noqa: S301 (our own workers wrote it)
                    for number, item in items:
                        yield (at.file, at.start, 1, number), self._in_file(item, at)

    def _in_file(self, item: ReadEntry, at: Any) -> ReadEntry:
        """The item with its line in the file, not in the part."""
        return moved(item, self._lines.get((at.file, at.start), 0))


def _each_time(item: ReadEntry, row: Any) -> Iterator[ReadEntry]:
    """Equal calls, as two where they have two times: that of the first and that of the last."""
    if not isinstance(item, LoggedCall) or not row.calls:
        yield from repeat(item, row.calls or 1)
    elif row.first_at != row.last_at:
        yield item._replace(calls=row.calls - 1, at=moment_from_micros(row.first_at))
        yield item._replace(calls=1, at=moment_from_micros(row.last_at))
    else:
        yield item._replace(calls=row.calls)
