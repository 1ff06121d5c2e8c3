"""Where a source lies: an installed package, a file or a folder; its bytes, version and day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from zumik.bounded_file import read_bounded
from zumik.core.basics.display import shown
from zumik.errors import CannotRun, UsageError
from zumik.sources.kinds import SourceKind, source_kind

MAX_BYTES = 64 * 1024 * 1024
_MAX_FILES = 50_000


class SourceFiles(NamedTuple):
    """A source that was opened: its files by name, and how facts cite it."""

    kind: SourceKind
    files: Mapping[str, bytes]
    source: str
    observed_on: date


def open_source(spec: str, *, version: str | None, day: date | None, today: date) -> SourceFiles:
    """The source `NAME` or `NAME:PATH`.

    A package states its version, and is observed today. A file has the `version` or the `day` that
    is given, as its kind needs. Raises UsageError and CannotRun.
    """
    name, colon, path = spec.partition(":")
    kind = source_kind(name)
    if not colon:
        files, found = _installed(kind)
        return SourceFiles(kind, files, f"{kind.name} {found}", day or today)
    if kind.has_versions:
        if version is None:
            raise UsageError(
                f"--from {shown(spec)} names a file, which does not say its version",
                hint="--version 1.109.1",
            )
        return SourceFiles(kind, _files(kind, Path(path)), f"{kind.name} {version}", day or today)
    if day is None:
        raise UsageError(
            f"--from {shown(spec)} has no versions, and no day is given for it",
            hint=f"--observed-on {today}, the day that it is from",
        )
    # A list of one's own is cited by its file; it alone says which list it is.
    cited = Path(path).name if kind.name == "own" else kind.name
    return SourceFiles(kind, _files(kind, Path(path)), f"{cited}, {day}", day)


def _installed(kind: SourceKind) -> tuple[dict[str, bytes], str]:
    """The file of an installed package, which is read and never imported; and its version."""
    if kind.package is None or kind.member is None:
        raise UsageError(f"--from {kind.name} needs a file", hint=kind.hint)
    try:
        found = metadata.distribution(kind.package)
    except metadata.PackageNotFoundError:
        raise CannotRun(
            f"{kind.package} is not installed beside zumik",
            hint=f"pip install {kind.package}; or name its file: --from {kind.name}:FILE",
        ) from None
    path = Path(str(found.locate_file(kind.member)))
    return {path.name: read_bounded(path.resolve(), MAX_BYTES)}, found.version


def _files(kind: SourceKind, path: Path) -> dict[str, bytes]:
    if not path.is_dir():
        return {path.name: read_bounded(path.resolve(), MAX_BYTES)}
    if kind.folder is None:
        raise UsageError(f"{path} is a folder, and {kind.name} is one file", hint=kind.hint)
    files: dict[str, bytes] = {}
    size = 0
    for file in sorted(path.glob(kind.folder)):
        if file.is_symlink() or not file.is_file():
            continue
        data = read_bounded(file, MAX_BYTES)
        size += len(data)
        if size > MAX_BYTES or len(files) >= _MAX_FILES:
            raise CannotRun(f"{path} holds more than is read of one source", hint=kind.hint)
        files[file.relative_to(path).as_posix()] = data
    if not files:
        raise CannotRun(f"{path} holds no file of {kind.name}", hint=kind.hint)
    return files
