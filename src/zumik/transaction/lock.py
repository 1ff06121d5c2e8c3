"""The lock: one writer at a time for all work trees of a repository.

The kernel holds the lock as long as a process has the file open, so a kill leaves none behind. Git
inherits the open file: where it outlives zumik, the lock is held until git has ended. The file's
content is for people: which command writes, and since when.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import platform
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from zumik.core.basics.display import neutral
from zumik.core.basics.field_readers import JsonFields, Malformed, count, moment, text
from zumik.core.basics.strict_json import MalformedJson, from_strict
from zumik.core.basics.times import moment_text
from zumik.errors import CannotRun

_PATIENCE = 30.0
"""Seconds to wait for another writer: a commit with its hooks may take as long."""

_ASK_EVERY = 0.02

_MAX_BYTES = 4096


class Holder(NamedTuple):
    """Who holds the lock: the command, its process and machine, and since when (UTC)."""

    command: str
    pid: int
    host: str
    since: datetime

    def __str__(self) -> str:
        since = f"{self.since:%Y-%m-%d %H:%M:%S} UTC"
        return neutral(f"zumik {self.command} (process {self.pid} on {self.host}, since {since})")

    @property
    def is_here(self) -> bool | None:
        """Whether the process still runs; None for a process of another machine."""
        return is_running(self.pid) if self.host == platform.node() else None

    def to_json(self) -> dict[str, object]:
        """As the lock and the journal hold it."""
        since = moment_text(self.since)
        return {"command": self.command, "pid": self.pid, "host": self.host, "since": since}


def is_running(process: int) -> bool:
    """Whether a process of this machine still runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it runs, and belongs to another user
    with suppress(OSError):  # Linux: a zombie has ended, and its parent has not noticed yet
        state = Path(f"/proc/{process}/stat").read_text(errors="replace").rpartition(")")[2]
        return state.split()[0] != "Z"
    return True


def read_holder(fields: JsonFields) -> Holder:
    """Who wrote a lock or a journal. Raises Malformed."""
    return Holder(
        fields.need("command", text),
        fields.need("pid", count),
        fields.need("host", text),
        fields.need("since", moment),
    )


def this_process(command: str, now: datetime) -> Holder:
    """This process."""
    return Holder(command, os.getpid(), platform.node(), now)


@contextmanager
def writers_lock(
    path: Path, me: Holder, waiting: Callable[[str], None], *, patience: float = _PATIENCE
) -> Iterator[int]:
    """Hold the lock, and give its descriptor, for git to inherit.

    `waiting` is called once with a sentence that names the other writer. Raises CannotRun where
    that one does not end within `patience` seconds, and where the lock cannot be made.
    """
    descriptor = _acquire(path, waiting, patience)
    try:
        os.ftruncate(descriptor, 0)
        with suppress(OSError):  # a full disk: the lock holds, without a name in it
            os.pwrite(descriptor, json.dumps(me.to_json()).encode(), 0)
        yield descriptor
    finally:
        with suppress(OSError):  # a file that stays behind locks nothing
            path.unlink()
            path.parent.rmdir()
        os.close(descriptor)


def is_locked(path: Path) -> bool:
    """Whether another process holds the lock at this moment."""
    with suppress(OSError):
        descriptor = os.open(path, os.O_RDWR)
        try:
            return not _taken(descriptor)
        finally:
            os.close(descriptor)
    return False


def _acquire(path: Path, waiting: Callable[[str], None], patience: float) -> int:
    reported, until = False, time.monotonic() + patience
    while True:
        descriptor = _open(path)
        if _taken(descriptor):
            if _is_still(path, descriptor):
                return descriptor
            os.close(descriptor)  # its last holder removed this file: open the new one
            continue
        os.close(descriptor)
        if not reported and time.monotonic() >= until - patience + min(1.0, patience):
            waiting(f"waiting for {_holder(path) or 'another zumik'} to end")
            reported = True
        if time.monotonic() >= until:
            raise _busy(path)
        time.sleep(_ASK_EVERY)


def _open(path: Path) -> int:
    try:
        while True:
            with suppress(FileNotFoundError):  # its last holder removed the directory
                path.parent.mkdir(exist_ok=True)
                return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            if not path.parent.parent.is_dir():
                raise FileNotFoundError(2, "no such directory")
    except OSError as error:
        raise CannotRun(
            f"cannot lock {neutral(str(path))}: {error.strerror}",
            hint="check who may write there, and whether the disk is full",
        ) from None


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES):  # EACCES: some network file systems
            return False
        raise CannotRun(
            f"this file system has no locks: {error.strerror}",
            hint="work in a clone on a local disk",
        ) from None
    return True


def _is_still(path: Path, descriptor: int) -> bool:
    with suppress(OSError):
        return os.path.samestat(os.fstat(descriptor), path.stat())
    return False


def _holder(path: Path) -> Holder | None:
    """Who holds the lock, as far as the file says."""
    with suppress(OSError, Malformed, MalformedJson):
        with path.open("rb") as file:
            value = from_strict(file.read(_MAX_BYTES), max_bytes=_MAX_BYTES)
        return read_holder(JsonFields(value, ()))
    return None


def _busy(path: Path) -> CannotRun:
    holder = _holder(path)
    break_it = f"if it no longer runs, remove the lock: rm {shlex.quote(neutral(str(path)))}"
    if holder is None:
        return CannotRun("another zumik is writing here", hint=f"wait for it; {break_it}")
    age = int((datetime.now(UTC) - holder.since).total_seconds())
    what = f"{holder} is writing here, for {age} s now"
    if holder.is_here is False:
        return CannotRun(
            f"{holder} has ended, but git or a hook that it started still runs",
            hint=f"wait for it, or end it; {break_it}",
        )
    end_it = f"end it: kill {holder.pid}" if holder.is_here else f"end it on {holder.host}"
    return CannotRun(what, hint=f"wait for it, or {neutral(end_it)}; {break_it}")
