"""Logged calls from the entries of logs: the one way from files to what is counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zumik.core.basics.foreign_json import foreign_json
from zumik.core.basics.strict_json import MalformedJson
from zumik.core.traffic.logged_call import LoggedCall, NotACall, UnreadEntry
from zumik.logs.entry import Entry
from zumik.logs.format_reader import read_entry
from zumik.logs.log_files import lines_of
from zumik.logs.log_format import LogFormat


def calls_in(
    names: Iterable[str], form: LogFormat | None = None
) -> Iterator[LoggedCall | NotACall | UnreadEntry]:
    """Every call that the named files list, in their order. Raises CannotRun.

    `form` is the format that the person named; without it each entry is recognised by its content.
    """
    for name in names:
        for place, data in lines_of(name):
            try:
                entry = Entry(place, foreign_json(data))
            except MalformedJson as error:
                yield UnreadEntry(place, error.message)
                continue
            yield from read_entry(entry, form)
