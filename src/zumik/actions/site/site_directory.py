"""The directory of a site: its files appear whole, never through a link, and never elsewhere."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from shlex import quote
from typing import NamedTuple

from zumik.actions.site.site_record import BuiltFile, is_inside
from zumik.core.basics.display import neutral
from zumik.errors import CannotRun

OWN = ".zumik"
"""The directory of the record, in the site's."""


class Placed(NamedTuple):
    """A file with its bytes in place. `was_written` says that other bytes or none were there."""

    built: BuiltFile
    was_written: bool


class SiteDirectory:
    """A directory that a site is built in. It must not be a link."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._made: set[Path] = set()

    @property
    def record(self) -> Path:
        """What the last whole build wrote."""
        return self.root / OWN / "record"

    @property
    def journal(self) -> Path:
        """What a build that has not ended wrote."""
        return self.root / OWN / "journal"

    @property
    def lock(self) -> Path:
        """The file that one build at a time has locked."""
        return self.root / OWN / "lock"

    @property
    def _temporary(self) -> Path:
        return self.root / OWN / "temporary"

    @contextmanager
    def made(self) -> Iterator[None]:
        """The directory, with the one of the record in it; removed again where it stays empty.

        Raises CannotRun and OSError.
        """
        is_new = not self.root.exists()
        self._make(self.record.parent)
        try:
            yield
        finally:
            if is_new:
                with suppress(OSError):  # it has files, as it should
                    self.root.rmdir()

    def begin(self) -> None:
        """Remove what a killed build left half written. Raises CannotRun and OSError.

        It is for the one build that has locked the directory.
        """
        self._make(self._temporary)
        for left in self._temporary.iterdir():
            left.unlink()

    def require_own(self) -> None:
        """Raises CannotRun for a directory that has files, but no record of a build."""
        _require_directory(self.root)
        _require_directory(self.record.parent)
        if any(map(os.path.lexists, (self.record, self.journal))) or not self.root.exists():
            return
        others = (item for item in self.root.iterdir() if item.name != OWN)
        if (other := min((item.name for item in others), default=None)) is not None:
            free = (self.root / f"site{number or ''}" for number in count())
            own = next(path for path in free if not os.path.lexists(path))
            raise CannotRun(
                f"{_named(self.root)} has files that no build of pages wrote, as {neutral(other)}",
                hint=f"build into a directory of its own: --out {quote(_named(own))}",
            )

    def end(self) -> None:
        """Remove what only a running build needs. Raises OSError."""
        self.journal.unlink(missing_ok=True)

    def leave(self) -> None:
        """Remove what only a running build needs, also where it failed.

        It is for the one build that has locked the directory.
        """
        with suppress(OSError):  # a process that was killed left something: `begin` removes it
            self._temporary.rmdir()

    def place(self, name: str, data: bytes, inputs: str | None, *, is_own: bool) -> Placed:
        """Write a file whole, where it does not have its bytes yet.

        `is_own`: a build wrote it before. Raises CannotRun where something else is in its way.
        """
        path = self._path(name)
        built = BuiltFile(hashlib.sha256(data).hexdigest(), len(data), inputs)
        self._make(path.parent)
        there = _bytes_in(path)
        if there == data:
            return Placed(built, was_written=False)
        if not is_own and os.path.lexists(path):
            raise CannotRun(
                f"{_named(path)} is in the way of a page, and zumik did not write it",
                hint="build into another directory: --out DIR, or move the file away",
            )
        self._replace(path, data)
        return Placed(built, was_written=True)

    def own_bytes(self) -> bytes | None:
        """The bytes of the record; None where no build has left one."""
        return _bytes_in(self.record)

    def write_own(self, data: bytes) -> None:
        """Write the record whole. Raises OSError."""
        self._replace(self.record, data)

    def _replace(self, path: Path, data: bytes) -> None:
        beside = self._temporary / f"{os.getpid()}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        descriptor = os.open(beside, flags | getattr(os, "O_BINARY", 0), 0o644)
        try:
            left = memoryview(data)
            while left:
                left = left[os.write(descriptor, left) :]
        finally:
            os.close(descriptor)
        # It replaces a link, and never writes to what the link names.
        beside.replace(path)

    def has(self, name: str, built: BuiltFile, before: int) -> bool:
        """Whether a file has the bytes that were built.

        One whose time is before that of the record, in nanoseconds, and whose size is right, is as
        it was; the bytes of another are read.
        """
        path = self._path(name)
        try:
            self._require_directories(path.parent)
            found = path.lstat()
        except (OSError, CannotRun):
            return False
        if not stat.S_ISREG(found.st_mode) or found.st_size != built.size or built.sha256 is None:
            return False
        if found.st_mtime_ns < before:
            return True
        data = _bytes_in(path)
        return data is not None and hashlib.sha256(data).hexdigest() == built.sha256

    def remove(self, name: str) -> bool:
        """Remove a file that a build wrote, and the directories that it leaves empty."""
        path = self._path(name)
        try:
            self._require_directories(path.parent)
            if stat.S_ISDIR(path.lstat().st_mode):
                return False
            path.unlink()
        except (FileNotFoundError, CannotRun):
            return False
        for above in path.parents:
            if above == self.root:
                break
            try:
                above.rmdir()
            except OSError:  # not empty
                break
            self._made.discard(above)
        return True

    def _path(self, name: str) -> Path:
        if not is_inside(name):
            raise CannotRun(f"a page has a path that leads out of the site: {neutral(name)}")
        return self.root / name

    def _make(self, directory: Path) -> None:
        """Make a directory and those above it; never one through a link. Raises CannotRun."""
        if directory in self._made:
            return
        if directory == self.root:
            _require_directory(directory)
            directory.mkdir(parents=True, exist_ok=True)
        else:
            self._make(directory.parent)
            _require_directory(directory)
            directory.mkdir(exist_ok=True)
        self._made.add(directory)

    def _require_directories(self, directory: Path) -> None:
        """Raises CannotRun where a directory on the way is a link or a file."""
        if directory not in self._made:
            if directory != self.root:
                self._require_directories(directory.parent)
            _require_directory(directory)


def _require_directory(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise CannotRun(
            f"{_named(path)} is a link, and pages are not written through links",
            hint=f"name the directory itself: --out {quote(neutral(os.path.realpath(path)))}, "
            "or remove the link",
        )
    if not stat.S_ISDIR(mode):
        raise CannotRun(
            f"{_named(path)} is in the way: a directory of the site has its name",
            hint="build into another directory: --out DIR, or move the file away",
        )


def _bytes_in(path: Path) -> bytes | None:
    """The bytes of a regular file; None where nothing of that kind is there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return file.read()


def _named(path: Path) -> str:
    return neutral(str(path))
