"""Whole commands in a temporary repository: what a person types, and all that comes back.

`Desk` is a directory with a repository in `repo/` and a case's files in `given/`. Zumik runs in
this process, with its own standard streams and clock; git and a few file commands run as they are.
`cd DIRECTORY` holds for what follows, and `cd /` is back at the repository.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest

import zumik.actions.session
from zumik.cli.main import run

CASES = Path(__file__).parent / "cases"

_TOOLS = ("git", "cp", "mv", "rm", "ln", "mkdir", "sed", "sha256sum", "cat")
_START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Turn:
    """One command and its answer."""

    command: str
    exit_code: int
    out: str
    err: str

    def __str__(self) -> str:
        """The answer as a case's `expected.txt` shows it."""
        parts = [f"$ {self.command}"]
        if self.exit_code or self.command.startswith("zumik") or " zumik " in self.command:
            parts.append(f"exit {self.exit_code}")
        parts += [f"--- stdout\n{self.out}"] if self.out else []
        parts += [f"--- stderr\n{self.err}"] if self.err else []
        return "\n".join(part.removesuffix("\n") for part in parts) + "\n"


@dataclass
class Desk:
    """A place to hold a conversation, and the time that it is there."""

    root: Path
    now: datetime = _START
    turns: list[Turn] = field(default_factory=list)
    below: str = "."
    terminal: bool = False
    outside: bool = False

    @property
    def repo(self) -> Path:
        """Where commands run."""
        return self.root / "repo"

    @property
    def releases(self) -> Path:
        """The workspace."""
        return self.repo / "releases"

    def copy(self, root: Path) -> Desk:
        """The same desk at another place, with nothing said yet."""
        shutil.copytree(self.root, root, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(root / "given", ignore_errors=True)
        return Desk(root, self.now)

    def say(self, command: str) -> Turn:
        """Run one command line: `[NAME=VALUE]… PROGRAM ARGUMENT… [< FILE]`, without a shell."""
        words = shlex.split(command)
        env = {}
        while (match := re.fullmatch(r"([A-Z_]+)=(.*)", words[0])) is not None:
            env[match[1]] = match[2]
            words.pop(0)
        stdin = b""
        if "<" in words:
            stdin = (self.repo / self.below / words[words.index("<") + 1]).read_bytes()
            del words[words.index("<") :]
        if words[0] == "cd":
            self.below = str(Path(self.below) / words[1]) if words[1] != "/" else "."
            turn = Turn(command, 0, "", "")
        elif self.outside and words[0] == "zumik" and words[1:2] != ["init"]:
            turn = self.from_outside(words, stdin, env)
        else:
            turn = self.do(words, stdin=stdin, env=env, shown=command)
        self.turns.append(turn)
        return turn

    def from_outside(self, words: list[str], stdin: bytes, env: Mapping[str, str]) -> Turn:
        """Run a command of zumik from above the repository, its files named from there."""
        words = [re.sub(r"(^|=)\.\./", r"\1", word) for word in words[1:]]
        below, self.below = self.below, ".."
        try:
            workspace = [] if "--workspace" in words else ["--workspace", "repo/releases"]
            return self.do(["zumik", *workspace, *words], stdin=stdin, env=env)
        finally:
            self.below = below

    def zumik(self, *arguments: str, stdin: bytes = b"", **env: str) -> Turn:
        """Run zumik with these arguments."""
        return self.do(["zumik", *arguments], stdin=stdin, env=env)

    def counted(self, *arguments: str) -> tuple[Turn, int]:
        """Run zumik with these arguments, and count the git processes that it starts."""
        git, log = self.root / "bin" / "git", self.root / "started"
        git.parent.mkdir(exist_ok=True)
        log.write_text("")
        git.write_text(
            f"#!/bin/sh\necho \"$*\" >> '{log}'\nPATH='{os.environ['PATH']}' exec git \"$@\"\n"
        )
        git.chmod(0o755)
        turn = self.zumik(*arguments, PATH=f"{git.parent}{os.pathsep}{os.environ['PATH']}")
        return turn, len(log.read_text().splitlines())

    def git(self, *arguments: str) -> str:
        """What git says; it has to succeed."""
        turn = self.do(["git", *arguments])
        assert turn.exit_code == 0, turn
        return turn.out

    def do(
        self,
        words: list[str],
        *,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        shown: str | None = None,
    ) -> Turn:
        """Run one command, with the desk's clock and directory."""
        with self._at_desk(env or {}):
            program, *arguments = words
            if program == "zumik":
                code, out, err = _run_zumik(arguments, stdin, self.terminal)
            else:
                assert program in _TOOLS, program
                done = subprocess.run(words, input=stdin, capture_output=True, check=False)
                code = done.returncode
                out, err = (part.decode("utf-8", "replace") for part in (done.stdout, done.stderr))
        return Turn(shown or shlex.join(words), code, self._plain(out), self._plain(err))

    def holds(self) -> dict[str, object]:
        """All that a command could change: files, directories, the index, branches and commits."""
        state: dict[str, object] = {
            name: self.git(*command)
            for name, command in {
                "head": ("log", "--all", "--format=%H %D"),
                "index": ("ls-files", "--stage"),
                "status": ("status", "--porcelain", "--ignored"),
            }.items()
        }
        for path in sorted(self.repo.rglob("*")):
            name = path.relative_to(self.repo)
            if name.parts[0] != ".git":
                state[str(name)] = _content(path)
        return state

    def _plain(self, text: str) -> str:
        return text.replace(str(self.root), "TMP")

    @contextlib.contextmanager
    def _at_desk(self, env: Mapping[str, str]) -> Iterator[None]:
        moment = f"{self.now:%Y-%m-%dT%H:%M:%SZ}"
        with pytest.MonkeyPatch.context() as patch, contextlib.chdir(self.repo / self.below):
            patch.setattr(zumik.actions.session, "utc_now", lambda: self.now)
            dates = {"GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment}
            for name, value in {**dates, **env}.items():
                patch.setenv(name, value)
            yield


def _content(path: Path) -> object:
    if path.is_symlink():
        return f"-> {path.readlink()}"
    return path.read_bytes() if path.is_file() else "directory"


class _Terminal(io.TextIOWrapper):
    """A stream that somebody looks at."""

    def isatty(self) -> bool:
        return True


def _run_zumik(arguments: list[str], stdin: bytes, terminal: bool) -> tuple[int, str, str]:
    kind = _Terminal if terminal else io.TextIOWrapper
    out, err = (kind(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        code = run(arguments)
    told = (stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
    return (code, *told)  # type: ignore[return-value]


def subprocess_zumik(
    desk: Desk, *arguments: str, stdin: bytes = b"", **env: str
) -> subprocess.CompletedProcess[bytes]:
    """Run zumik as a process of its own, the way that a person does."""
    source = Path(zumik.__file__).parents[1]
    return subprocess.run(
        [sys.executable, "-m", "zumik", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        cwd=desk.repo,
        env={**os.environ, "PYTHONPATH": str(source), **env},
    )


# Cases: a folder holds the commands, the files they need and the expected conversation.


def case_names() -> list[str]:
    """Every case whose `# needs: MODULE` is installed."""
    return sorted(path.parent.name for path in CASES.glob("*/cmd") if _can_run(path))


def _can_run(path: Path) -> bool:
    return all(map(find_spec, re.findall(r"^# needs: (\w+)$", path.read_text(), re.MULTILINE)))


class Played:
    """Cases that were played already, each once: a case may begin where another ends.

    `look` is called after each command, with the case's name, the desk and the answer; `outside`
    runs zumik from above the repository.
    """

    def __init__(
        self,
        root: Path,
        look: Callable[[str, Desk, Turn], None] | None = None,
        *,
        outside: bool = False,
    ) -> None:
        self._root = root
        self._look = look
        self._outside = outside
        self._desks: dict[str, Desk] = {}

    def desk(self, name: str) -> Desk:
        """The desk as a case leaves it. Not to be touched: `copy` it."""
        if name not in self._desks:
            self._desks[name] = self._play(name)
            _pack(self._desks[name].root)
        return self._desks[name]

    def transcript(self, name: str) -> str:
        """All commands of a case and their answers."""
        return "\n".join(str(turn) for turn in self.desk(name).turns)

    def _play(self, name: str) -> Desk:
        lines = (CASES / name / "cmd").read_text().splitlines()
        after = [line.removeprefix("# after: ") for line in lines if line.startswith("# after: ")]
        place = self._root / name
        desk = self.desk(after[0]).copy(place) if after else Desk(place)
        desk.outside = self._outside
        desk.repo.mkdir(parents=True, exist_ok=True)
        shutil.copytree(CASES / name, desk.root / "given")
        for line in lines:
            if line.startswith("# it is "):
                desk.now = datetime.fromisoformat(line.removeprefix("# it is "))
            elif line.startswith("$ "):
                turn = desk.say(line.removeprefix("$ "))
                if self._look is not None:
                    self._look(name, desk, turn)
            else:
                assert not line or line.startswith("#"), f"{name}: {line!r} is no command"
        return desk


def _pack(root: Path) -> None:
    """Pack the objects of each repository: a copy then has 50 files in place of 150."""
    for objects in root.rglob("objects"):
        if (objects.parent / "HEAD").is_file():
            command = ["git", "-C", str(objects.parent), "repack", "-a", "-d", "--quiet"]
            subprocess.run(command, check=True, capture_output=True)
