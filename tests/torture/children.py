"""Children: zumik's commands, each in a process of its own that can be killed at any instant.

Zumik is imported once and forked for each command: a start from nothing would take longer than the
command. A child is the leader of a session, so that its git processes can be killed with it, or be
left behind. Linux only: what is left behind becomes ours to wait for, and nothing has to be polled.
"""

from __future__ import annotations

import ctypes
import io
import os
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, NoReturn

LIMIT = 120
"""Seconds after which a command counts as one that never ends."""

_PR_SET_CHILD_SUBREAPER = 36


class Ended(NamedTuple):
    """What came of a command: its exit code, or minus the signal that ended it."""

    words: tuple[str, ...]
    code: int
    seconds: float
    out: str
    err: str

    @property
    def killed(self) -> bool:
        """Whether it was ended by us."""
        return self.code == -signal.SIGKILL

    def __str__(self) -> str:
        """As it stood on the terminal."""
        said = "".join(f"\n    | {line}" for line in (self.out + self.err).splitlines()[-25:])
        return f"$ zumik {' '.join(self.words)}\n    exit {self.code}{said}"


class Child(NamedTuple):
    """A command that runs."""

    words: tuple[str, ...]
    pid: int
    door: int
    started: float
    out: Path
    err: Path

    def kill_at(self, seconds: float, *, group: bool) -> bool:
        """Kill it that long after its start, unless it ends before; whether it was still there."""
        left = self.started + seconds - time.monotonic()
        ended, _, _ = select.select([self.door], [], [], max(left, 0))
        if ended:
            return False
        # At the very first it leads no group yet.
        leads = os.getpgid(self.pid) == self.pid
        (os.killpg if group and leads else os.kill)(self.pid, signal.SIGKILL)
        return True

    def end(self) -> Ended:
        """Wait for the command itself; what it started may go on."""
        status = _status_of(self.pid)
        seconds = time.monotonic() - self.started
        os.close(self.door)
        code = os.waitstatus_to_exitcode(status)
        return Ended(self.words, code, seconds, _said(self.out), _said(self.err))


_statuses: dict[int, int] = {}
"""Of those that ended while another was waited for."""


def _status_of(pid: int) -> int:
    """Wait for a child, and bury what ends before it, as a machine's first process does."""
    while pid not in _statuses:
        ended, status = os.waitpid(-1, 0)
        _statuses[ended] = status
    return _statuses.pop(pid)


def _said(path: Path) -> str:
    """What stands in a file; it may have been killed before there was one."""
    return path.read_text("utf-8", "replace") if path.exists() else ""


def adopt_orphans() -> None:
    """Be the parent of whatever a killed child leaves running. Raises OSError."""
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def all_gone() -> None:
    """Wait until no process is left of all that was started here."""
    signal.alarm(LIMIT)
    try:
        while True:
            os.waitpid(-1, 0)
    except ChildProcessError:
        _statuses.clear()
    finally:
        signal.alarm(0)


def preload() -> None:
    """Import what the commands import, so that no child has to."""
    import gc
    import pkgutil
    from importlib import import_module

    import git  # noqa: F401

    import zumik

    for found in pkgutil.walk_packages(zumik.__path__, "zumik."):
        if found.name.startswith(("zumik.serve", "zumik.integrations", "zumik.__main__")):
            continue
        try:
            import_module(found.name)
        except ModuleNotFoundError as missing:
            # What rests on an extra that is not installed, no command here needs.
            if (missing.name or "zumik").startswith("zumik"):
                raise
    for name in ("yaml", "jsonschema", "secrets", "shlex", "json", "tempfile", "difflib"):
        import_module(name)
    gc.collect()
    gc.freeze()


_numbers = iter(range(1 << 62))


def start(
    words: Sequence[str],
    directory: Path,
    scratch: Path,
    at: datetime,
    *,
    within: Callable[[], None] | None = None,
    gate: tuple[int, int] | None = None,
) -> Child:
    """Start a command in a directory, with the clock standing at a time.

    `within` is called in its process first. With a `gate` it begins when the gate's other end is
    closed. What it says is kept in `scratch`.
    """
    scratch.mkdir(exist_ok=True)
    number = next(_numbers)
    out, err = (scratch / f"{number}.{name}" for name in ("out", "err"))
    sys.stdout.flush()
    sys.stderr.flush()
    begun = time.monotonic()
    pid = os.fork()
    if pid == 0:
        _be_zumik(list(words), directory, (out, err), at, within, gate)
    return Child(tuple(words), pid, os.pidfd_open(pid), begun, out, err)


def run(words: Sequence[str], directory: Path, scratch: Path, at: datetime) -> Ended:
    """Run a command to its end, and to that of all it started."""
    ended = start(words, directory, scratch, at).end()
    all_gone()
    return ended


def _be_zumik(
    words: list[str],
    directory: Path,
    told: tuple[Path, Path],
    at: datetime,
    within: Callable[[], None] | None,
    gate: tuple[int, int] | None,
) -> NoReturn:
    """All that is left of a forked process's life."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.alarm(LIMIT)
        _set_the_scene(directory, told, at)
        if gate is not None:
            os.close(gate[1])
            os.read(gate[0], 1)
        if within is not None:
            within()
        from zumik.cli.main import run as zumik

        code = zumik(words)
    except BaseException:  # noqa: BLE001  # nothing of this process goes on in the other one
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(code)


def _set_the_scene(directory: Path, told: tuple[Path, Path], at: datetime) -> None:
    import zumik.actions.session

    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    for number, path in enumerate(told, 1):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False), "utf-8")
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", write_through=True)
    os.chdir(directory)
    zumik.actions.session.utc_now = lambda: at
    moment = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    os.environ |= {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
