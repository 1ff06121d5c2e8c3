"""Syscalls: git's own steps made to fail, or git killed at one of them, by strace.

Zumik's steps are `faults`; these are within the git processes that change something, and within the
hooks that they run. Zumik lives on, and has to tell what came of it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tests.torture import children
from tests.torture.effects import CHANGING, program
from tests.torture.faults import after_blow
from tests.torture.oracle import require_told
from tests.torture.places import NOW
from tests.torture.running import Attempt, Labels, NotHere, Options
from tests.torture.scenes import Scene, Stage, shuffled

_BLOWS = {
    "write": ("error=EIO", "error=ENOSPC", "signal=KILL"),
    "fsync": ("error=EIO", "signal=KILL"),
    "openat": ("error=ENOSPC", "error=EACCES", "signal=KILL"),
    "rename": ("error=EIO", "error=ENOSPC", "signal=KILL"),
    "link": ("error=ENOSPC", "signal=KILL"),
    "unlink": ("signal=KILL",),  # git itself does not look at what became of it
    "mkdir": ("error=ENOSPC", "signal=KILL"),
    "close": ("error=EIO",),
}


class Call(NamedTuple):
    """A system call of a git process: the how manieth, and on what."""

    process: int
    command: str
    name: str
    number: int
    what: str


class Blow(NamedTuple):
    """What befalls a call. Processes and calls count from 1, each call by its name."""

    process: int
    name: str
    number: int
    kind: str

    def __str__(self) -> str:
        return ":".join(map(str, self))


class Traced:
    """Git's changing processes under strace; one of them with a blow."""

    def __init__(self, log: Path, blow: Blow | None) -> None:
        self._log, self._blow, self._count = log, blow, 0

    def install(self) -> None:
        """Stand between zumik and git from now on."""
        call = subprocess.Popen.__init__

        def running(process: Any, args: Any, *given: Any, **named: Any) -> None:
            name = program(args)
            if name.startswith("git ") and name.removeprefix("git ") in CHANGING:
                self._count += 1
                args = [*self._strace(name), *args]
            call(process, args, *given, **named)

        subprocess.Popen.__init__ = running  # type: ignore

    def _strace(self, name: str) -> Sequence[str]:
        command = ["strace", "-f", "-q", "-s", "0", "-y"]
        if self._blow is None:
            log = f"{self._log}.{self._count}.{name.replace(' ', '.')}"
            return [*command, "-o", log, "-e", f"trace={','.join(_BLOWS)}", "--"]
        if self._blow.process != self._count:
            return []
        _, call, number, kind = self._blow
        inject = f"inject={call}:{kind}:when={number}"
        return [*command, "-o", f"{self._log}.blow", "-e", f"trace={call}", "-e", inject, "--"]


def attempts(stage: Stage, options: Options) -> Iterator[Attempt]:
    """Every blow at every call of each scene that commits. Raises NotHere."""
    _require_strace()
    for scene in shuffled(options.scenes, options.seed):
        if scene.kind == "nogit":
            continue
        for call in _calls(stage, scene):
            for kind in _BLOWS[call.name]:
                blow = Blow(call.process, call.name, call.number, kind)
                if options.wants(blow):
                    yield Attempt(
                        f"{scene}, {blow}: {call.command} {call.what}",
                        options.again("syscalls", scene, blow),
                        partial(_strike, stage, scene, blow, call),
                    )


def _require_strace() -> None:
    if shutil.which("strace") is None:
        raise NotHere("strace is not here")
    done = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True)
    if done.returncode != 0:
        raise NotHere(f"no process may be traced: {done.stderr.decode()[:200]}")


def _calls(stage: Stage, scene: Scene) -> list[Call]:
    """What git calls that changes something, each once, in order."""
    played = stage.played(scene)
    place = played.copy(stage.scratch / f"{scene}-calls-{os.getpid()}".replace("/", "-"))
    log = place.tmp / "calls"
    traced = Traced(log, None).install
    words = scene.words(stage.scratch)
    ended = children.start(words, place.work, place.tmp, NOW, within=traced).end()
    children.all_gone()
    if ended.code != 0:
        raise AssertionError(f"{scene}: {ended}")
    found: dict[tuple[int, str, int], Call] = {}
    for path in sorted(place.tmp.glob("calls.*")):
        _, process, *command = path.name.split(".")
        counts: Counter[tuple[str, str]] = Counter()
        for line in path.read_text("utf-8", "replace").splitlines():
            match = re.match(r"(\d+) +(\w+)\((.*)", line)
            if match is None:
                continue
            pid, name, what = match.groups()
            counts[pid, name] += 1
            key = (int(process), name, counts[pid, name])
            if _changes(name, what):
                told = what.replace(f"{place.root}/", "")[:100]
                found.setdefault(key, Call(key[0], " ".join(command), name, key[2], told))
    return list(found.values())


def _changes(name: str, what: str) -> bool:
    if name == "openat":
        return bool(re.search(r"O_WRONLY|O_RDWR|O_CREAT", what)) and "/dev/null" not in what
    if name == "write":
        return not re.match(r"[012]<|\d+<(pipe|socket|/dev|/proc)", what)
    # What was only read is closed without a loss.
    return name != "close" or bool(re.search(r"tmp_|\.lock>", what))


def _strike(stage: Stage, scene: Scene, blow: Blow, call: Call, root: Path) -> Labels:
    played = stage.played(scene).without_reflogs()
    place = played.copy(root)
    traced = Traced(place.tmp / "calls", blow).install
    words = scene.words(stage.scratch)
    ended = children.start(words, place.work, place.tmp, NOW, within=traced).end()
    children.all_gone()
    require_told(ended)
    if blow.kind == "signal=KILL":
        played = played.with_killed_git()
    stands = after_blow(played, place, ended, go_on=blow.number % 3 == 0)
    log = place.tmp / "calls.blow"
    told = log.read_text("utf-8", "replace") if log.exists() else ""
    struck = "INJECTED" in told or "killed by" in told
    yield "blow", f"{blow.name} {blow.kind}" if struck else "none: it came otherwise"
    yield "came to", stands
    yield "git", call.command
    yield "command", scene.deed
    yield "repository", scene.kind
