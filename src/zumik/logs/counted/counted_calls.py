"""Counted calls: what `calls_in` gives, with equal calls as one value, and many times as fast."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache

from zumik.core.traffic.logged_call import LoggedCall, Place, ReadEntry, UnreadEntry
from zumik.core.traffic.selection import EVERY_CALL, Selection
from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.calls import calls_in, calls_of
from zumik.logs.counted.apart import Apart, IsApart
from zumik.logs.counted.counting_processes import CountingProcesses, Task
from zumik.logs.counted.equal_rows import equal_rows
from zumik.logs.counted.known_calls import Days
from zumik.logs.counted.known_lines import KnownLines
from zumik.logs.counted.line_blocks import LineBlocks
from zumik.logs.counted.line_ranges import ranges_of
from zumik.logs.files.entry_reader import entries_of_open
from zumik.logs.files.log_files import Seen, opened, unseen
from zumik.logs.files.log_names import bytes_of, log_files_of
from zumik.logs.formats.gateway_formats import ZUMIK
from zumik.logs.formats.log_format import LogFormat
from zumik.processors import usable_processors


def counted_calls_in(
    names: Iterable[str],
    edges: TokenEdges,
    form: LogFormat | None = None,
    say: Callable[[str], None] = lambda note: None,
    seen: Seen = unseen,
    selection: Selection = EVERY_CALL,
    each_of: tuple[IsApart, ...] = (),
    *,
    days: Days = Days.NONE,
    processes: int | None = None,
) -> Iterator[ReadEntry]:
    """Every call that the named logs list, where `calls` counts those that are equal.

    Calls are equal where all that decides is written alike, but for tokens of equal ranks among
    `edges`. Such a value is the first of them: its place, time, tokens and cost are those of that
    call. With Days.ENDS, one of the first day (UTC) of equal calls, and one of the last, are values
    of their own; with Days.EACH those of each day are. Of the calls of one value the `selection`
    takes all or none, and each call that one of `each_of` names is a value: these come in their
    order. The other values come in no order of places, and equal ones may come apart. A large file
    is read by several `processes`, by default as many as there are processors. `seen` takes how
    many bytes and lines are read. Raises CannotRun.
    """
    if form not in (None, ZUMIK):
        yield from calls_in(names, form, say, selection, seen)
        return
    task = Task(edges, form is not None, days, Apart(selection, each_of))
    # Each process says what stands in its way, and that is the same.
    say_once = cache(say)
    known = task.known_lines(say_once)
    number = usable_processors() if processes is None else processes
    with CountingProcesses(task, number, say_once) as counting:
        for name in log_files_of(names):
            ranges = ranges_of(name) if number > 1 else []
            rows = equal_rows(name, edges, form, days) if task.apart.is_by_format else None
            if rows is not None:
                for row in rows:
                    seen(0, row.calls if isinstance(row, LoggedCall) else 1)
                    yield row
                seen(bytes_of([name]) or 0)
            elif ranges:
                yield from counting.calls_in(ranges, seen)
            else:
                yield from _in_this_process(known, name, form, say, seen)
        yield from counting.taken()
    yield from known.taken()


def _in_this_process(
    known: KnownLines,
    name: str,
    form: LogFormat | None,
    say: Callable[[str], None],
    seen: Seen,
) -> Iterator[ReadEntry]:
    """The calls of a log of any kind; the lines of one that holds lines are counted."""
    with opened(name, seen) as stream:
        for note in stream.notes:
            say(note)
        first = stream.file.peek(1)  # type: ignore[attr-defined]
        # Docker splits long lines, and only the reader of entries joins their parts.
        if not first.lstrip().startswith(b"{") or first.lstrip().startswith(b'{"log":'):
            for entry in entries_of_open(stream, name, form):
                yield from calls_of(entry, form)
                seen(0, 1)
            return
        blocks = LineBlocks(stream.file)
        yield from known.calls_in(blocks, name, seen)
        yield from known.rest(blocks, name)
        for fault in stream.faults:
            yield UnreadEntry(Place(name, blocks.number), fault, is_whole=True)
