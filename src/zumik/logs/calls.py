"""Logged calls from the entries of logs: the one way from files to what is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from zumik.core.traffic.logged_call import LoggedCall, ReadEntry, UnreadEntry
from zumik.core.traffic.selection import EVERY_CALL, Selection
from zumik.logs.files.entry import Entry
from zumik.logs.files.entry_reader import entries_of, entries_of_text
from zumik.logs.files.log_files import Seen, unseen
from zumik.logs.files.log_names import log_files_of
from zumik.logs.formats.entry_values import EntryValues
from zumik.logs.formats.format_reader import read_entry
from zumik.logs.formats.log_format import LogFormat
from zumik.logs.formats.mapping_file import UnseenPaths


def calls_in(
    names: Iterable[str],
    form: LogFormat | None = None,
    say: Callable[[str], None] = lambda note: None,
    selection: Selection = EVERY_CALL,
    seen: Seen = unseen,
) -> Iterator[ReadEntry]:
    """Every call that the named logs list, in their order. Raises CannotRun.

    A name is a file, a pattern, a directory, the URL of a database or - for stdin. `form` is the
    format that the person named; without it each entry is recognised by its content. `say` takes
    notes on the files, `seen` how many bytes of them are read. What is not of the `selection` may
    be left out, where a database can do so; who counts the calls selects them.
    """
    paths = UnseenPaths(form)
    for file in log_files_of(names):
        for entry in entries_of(file, form, say, selection, seen):
            yield from calls_of(entry, form, paths.look)
    yield from paths.listed()


def calls_in_text(
    text: bytes, name: str = "line", form: LogFormat | None = None
) -> Iterator[ReadEntry]:
    """Every call in a text that was passed as such; `name` is its file in each place."""
    for entry in entries_of_text(text, name, form):
        yield from calls_of(entry, form)


def calls_of(
    entry: Entry | UnreadEntry,
    form: LogFormat | None = None,
    look: Callable[[EntryValues], None] = lambda values: None,
) -> Iterator[ReadEntry]:
    """The calls of one entry; one without a time of its own has that of its envelope.

    `look` is shown the values of each call.
    """
    if isinstance(entry, UnreadEntry):
        yield entry
        return
    for call in read_entry(entry, form, look):
        if isinstance(call, LoggedCall) and (entry.opened or entry.at):
            taken_from = (*entry.opened, *call.taken_from)
            call = call._replace(at=call.at or entry.at, taken_from=taken_from)
        yield call
