"""A document that was read: its values, and where in the text each of them is written.

It knows nothing of YAML's grammar: the reader fills the marks, and the checks ask here for
the place.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from zumik.core.basics.findings import Location, Path
from zumik.yaml_text.scalars import REFUSED_IN_FILE

_MAX_SOURCE = 500
"""Characters of a line that a finding shows."""

_WORD = re.compile(r"[^\s,\[\]{}]+|\S|")


class SourceText:
    """The decoded text of a file, and which line and column an offset is."""

    __slots__ = ("_lines", "file", "text")

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self._lines: array[int] | None = None

    def location(self, start: int, end: int) -> Location:
        """The first line of what stands from start to end."""
        if self._lines is None:
            self._lines = array("L", [0])
            self._lines.extend(match.end() for match in re.finditer("\n", self.text))
        line = bisect_right(self._lines, start)
        begin = self._lines[line - 1]
        stop = self._lines[line] - 1 if line < len(self._lines) else len(self.text)
        shown = self.text[begin : min(stop, begin + _MAX_SOURCE)].removesuffix("\r")
        width = max(1, min(end, begin + len(shown)) - start)
        # Beyond the cut there is nothing to put a caret under.
        source = REFUSED_IN_FILE.sub("\ufffd", shown) if start - begin <= len(shown) else None
        return Location(self.file, line, start - begin + 1, width, source)

    def word(self, at: int) -> str:
        """What stands there up to a space or bracket; empty at the end of the file."""
        match = _WORD.match(self.text, at)
        return match[0] if match else ""


FIELDS = 5
"""A node's integers in the marks: key start, key end, start, end, and the number of the next node
that is not inside it. Nodes stand in document order, the root first. No key: both are the start."""


def children_of(marks: array[int], node: int, value: object) -> dict[str | int, int]:
    """The nodes inside a node, by key or index."""
    names: Iterable[str | int] = ()
    if isinstance(value, dict):
        names = value
    elif isinstance(value, list):
        names = range(len(value))
    children: dict[str | int, int] = {}
    child = node + 1
    for name in names:
        children[name] = child
        child = marks[child * FIELDS + 4]
    return children


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says: `value` in plain types, not to be changed, and where each part stands."""

    file: str
    value: object
    _source: SourceText = field(repr=False, compare=False)
    _marks: array[int] = field(repr=False, compare=False)
    _known: dict[int, dict[str | int, int]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def text(self) -> str:
        """The decoded text of the file."""
        return self._source.text

    def locate(self, path: Path, *, key: bool = False) -> Location:
        """Where the value at the path, or its key, is written.

        A path that leads nowhere gives the key of its deepest ancestor that exists. A block list
        or mapping is pointed at by its first dash or key.
        """
        start, end = self._bounds(path, key=key)
        return self._source.location(start, end)._replace(path=path)

    def _bounds(self, path: Path, *, key: bool) -> tuple[int, int]:
        """First offset and offset after the last character of what is pointed at."""
        node, missing = self._walk(path)
        at = node * FIELDS
        key_start, key_end, start, end, following = self._marks[at : at + FIELDS]
        if key_start < key_end and (key or missing):
            return key_start, key_end
        if following > node + 1 and self.text[start] not in "[{":
            first_key_start, first_key_end = self._marks[at + FIELDS : at + FIELDS + 2]
            end = first_key_end if first_key_start < first_key_end else start + 1
        return start, end

    def span(self, path: Path) -> tuple[int, int]:
        """First offset and offset after the last character of the value's own text, in `text`.

        Raises KeyError where the path leads nowhere.
        """
        node, missing = self._walk(path)
        if missing:
            raise KeyError(path)
        start, end = self._marks[node * FIELDS + 2 : node * FIELDS + 4]
        text = self.text
        # A block text, and so each value that ends with one, is marked up to the line after its
        # blank lines.
        while (line := text.rfind("\n", start, end)) > 0 and not text[line:end].strip(" \r\n"):
            end = line - (text[line - 1] == "\r")
        return start, end

    def _walk(self, path: Path) -> tuple[int, int]:
        """The deepest node there is on the path, and how many steps are missing to its end."""
        node = 0
        value: Any = self.value
        for depth, step in enumerate(path):
            # Made once for each container that is asked about, so that asking often is cheap.
            if node not in self._known:
                self._known[node] = children_of(self._marks, node, value)
            if step not in self._known[node]:
                return node, len(path) - depth
            node = self._known[node][step]
            value = value[step]
        return node, 0
