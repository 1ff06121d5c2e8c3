"""The values of one entry: what stands at a path, read for the one thing that it can mean.

A foreign value that cannot be read is unknown: None, never an error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal, DecimalException
from fnmatch import fnmatchcase
from typing import Any

from zumik.core.basics.field_readers import Malformed
from zumik.core.basics.foreign_json import ForeignJson, bent_count, foreign_json_of_text
from zumik.core.basics.strict_json import MalformedJson
from zumik.core.basics.times import moment_of_log
from zumik.logs.formats.log_format import UNITS, Condition, FieldSource, KeyPath, Sources
from zumik.logs.formats.python_text import foreign_python

MAX_NAME = 256
"""Names of models and ids of calls are far shorter; a longer text is something else."""

_MOST_SECONDS = Decimal(366 * 24 * 3600)
_MOST_USD = Decimal(10**12)
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?")
# No code or count of ours is as large, and Python refuses to write out a far larger number.
_TOO_LARGE = 10**19
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}")


class EntryValues:
    """Looks up paths in an entry, and opens each text on the way once."""

    __slots__ = ("_document", "_moments", "_opened", "_python")

    def __init__(self, document: ForeignJson, python: tuple[KeyPath, ...] = ()) -> None:
        self._document = document
        self._python = python
        self._opened: dict[KeyPath, ForeignJson] = {}
        self._moments: dict[KeyPath, datetime | None] = {}

    def at(self, path: KeyPath) -> ForeignJson | None:
        """What stands at a path; None where nothing does, or an empty text, or null.

        Raises MalformedJson where a text on the way holds neither JSON nor the Python value that
        it should, and where a key on the way stands twice.
        """
        around, value = self._walk(path)
        return None if value is None or value == "" else around.within(value)

    def _walk(self, path: KeyPath) -> tuple[ForeignJson, Any]:
        """The value at a path, and the text's value that it is part of.

        A call has thirty paths, so the way goes through plain values, and costs little.
        """
        around, value = self._document, self._document.value
        for number, key in enumerate(path):
            if isinstance(value, str):
                around = self.opened(path[:number], around.within(value))
                value = around.value
            if not isinstance(value, dict):
                return around, None
            if around.twice and key in around.twice.get(id(value), ()):
                raise MalformedJson(f"has the key '{key}' twice")
            value = value.get(key)
            if value is None or value == "":
                return around, None
        return around, value

    def opened(self, path: KeyPath, here: ForeignJson) -> ForeignJson:
        """What the text at a path holds. Raises MalformedJson."""
        if path not in self._opened:
            read = foreign_python if path in self._python else foreign_json_of_text
            self._opened[path] = read(here.value)
        return self._opened[path]

    def leads(self, path: KeyPath) -> bool:
        """Whether the entry has the last key of a path, with any value or null."""
        try:
            around = self.at(path[:-1])
        except MalformedJson:
            return False
        if around is not None and isinstance(around.value, str):
            try:
                around = self.opened(path[:-1], around)
            except MalformedJson:
                return False
        return around is not None and isinstance(around.value, dict) and path[-1] in around.value

    def value(self, path: KeyPath) -> Any:
        """The value at a path; None where nothing there can be read."""
        try:
            return self._walk(path)[1]
        except MalformedJson:
            return None

    def holds(self, condition: Condition) -> bool:
        """Whether the value at the condition's path is one of its words."""
        word = _word(self.value(condition.path))
        if not condition.words:
            found = word is None
        else:
            found = word is not None and any(fnmatchcase(word, each) for each in condition.words)
        return found is not condition.is_not

    def moment(self, sources: Sources) -> datetime | None:
        """A time, in any of the notations that a log may have."""
        for source in self._usable(sources):
            if moment := self._moment(source.path):
                return moment
        return None

    def _moment(self, path: KeyPath) -> datetime | None:
        # A start is asked for by the time, the length and the first token.
        if path not in self._moments:
            self._moments[path] = moment_of_log(self.value(path))
        return self._moments[path]

    def seconds(self, sources: Sources) -> float | None:
        """A length of time, never negative: one that was counted, or one between two times."""
        for source in self._usable(sources):
            if source.since:
                length = self._between(source)
            else:
                number = _scaled(self.value(source.path), source.unit, _MOST_SECONDS)
                length = None if number is None else float(number)
            if length is not None:
                return length
        return None

    def _between(self, source: FieldSource) -> float | None:
        start, end = self._moment(source.since), self._moment(source.path)
        if start is None or end is None or end < start:
            return None
        if source.before:
            last = self._moment(source.before)
            if last is None or end >= last:
                return None
        return (end - start).total_seconds()

    def count(self, sources: Sources) -> int | None:
        """A whole number, zero or more."""
        for source in self._usable(sources):
            number = _count(self.value(source.path))
            if number is None:
                continue
            for path in source.plus:
                number += _count(self.value(path)) or 0
            for path in source.minus:
                number -= _count(self.value(path)) or 0
            if number >= 0:
                return number
        return None

    def dollars(self, sources: Sources) -> Decimal | None:
        """An amount in US dollars, as exactly as it is written."""
        for source in self._usable(sources):
            amount = _scaled(self.value(source.path), source.unit or "usd", _MOST_USD)
            if amount is not None:
                return amount
        return None

    def text(self, sources: Sources) -> str | None:
        """A name or an id; not a sentence, nor anything that is too long for one."""
        for source in self._usable(sources):
            text = _name(self.value(source.path))
            over = _name(self.value(source.under)) if source.under else None
            if text:
                return f"{over}/{text}" if over else text
        return None

    def code(self, sources: Sources) -> str | None:
        """A code, or the name of a class; a sentence could hold what a caller wrote."""
        for source in self._usable(sources):
            value = self.value(source.path)
            text = _word(value) if type(value) is int else value
            if isinstance(text, str) and _CODE.fullmatch(text):
                return text
        return None

    def _usable(self, sources: Sources) -> Sequence[FieldSource]:
        return [s for s in sources if not s.where or all(map(self.holds, s.where))]


def _word(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < _TOO_LARGE else None
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value)
    return value[:MAX_NAME].lower() if isinstance(value, str) and value else None


def _count(value: object) -> int | None:
    try:
        return bent_count(value, ())
    except Malformed:
        return None


def _scaled(value: object, unit: str, most: Decimal) -> Decimal | None:
    """A number, or its text, times its unit; None where it is negative or beyond any measure."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    # The shortest text of a float is the number that the log shows.
    text = value if isinstance(value, str) else repr(value)
    if not text.isascii() or not _NUMBER.fullmatch(text):
        return None
    try:
        number = Decimal(text) * UNITS[unit or "s"]
    except DecimalException:
        return None
    return number if 0 <= number <= most else None


def _name(value: object) -> str | None:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME or "\n" in value:
        return None
    return value
