"""Effects: every step by which a command changes a file or runs a program, and a blow at one.

Installed in the command's own process, where it stands between zumik and `os`, open files and
`subprocess`. Nothing in zumik knows of it. Steps that only read are not counted, nor is what
happens within git: `syscalls` sees to that.
"""

from __future__ import annotations

import builtins
import errno
import fcntl
import io
import os
import re
import signal
import stat
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

_CALLS = (
    *("fsync", "fdatasync", "link", "symlink", "replace", "rename", "unlink", "remove"),
    *("mkdir", "rmdir", "truncate", "ftruncate", "chmod", "fchmod", "sendfile", "utime"),
)

CHANGING = frozenset(
    (
        *("add", "commit", "update-ref", "symbolic-ref", "reset", "read-tree", "write-tree"),
        *("update-index", "rm", "switch", "checkout", "commit-tree", "hash-object", "mktree"),
        *("branch", "reflog", "restore", "stash"),
    )
)
"""Git's commands that do something; what the others do is only to answer."""

_NO_SPACE = "fatal: unable to write: No space left on device"


class Blow(NamedTuple):
    """What happens, and at which effect: the first one is 1."""

    at: int
    kind: str

    def __str__(self) -> str:
        """As `--trial` names it."""
        return f"{self.at}:{self.kind}"


class Effect(NamedTuple):
    """One step: what is called, and on what."""

    call: str
    what: str

    @property
    def only_asks(self) -> bool:
        """Whether it is a git that answers and does nothing."""
        _, _, command = self.what.partition(" ")
        return self.call == "run" and self.what.startswith("git ") and command not in CHANGING

    def blows(self, before: Effect | None) -> Sequence[str]:
        """The kinds of blow that it can be dealt, after the effect before it."""
        if self.only_asks:
            # Killed between two questions is killed before the first.
            again = before is not None and before.only_asks
            return (*(("kill",) * (not again)), "no-start", "fails")
        if self.call == "run":
            return ("kill", "kill-running", "no-start", "fails", "fails-done")
        if self.call == "write":
            return ("kill", "kill-half", "kill-after", "EIO", "ENOSPC")
        return ("kill", "kill-after", "EIO", "ENOSPC")


class Watch:
    """Counts the effects of this process from now on, into a file; deals a blow if there is one."""

    def __init__(self, log: Path, blow: Blow | None, root: Path) -> None:
        self._root = f"{root}/"
        self._log = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._blow = blow
        self._count = 0
        self._write = os.write
        self._deaf = False

    def step(self, effect: Effect, call: Callable[..., Any], *given: Any, **named: Any) -> Any:
        """Make a call that is an effect, or deal the blow."""
        if self._deaf:
            return call(*given, **named)
        kind = self._next(effect)
        if kind == "kill":
            self._die()
        if kind in ("EIO", "ENOSPC"):
            raise OSError(getattr(errno, kind), os.strerror(getattr(errno, kind)), effect.what)
        done = call(*given, **named)
        if kind == "kill-after":
            self._die()
        return done

    def _next(self, effect: Effect) -> str | None:
        """What befalls this effect."""
        self._count += 1
        what = effect.what.replace(self._root, "")
        self._write(self._log, f"{self._count}\t{effect.call}\t{what}\n".encode())
        if self._blow is not None and self._blow.at == self._count:
            return self._blow.kind
        return None

    def _die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    # What is stood between.

    def install(self) -> None:
        """Stand between from now on."""
        for name in _CALLS:
            setattr(os, name, self._of_path(name, getattr(os, name)))
        fcntl.flock = self._of_path("flock", fcntl.flock)
        os.open = self._opening(os.open)
        os.write = self._writing(os.write)
        builtins.open = io.open = self._opened(io.open)
        subprocess.Popen.__init__ = self._running(subprocess.Popen.__init__)  # type: ignore[method-assign]

    def _of_path(self, name: str, call: Callable[..., Any]) -> Any:
        def stood_between(*given: Any, **named: Any) -> Any:
            what = " ".join(_name(item) for item in given[: 1 if name == "flock" else 2])
            return self.step(Effect(name, what), call, *given, **named)

        return stood_between

    def _opening(self, call: Callable[..., Any]) -> Any:
        def opening(path: Any, flags: int, *given: Any, **named: Any) -> Any:
            if not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) or _name(path) == os.devnull:
                return call(path, flags, *given, **named)
            return self.step(Effect("open", _name(path)), call, path, flags, *given, **named)

        return opening

    def _writing(self, call: Callable[..., int]) -> Callable[..., int]:
        def writing(descriptor: int, data: Any) -> int:
            if _is_pipe(descriptor):
                return call(descriptor, data)
            return self.write(descriptor, data, call)

        return writing

    def write(self, descriptor: int, data: Any, call: Callable[..., int]) -> int:
        """Write, or do half of it."""
        if self._deaf:
            return call(descriptor, data)
        effect = Effect("write", _name(descriptor))
        kind = self._next(effect)
        if kind in ("kill-half", "ENOSPC"):
            call(descriptor, bytes(data)[: len(data) // 2])
        if kind in ("kill", "kill-half"):
            self._die()
        if kind in ("EIO", "ENOSPC"):
            raise OSError(getattr(errno, kind), os.strerror(getattr(errno, kind)))
        written = call(descriptor, data)
        if kind == "kill-after":
            self._die()
        return written

    def _opened(self, call: Callable[..., Any]) -> Any:
        watch = self

        class Watched(io.FileIO):
            """A file whose writes are effects."""

            def write(self, data: Any) -> int:
                real = super().write
                return watch.write(self.fileno(), data, lambda _, data: real(data))

        def opened(
            file: Any, mode: str = "r", buffering: int = -1, *given: Any, **named: Any
        ) -> Any:
            if not set(mode) & set("wxa+") or (isinstance(file, int) and _is_pipe(file)):
                return call(file, mode, buffering, *given, **named)
            names = ("encoding", "errors", "newline", "closefd", "opener")
            told = {**dict(zip(names, given, strict=False)), **named}
            how = "".join(letter for letter in mode if letter not in "bt")
            raw_options = {name: told[name] for name in ("closefd", "opener") if name in told}

            def make() -> Any:
                raw = Watched(file, how, **raw_options)
                if buffering == 0:
                    return raw
                buffer = (io.BufferedRandom if "+" in how else io.BufferedWriter)(raw)
                if "b" in mode:
                    return buffer
                return io.TextIOWrapper(
                    buffer, told.get("encoding"), told.get("errors"), told.get("newline")
                )

            if isinstance(file, int):
                return make()
            return watch.step(Effect("open", _name(file)), make)

        return opened

    def _running(self, call: Callable[..., None]) -> Any:
        def running(process: Any, args: Any, *given: Any, **named: Any) -> None:
            effect = Effect("run", program(args))
            kind = self._next(effect)
            if kind == "kill":
                self._die()
            if kind == "no-start":
                raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
            if kind == "fails":
                args = ["sh", "-c", f"echo '{_NO_SPACE}' >&2; exit 128"]
            if kind == "fails-done":
                args = ["sh", "-c", f"\"$@\"; echo '{_NO_SPACE}' >&2; exit 128", "sh", *args]
            # The making of a pipe is no effect on anything that lasts.
            self._deaf = True
            try:
                call(process, args, *given, **named)
            finally:
                self._deaf = False
            if kind == "kill-running":
                self._die()

        return running


def read_effects(log: Path) -> list[Effect]:
    """The effects that were counted."""
    rows = [line.split("\t") for line in log.read_text("utf-8", "replace").splitlines()]
    return [Effect(call, what) for _, call, what in rows]


def _name(item: Any) -> str:
    """What is acted on, the same in every run."""
    if isinstance(item, int):
        try:
            item = Path(f"/proc/self/fd/{item}").readlink()
        except OSError:
            return str(item)
    text = os.fsdecode(item) if isinstance(item, str | bytes | os.PathLike) else str(item)
    text = re.sub(r"\b[0-9a-f]{16}\b", "*", text)
    return text.replace("\n", " ").replace("\t", " ")


def _is_pipe(descriptor: int) -> bool:
    mode = os.fstat(descriptor).st_mode
    return stat.S_ISFIFO(mode) or descriptor in (1, 2)


def program(args: Any) -> str:
    words = [os.fsdecode(word) for word in ([args] if isinstance(args, str | bytes) else args)]
    options = iter(words[1:])
    for word in options:
        if word == "-c":
            next(options, None)
        elif not word.startswith("-"):
            return f"{Path(words[0]).name} {word}"
    return Path(words[0]).name
