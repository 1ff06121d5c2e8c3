"""The file plan: files that appear whole or not at all, and can be taken back.

New bytes are written beside each file and flushed to the disk; only then are they renamed into
place. The old file is kept under another name until the end, so that taking back needs no space on
the disk. The plan names all of these files beforehand, so that another process can take back what a
killed one began.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from zumik.core.basics.display import neutral
from zumik.disk import sync, write_synced
from zumik.errors import CannotRun


@dataclass(frozen=True, slots=True)
class NewBytes:
    """A file and its new bytes. `must_be_new` refuses one that exists: releases never change."""

    path: Path
    data: bytes
    must_be_new: bool = False


class Placement(NamedTuple):
    """One file of a plan, and its temporary names.

    `beside` gets the new bytes, whose SHA-256 is `digest`; both are None for a file to remove.
    `kept` is the old file's name meanwhile; None where no old file exists. Where both names are
    None, the file stays as it is: only the commit takes it.
    """

    path: Path
    beside: Path | None
    kept: Path | None
    digest: str | None

    @property
    def stays(self) -> bool:
        """Whether nothing is written here: a person has edited or removed the file already."""
        return self.beside is None and self.kept is None

    @property
    def is_placed(self) -> bool:
        """Whether the file has its planned bytes, or is removed as planned."""
        if self.digest is None:
            return not os.path.lexists(self.path)
        return _digest_on_disk(self.path) == self.digest


def _digest_on_disk(path: Path) -> str | None:
    """The SHA-256 of a file; None where it is not there or cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


class Plan(NamedTuple):
    """The files to write and remove, and the directories to make for them."""

    placements: tuple[Placement, ...]
    directories: tuple[Path, ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """All the files of the plan."""
        return tuple(placement.path for placement in self.placements)


def plan_files(
    files: Sequence[NewBytes], remove: Sequence[Path] = (), along: Sequence[Path] = ()
) -> Plan:
    """The plan to write `files` and to remove `remove`; `along` stay as they are.

    Raises CannotRun.
    """
    placements = [
        Placement(
            file.path,
            _name_beside(file.path),
            _name_beside(file.path) if os.path.lexists(file.path) else None,
            hashlib.sha256(file.data).hexdigest(),
        )
        for file in files
    ]
    with translated_errors(files):
        for file, placement in zip(files, placements, strict=True):
            if file.must_be_new and placement.kept is not None:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    there = [path for path in remove if os.path.lexists(path)]
    placements += [Placement(path, None, _name_beside(path), None) for path in there]
    placements += [Placement(path, None, None, _digest_on_disk(path)) for path in along]
    missing: dict[Path, None] = {}
    for file in files:
        above = (*reversed(file.path.parent.parents), file.path.parent)
        missing.update(dict.fromkeys(path for path in above if not path.exists()))
    return Plan(tuple(placements), tuple(missing))


@contextlib.contextmanager
def writing(files: Sequence[NewBytes], remove: Sequence[Path] = ()) -> Iterator[None]:
    """Write all the files or none, and take them back where the block fails.

    Files to `remove` are removed once all are written, and are restored likewise. Raises CannotRun,
    with nothing changed.
    """
    plan = plan_files(files, remove)
    try:
        with translated_errors(files):
            place_files(plan, files)
        yield
    except BaseException:
        take_back(plan)
        raise
    remove_temporary(plan)


def write_together(files: Sequence[NewBytes]) -> None:
    """Write all the files or none. Raises CannotRun, with nothing changed."""
    with writing(files):
        pass


def place_files(plan: Plan, files: Sequence[NewBytes]) -> None:
    """Carry out a plan. Raises OSError, with a part of it done."""
    for directory in plan.directories:
        directory.mkdir(exist_ok=True)
        sync(directory.parent)
    for file, placement in zip(files, plan.placements, strict=False):
        if placement.beside is not None:
            write_synced(placement.beside, file.data, os.O_EXCL)
    for placement in plan.placements:
        if placement.stays:
            continue
        if placement.beside is None:
            assert placement.kept is not None
            placement.path.rename(placement.kept)
        elif placement.kept is None:
            _link_new(placement.beside, placement.path)
        else:
            os.link(placement.path, placement.kept)
            placement.beside.replace(placement.path)
        sync(placement.path.parent)


def take_back(plan: Plan) -> None:
    """Undo as much of a plan as was carried out. Raises OSError."""
    for placement in reversed(plan.placements):
        _take_back(placement)
        if placement.beside is not None:
            placement.beside.unlink(missing_ok=True)
    for directory in reversed(plan.directories):
        with contextlib.suppress(OSError):  # not empty: someone else uses it
            directory.rmdir()


def _take_back(placement: Placement) -> None:
    path, beside, kept = placement.path, placement.beside, placement.kept
    if kept is not None:
        if not os.path.lexists(kept):
            return  # the plan stopped before this file
        if os.path.lexists(path) and kept.samefile(path):
            kept.unlink()  # the old file is still in its place
        else:
            kept.replace(path)
    elif beside is not None and beside.exists():
        path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        sync(path.parent)


def remove_temporary(plan: Plan) -> None:
    """Remove the temporary names of a plan. Raises OSError."""
    temporary = [path for item in plan.placements for path in (item.beside, item.kept) if path]
    for path in temporary:
        path.unlink(missing_ok=True)
    for directory in {path.parent for path in temporary}:
        # All is in place by now: what a power cut brings back is a file that nothing reads.
        with contextlib.suppress(OSError):
            sync(directory)


def _link_new(beside: Path, path: Path) -> None:
    """Give a file a name that must be free. `beside` stays, and proves whose it is."""
    try:
        os.link(beside, path)
    except FileExistsError:
        beside.unlink()  # the file of that name is not ours, and stays
        raise


def _name_beside(path: Path) -> Path:
    return path.with_name(f".{path.name[:40]}.{secrets.token_hex(8)}.tmp")


_REASONS = {
    errno.ENOSPC: ("the disk is full", "free some space and run the command again"),
    errno.EDQUOT: ("the disk quota is used up", "free some space and run the command again"),
    errno.EACCES: ("permission denied", "check who owns the workspace directory"),
    errno.EPERM: ("permission denied", "check who owns the workspace directory"),
    errno.EROFS: ("the file system is read-only", "work in a checkout that you can write to"),
    errno.EEXIST: ("it exists already", "someone else made it just now: run the command again"),
}

_HINT = "check the disk, and run the command again"


@contextlib.contextmanager
def translated_errors(files: Sequence[NewBytes]) -> Iterator[None]:
    """Raises CannotRun, in words, for what the system raises while files are written."""
    try:
        yield
    except OSError as error:
        reason, hint = _REASONS.get(error.errno or 0, (error.strerror or str(error), _HINT))
        where = "the workspace"
        if files:
            where = str(files[0].path.parent if len(files) == 1 else files[0].path.parent.parent)
        raise CannotRun(
            f"cannot write in {neutral(where)}: {reason}; nothing was changed", hint=hint
        ) from None
