"""What was read of logs: how many entries of which format, when, and what could not be read.

A log may be of any size and from anyone, so that what is kept never grows with it.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from zumik.core.traffic.logged_call import (
    NO_DECISION,
    LoggedCall,
    NotACall,
    Place,
    ReadEntry,
    UnreadEntry,
)
from zumik.core.traffic.selection import EVERY_CALL, Selection

MAX_EXAMPLES = 10
"""How many entries that cannot be read are listed; the others are counted."""

MAX_WRAPPINGS = 100
"""How many ways in which decisions lay inside others' entries are counted apart."""


@dataclass
class LogsRead:
    """What was read so far. Every count is of calls.

    `wrappings` counts what decisions were taken from, the first MAX_WRAPPINGS of it. `no_calls`
    counts entries that are no calls of a model, as a router's spans. `unreadable` counts entries of
    which anything, also only the decision, cannot be read; `whole` are those of them of more than
    one entry, as the rest of a file, and `examples` the others. `left_out` counts calls that were
    not asked about, `without_time` those of them that have no time. `files` numbers the files in
    their order, so that the first of a kind is the first, also where calls come out of order.
    """

    formats: Counter[str] = field(default_factory=Counter)
    wrappings: Counter[tuple[str, ...]] = field(default_factory=Counter)
    no_calls: int = 0
    unreadable: int = 0
    whole: list[tuple[Place, str]] = field(default_factory=list)
    examples: list[tuple[Place, str]] = field(default_factory=list)
    left_out: int = 0
    without_time: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    files: dict[str, int] = field(default_factory=dict)

    def order(self, place: Place) -> tuple[int, int, int]:
        """Where a place stands among all: by file, line and part."""
        number = self.files.setdefault(place.file, len(self.files))
        return number, place.line, place.part

    @property
    def unread(self) -> list[tuple[Place, str]]:
        """The first entries that cannot be read, at most MAX_EXAMPLES, with why."""
        return [*self.whole, *self.examples][:MAX_EXAMPLES]

    def selected(
        self,
        entries: Iterable[ReadEntry],
        selection: Selection = EVERY_CALL,
    ) -> Iterator[LoggedCall]:
        """The calls that are asked about, one by one; every entry is counted."""
        for entry in self.asked(entries, selection):
            if isinstance(entry, LoggedCall):
                self.add_call(entry)
                if entry.fault is not None and entry.fault != NO_DECISION:
                    self.add_unreadable(entry.place, entry.fault, entry.calls)
                yield entry

    def asked(
        self, entries: Iterable[ReadEntry], selection: Selection
    ) -> Iterator[LoggedCall | UnreadEntry]:
        """The calls that are asked about, and what cannot be read. All but the calls is counted."""
        for entry in entries:
            self.files.setdefault(entry.place.file, len(self.files))
            if isinstance(entry, UnreadEntry):
                self.add_unread(entry)
                yield entry
            elif isinstance(entry, NotACall):
                self.add_no_call(entry)
            elif selection.takes(entry):
                yield entry
            else:
                self.left_out += entry.calls
                if selection.lacks_time(entry):
                    self.without_time += entry.calls

    def add_no_call(self, entry: NotACall) -> None:
        """Count an entry that is no call."""
        self.no_calls += 1
        self.formats[entry.format] += 0

    def add_unread(self, entry: UnreadEntry) -> None:
        """Count an entry that cannot be read."""
        self.add_unreadable(entry.place, entry.why, 1, is_whole=entry.is_whole)

    def add_call(self, call: LoggedCall) -> None:
        """Count a call, as often as it counts for."""
        self.formats[call.format] += call.calls
        names = call.taken_from if call.decision else ()
        if names and (names in self.wrappings or len(self.wrappings) < MAX_WRAPPINGS):
            self.wrappings[names] += call.calls
        if call.at is not None:
            self.first_at = call.at if self.first_at is None else min(self.first_at, call.at)
            self.last_at = call.at if self.last_at is None else max(self.last_at, call.at)

    def add_unreadable(self, place: Place, why: str, calls: int, *, is_whole: bool = False) -> None:
        """Count calls of which something cannot be read."""
        self.unreadable += calls
        examples = self.whole if is_whole else self.examples
        if len(examples) == MAX_EXAMPLES:
            if self.order(examples[-1][0]) <= self.order(place):
                return
            examples.pop()
        insort(examples, (place, why), key=lambda example: self.order(example[0]))
