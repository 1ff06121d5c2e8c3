"""Logged calls from the entries of logs: the one way from files to what is counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zumik.core.basics.foreign_json import foreign_json
from zumik.core.basics.strict_json import MalformedJson
from zumik.core.decisions.log_line import UnreadableLine, log_line_of
from zumik.core.traffic.logged_call import LoggedCall, UnreadEntry
from zumik.logs.entry import Entry
from zumik.logs.formats import ZUMIK
from zumik.logs.log_files import lines_of


def calls_in(names: Iterable[str]) -> Iterator[LoggedCall | UnreadEntry]:
    """Every call that the named files list, in their order. Raises CannotRun."""
    for name in names:
        for place, data in lines_of(name):
            try:
                yield call_of(Entry(place, foreign_json(data)))
            except MalformedJson as error:
                yield UnreadEntry(place, error.message)


def call_of(entry: Entry) -> LoggedCall:
    """The call that an entry of zumik's own format lists."""
    try:
        line = log_line_of(entry.document)
    except UnreadableLine as error:
        return LoggedCall(entry.place, ZUMIK.name, fault=error.message)
    return LoggedCall(entry.place, ZUMIK.name, line, at=line.timestamp)
