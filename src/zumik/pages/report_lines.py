"""The lines of a report as a nested list: what is indented below a line belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from zumik.reports.blocks import Section


class NestedLine(NamedTuple):
    """A marked text, and the lines that belong to it."""

    text: str
    below: Sequence[NestedLine]


def nested_lines(section: Section) -> Sequence[NestedLine]:
    """The text of a section by its indent; tables and fields are not for this."""
    lines = [line for block in section if isinstance(block, str) for line in block.split("\n")]
    return _nested(lines)


def _nested(lines: Sequence[str]) -> list[NestedLine]:
    found: list[tuple[str, list[str]]] = []
    for line in lines:
        if found and _indent(line) > _indent(lines[0]):
            found[-1][1].append(line)
        else:
            found.append((line.strip(), []))
    return [NestedLine(text, _nested(below)) for text, below in found]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
