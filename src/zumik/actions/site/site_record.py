"""The record of a site on the disk: which files a build wrote, and what each was made of.

It lies in the site's own directory. A build writes there, before each new file, that the file is
its own, so that the next build completes an interrupted one and touches no file of anyone else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from zumik.bounded_file import read_bounded
from zumik.errors import CannotRun

HEAD = "zumik pages 1"
"""The first line of a record: who writes it, and its format."""

MAX_RECORD_BYTES = 1024 * 1024 * 1024

_LINE = re.compile(r"([0-9a-f]{64}|-) ([0-9]{1,12}) ([0-9a-f]{32}|-) (.+)")
_BAD_SEGMENTS = frozenset({"", ".", ".."})


class BuiltFile(NamedTuple):
    """One file as it was written: its SHA-256 and its size.

    `inputs` is a digest of all that it was made of; None for a page that only rendering shows to be
    as it was. `sha256` is None for a file that a build had only begun.
    """

    sha256: str | None
    size: int = 0
    inputs: str | None = None


BEGUN = BuiltFile(None)
"""A file that may be there, whole or not at all, and is the build's own."""


def read_record(path: Path, journal: Path) -> dict[str, BuiltFile]:
    """The files of a site by their paths in it, and what an interrupted build adds to them.

    Empty where there is neither. Raises CannotRun for a record that zumik did not write so.
    """
    found: dict[str, BuiltFile] = {}
    for file, is_whole in ((path, True), (journal, False)):
        if not file.exists() and not file.is_symlink():
            continue
        lines = read_bounded(file, MAX_RECORD_BYTES).decode("utf-8", "replace").split("\n")
        # A journal may end in the middle of a line, where its build was interrupted.
        end = lines.pop()
        if (is_whole and (end or not lines)) or (lines and lines[0] != HEAD):
            raise _unreadable(file)
        for line in lines[1:]:
            name, built = _read_line(line, file)
            found[name] = built
    return found


def _read_line(line: str, file: Path) -> tuple[str, BuiltFile]:
    match = _LINE.fullmatch(line)
    if match is None or not is_inside(match[4]):
        raise _unreadable(file)
    sha256, size, inputs, name = match.groups()
    if sha256 == "-":
        return name, BEGUN
    return name, BuiltFile(sha256, int(size), None if inputs == "-" else inputs)


def is_inside(name: str) -> bool:
    """Whether a path leads from the site's directory to a file below it."""
    segments = name.split("/")
    return not _BAD_SEGMENTS.intersection(segments) and "\\" not in name and name.isprintable()


def record_text(files: Mapping[str, BuiltFile]) -> str:
    """A whole record, by path: the same for the same site."""
    return f"{HEAD}\n" + record_lines(sorted(files.items()))


def record_lines(files: Iterable[tuple[str, BuiltFile]]) -> str:
    """A line for each file."""
    return "".join(
        f"{built.sha256 or '-'} {built.size} {built.inputs or '-'} {name}\n"
        for name, built in files
    )


def _unreadable(file: Path) -> CannotRun:
    return CannotRun(
        f"{file} is not a record of zumik pages build",
        hint="build into another directory, or remove this one if only zumik wrote in it",
    )
