"""Processes that count the calls of a large file together, range by range."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple, TypeVar

from zumik.core.traffic.logged_call import LoggedCall, NotACall, ReadEntry, UnreadEntry
from zumik.core.traffic.token_edges import TokenEdges
from zumik.errors import CannotRun
from zumik.logs.counted.apart import NONE_APART, Apart
from zumik.logs.counted.known_calls import MOST_KNOWN, CallKey, Days, KnownCall
from zumik.logs.counted.known_lines import KnownLines
from zumik.logs.counted.line_blocks import LineBlocks
from zumik.logs.counted.line_ranges import BoundedFile, LineRange
from zumik.logs.files.log_files import Seen, unseen
from zumik.logs.files.runtime_parts import RuntimeParts
from zumik.logs.formats.gateway_formats import ZUMIK
from zumik.processors import starting_processes, without_collection

_AHEAD = 3
"""Ranges for each process that may be read before an earlier one is done with."""


class Task(NamedTuple):
    """What a process is to count."""

    edges: TokenEdges
    is_named: bool
    """Whether zumik's own format was named; else each entry is recognised."""
    days: Days
    apart: Apart = NONE_APART
    at_once: bool = False
    """Whether so much is to be counted that it is worth it to load Numba at once."""

    def known_lines(self, say: Callable[[str], None]) -> KnownLines:
        """Where nothing is known yet."""
        form = ZUMIK if self.is_named else None
        days, apart, at_once = self.days, self.apart, self.at_once
        return KnownLines(self.edges, form, say, days=days, apart=apart, at_once=at_once)


class Counted(NamedTuple):
    """What one range holds. Numbers of lines are those within the range.

    `counts` are lines by the number that the process gave to their call, `new` the calls that got
    theirs here, each as it was read, or None where another process read it. With `forgot`, the
    numbers given before mean nothing any more. `parts` is what a runtime split and goes on in the
    next range, `notes` what is to be said.
    """

    lines: int
    items: list[ReadEntry]
    counts: list[tuple[int, int, dict[date | None, int]]]
    new: list[tuple[int, CallKey, LoggedCall | None]]
    forgot: bool
    parts: RuntimeParts | None
    notes: list[str]


class RangeCounter:
    """Counts range after range; a call that was given out before is only named by a number."""

    def __init__(self, task: Task) -> None:
        self._notes: list[str] = []
        self._known = task.known_lines(self._notes.append)
        self._days = task.days
        self._numbers: dict[CallKey, int] = {}

    def counted(
        self,
        of: LineRange,
        parts: RuntimeParts | None = None,
        read_elsewhere: Sequence[CallKey] = (),
        *,
        forget: bool = False,
    ) -> Counted:
        """What a range holds, after `parts` of lines before it. Raises OSError.

        `read_elsewhere` are calls that need no reading, as another process did it. With `forget`,
        no earlier call is known any more.
        """
        known = self._known
        known.parts = parts or RuntimeParts()
        forgot = forget or known.is_full
        if forgot:
            known.forget()
            self._numbers = {}
        known.take_read(read_elsewhere)
        with Path(of.name).open("rb") as file:
            blocks = LineBlocks(BoundedFile(file, of.start, of.file_size), of.size)
            items = list(known.calls_in(blocks, of.name))
            if of.is_last:
                items += known.rest(blocks, of.name)
        counts: list[tuple[int, int, dict[date | None, int]]] = []
        new: list[tuple[int, CallKey, LoggedCall | None]] = []
        for key, found in known.counted().items():
            if key not in self._numbers:
                self._numbers[key] = len(self._numbers)
                new.append((self._numbers[key], key, found.call))
            counts.append((self._numbers[key], found.calls, found.kept(self._days)))
            found.calls, found.days = 0, {}
        notes, self._notes[:] = [*self._notes], []
        return Counted(blocks.number, items, counts, new, forgot, known.parts, notes)


class Numbers:
    """The calls that one counter of ranges gives numbers to."""

    def __init__(self, counter: RangeCounter | None = None) -> None:
        self._counter = counter
        self.calls: dict[int, KnownCall] = {}
        self._sent = 0
        """How many of all calls the counter knows."""
        self.is_to_forget = False
        """Whether the counter still knows calls that are forgotten here."""

    @property
    def counter(self) -> RangeCounter:
        """The counter, where it is in this process."""
        assert self._counter is not None
        return self._counter

    def learn(self, counted: Counted, lines: int, calls: dict[CallKey, KnownCall]) -> None:
        """Take up the new calls of a range that has so many lines before it in its file."""
        if counted.forgot:
            self.calls = {}
        for number, key, call in counted.new:
            if call is not None:
                calls.setdefault(key, KnownCall(moved(call, lines)))
            self.calls[number] = calls[key]

    def forget(self) -> None:
        """Forget every call, as the counter is to do with the next range."""
        self.calls, self._sent, self.is_to_forget = {}, 0, True

    def news(self, calls: dict[CallKey, KnownCall]) -> list[CallKey]:
        """The calls that the counter does not know yet. It is to be given them."""
        news = list(islice(calls, self._sent, None))
        self._sent = len(calls)
        return news


@dataclass
class _Worker:
    """One process. `at` is the range that it counts, by its place in the list."""

    process: BaseProcess
    connection: Connection
    at: int | None = None
    numbers: Numbers = field(default_factory=Numbers)

    def give(self, of: LineRange, at: int, calls: dict[CallKey, KnownCall]) -> None:
        """Let it count a range; all these calls are read. If it has ended, `received` says so."""
        with suppress(OSError):
            self.connection.send((of, self.numbers.news(calls), self.numbers.is_to_forget))
        self.numbers.is_to_forget = False
        self.at = at

    def received(self, name: str) -> Counted:
        """What the process found. Raises CannotRun."""
        try:
            with without_collection():
                found = self.connection.recv()
        except (EOFError, OSError):
            raise CannotRun(
                f"a process that reads {name} was ended from outside",
                hint="run it again; if memory is short, with fewer other programs",
            ) from None
        if isinstance(found, str):
            raise CannotRun(f"cannot read {name}: {found}", hint="a file of log lines")
        assert isinstance(found, Counted)
        return found


def _count_ranges(connection: Connection, task: Task) -> None:
    """What each process does, until the pipe is closed: the person's Ctrl-C is for the first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    counter = RangeCounter(task)
    while True:
        try:
            of, read_elsewhere, forget = connection.recv()
        except (EOFError, OSError):
            return
        try:
            with without_collection():
                found: Counted | str = counter.counted(of, None, read_elsewhere, forget=forget)
        except OSError as error:
            found = error.strerror or str(error)
        try:
            connection.send(found)
        except OSError:
            return


_MovedT = TypeVar("_MovedT", LoggedCall, NotACall, UnreadEntry, ReadEntry)


def moved(item: _MovedT, lines: int) -> _MovedT:
    """The item of a file that has so many more lines before it."""
    place = item.place
    return item._replace(place=place._replace(line=place.line + lines))


class CountingProcesses:
    """Some processes, from the first range that is counted until the end of a `with`.

    `say` takes the notes of each.
    """

    def __init__(
        self, task: Task, number: int, say: Callable[[str], None] = lambda note: None
    ) -> None:
        # They are given large files alone.
        self._task = task._replace(at_once=True)
        self._number = number
        self._say = say
        self._workers: list[_Worker] = []
        self._own = Numbers(RangeCounter(self._task))
        self._calls: dict[CallKey, KnownCall] = {}

    def __enter__(self) -> CountingProcesses:
        return self

    def __exit__(self, *error: object) -> None:
        for worker in self._workers:
            worker.process.terminate()
        for worker in self._workers:
            worker.process.join()
            worker.connection.close()

    def calls_in(self, ranges: list[LineRange], seen: Seen = unseen) -> Iterator[ReadEntry]:
        """The calls of the lines of one file that are not known; the others are counted.

        `seen` takes how many bytes and lines are done with. Raises CannotRun where a process ends
        or cannot read the file.
        """
        lines = 0
        begun: RuntimeParts | None = None
        for of, worker, counted in self._in_order(ranges):
            numbers: Numbers = worker
            numbers.learn(counted, lines, self._calls)
            if begun is not None and begun.is_open:
                # What a runtime split before the range goes on in it, as no process could know.
                numbers, counted = self._own, self._own.counter.counted(of, begun)
                numbers.learn(counted, lines, self._calls)
            for number, times, days in counted.counts:
                numbers.calls[number].join(times, days)
            for note in counted.notes:
                self._say(note)
            for item in counted.items:
                yield moved(item, lines)
            lines += counted.lines
            seen(of.size, counted.lines)
            begun = counted.parts and counted.parts.after(counted.lines)
            if self._is_full:
                yield from self.taken()

    def taken(self) -> Iterator[LoggedCall]:
        """The calls that were counted since the last time, each with its number."""
        for known in self._calls.values():
            yield from known.taken(self._task.days)

    def _in_order(self, ranges: list[LineRange]) -> Iterator[tuple[LineRange, Numbers, Counted]]:
        """What each range holds, in their order. A process waits where it is too far ahead."""
        self._start()
        given = done = 0
        ready: dict[int, tuple[_Worker, Counted]] = {}
        while done < len(ranges):
            if self._is_full and given == done:
                # Every line is counted, and every call was given out.
                self._forget()
            for worker in self._workers:
                is_free = worker.at is None and given < len(ranges) and not self._is_full
                if is_free and given < done + _AHEAD * self._number:
                    worker.give(ranges[given], given, self._calls)
                    given += 1
            busy = {worker.connection: worker for worker in self._workers if worker.at is not None}
            for connection in wait(list(busy)):
                worker = busy[connection]  # type: ignore[index]
                assert worker.at is not None
                ready[worker.at] = worker, worker.received(ranges[worker.at].name)
                worker.at = None
            while done in ready:
                worker, counted = ready.pop(done)
                yield ranges[done], worker.numbers, counted
                done += 1

    @property
    def _is_full(self) -> bool:
        return len(self._calls) > MOST_KNOWN

    def _forget(self) -> None:
        self._calls = {}
        self._own = Numbers(RangeCounter(self._task))
        for worker in self._workers:
            worker.numbers.forget()

    def _start(self) -> None:
        # A process that is forked would share what other threads hold locked.
        context = multiprocessing.get_context("spawn")
        while len(self._workers) < self._number:
            here, there = context.Pipe()
            process = context.Process(target=_count_ranges, args=(there, self._task), daemon=True)
            with starting_processes():
                process.start()
            there.close()
            self._workers.append(_Worker(process, here))
