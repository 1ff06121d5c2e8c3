"""The entries of some lines, from a place in a file where one line ends and another begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from zumik.core.traffic.logged_call import Place, UnreadEntry
from zumik.logs.files.entry import Entry
from zumik.logs.files.entry_reader import entries_of_line
from zumik.logs.files.log_files import NumberedLines
from zumik.logs.files.runtime_parts import RuntimeParts
from zumik.logs.formats.log_format import LogFormat


class NumberedEntries:
    """Iterates over entries. `is_last` says that the file ends with these lines."""

    def __init__(
        self, text: IO[bytes] | Any, name: str, form: LogFormat | None, *, is_last: bool
    ) -> None:
        self._lines = NumberedLines(text)
        self._parts = RuntimeParts()
        self._name = name
        self._form = form
        self._is_last = is_last

    @property
    def number(self) -> int:
        """How many lines were read."""
        return self._lines.number

    @property
    def is_open(self) -> bool:
        """Whether the last lines are parts of one that goes on behind them."""
        return self._parts.is_open

    def __iter__(self) -> Iterator[Entry | UnreadEntry]:
        while piece := self._lines.next():
            if whole := self._parts.add(*piece):
                yield from self._of_line(*whole)
        for number, data in self._parts.rest() if self._is_last else ():
            yield from self._of_line(number, data)

    def _of_line(self, number: int, data: bytes) -> Iterator[Entry | UnreadEntry]:
        yield from entries_of_line(self._lines, self._form, Place(self._name, number), data)
