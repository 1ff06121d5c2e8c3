"""The logs that names point to: files, patterns, directories, databases, and - for stdin."""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from zumik.errors import CannotRun
from zumik.logs.databases.database_url import is_database

STDIN = "-"

_HINT = "a file of log lines, a directory, a pattern such as 'logs/*.jsonl', or - for stdin"

_MOST_SHOWN = 120
"""Of a name that the system finds too long: a pasted text, which nothing should repeat whole."""

_LINE = re.compile(r"\s*(\{|\[\s*\{)")

# Also what rotation makes of them: app.log.1, app.log-20261128.gz, day.jsonl.zst.
_LOG_NAME = re.compile(
    r"\.(jsonl|ndjson|json|log|csv|tsv|parquet)([.-][0-9][\w-]*)?(\.(gz|zst|bz2|xz))?",
    re.IGNORECASE,
)


def is_line(name: str) -> bool:
    """Whether what was passed as a name is a log line itself, in any wrapping."""
    return _LINE.match(name) is not None or '{"' in name or '{\\"' in name


def log_files_of(names: Iterable[str]) -> list[str]:
    """The files that names point to, in order, each once. Raises CannotRun for a name without any.

    A directory means the logs in it and below, by their endings; a pattern for the files that
    it matches.
    """
    found: dict[object, str] = {}
    for name in names:
        for file in _files_of(name):
            found.setdefault(_identity(file), file)
    return list(found.values())


def bytes_of(names: Iterable[str]) -> int | None:
    """How large the files are that names point to; None for a pipe. Raises CannotRun."""
    sizes = [_size(file) for file in log_files_of(names)]
    return None if None in sizes else sum(size for size in sizes if size)


def _size(file: str) -> int | None:
    try:
        status = os.fstat(sys.stdin.fileno()) if file == STDIN and sys.stdin else Path(file).stat()
    except (OSError, ValueError):
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


def _identity(file: str) -> object:
    """The same for two names of one file, which would be counted twice."""
    if file == STDIN or is_database(file):
        return file
    status = Path(file).stat()
    return status.st_dev, status.st_ino


def _files_of(name: str) -> list[str]:
    if name == STDIN or is_database(name):
        return [name]
    if is_line(name):
        # It is not repeated, because it may hold what a person asked of a model.
        raise CannotRun(
            "this is a log line, and the name of a log is needed",
            hint="name the file that it is in; zumik replay takes a line itself",
        )
    path = Path(name)
    try:
        if path.is_dir():
            return _in_directory(name)
        if path.exists():
            return [name]
    except OSError as error:
        short = name if len(name) <= _MOST_SHOWN else f"{name[:_MOST_SHOWN]}…"
        raise CannotRun(f"cannot read {short}: {error.strerror}", hint=_HINT) from None
    if any(char in name for char in "*?["):
        from glob import glob  # no path has a pattern that starts at the root

        matched = glob(name, recursive=True)  # noqa: PTH207
        if files := sorted(file for file in matched if Path(file).is_file()):
            return files
        raise CannotRun(f"no file matches {name}", hint=_HINT)
    raise CannotRun(f"cannot read {name}: No such file or directory", hint=_HINT)


def _in_directory(name: str) -> list[str]:
    files = sorted(_walked(name))
    if files:
        return files
    raise CannotRun(
        f"{name} has no logs",
        hint="in a directory, files that end in .jsonl, .ndjson, .json, .log, .csv, .tsv or "
        ".parquet are read, also packed as .gz, .zst, .bz2 or .xz; name others by a pattern",
    )


def _walked(name: str) -> Iterator[str]:
    for folder, folders, files in os.walk(name):
        folders[:] = [child for child in folders if not child.startswith(".")]
        for file in files:
            path = Path(folder, file)
            if not file.startswith(".") and _is_log_name(file) and path.is_file():
                yield str(path)


def _is_log_name(file: str) -> bool:
    return any(match.end() == len(file) for match in _LOG_NAME.finditer(file))
