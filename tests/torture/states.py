"""States: all that a command could change in a place, as rows that can be compared.

Files by bytes and mode, those that are the user's own also by time; the index entry by entry, with
its flags; refs, heads and whatever lies in git's directory. Objects are not looked at: git may
leave some that nothing names.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

State = Mapping[str, str]


class Place(NamedTuple):
    """A directory with a repository, and where in it somebody works."""

    root: Path
    work: Path

    @property
    def tmp(self) -> Path:
        """For what commands say, and for temporary files of all that runs."""
        return self.root / "tmp"

    @property
    def releases(self) -> Path:
        """The workspace."""
        return self.work / "releases"

    @property
    def git_dir(self) -> Path | None:
        """Git's directory of the work tree; None where there is no git."""
        entry = self.work / ".git"
        if entry.is_file():
            return Path(entry.read_text().removeprefix("gitdir: ").strip())
        return entry if entry.is_dir() else None

    @property
    def common(self) -> Path | None:
        """Git's directory that all work trees share."""
        found = self.root / "repo" / ".git"
        return found if found.is_dir() else None


def git(place: Place, *words: str, stdin: bytes = b"") -> str:
    """What git says, without taking any lock; it has to succeed."""
    done = subprocess.run(
        ["git", *words],
        cwd=place.work,
        input=stdin,
        capture_output=True,
        env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
    )
    if done.returncode != 0:
        raise GitSaidNo(f"git {' '.join(words)}: {done.stderr.decode('utf-8', 'replace').strip()}")
    return done.stdout.decode("utf-8", "replace")


class GitSaidNo(Exception):
    """A repository that git cannot read any more."""


def observe(place: Place) -> State:
    """The state of a place. Raises GitSaidNo."""
    rows = dict(_files(place))
    if place.git_dir is not None:
        rows |= _git_files(place)
        rows |= _index(place)
        rows |= _refs(place)
        rows["status"] = git(place, "status", "--porcelain=v1", "-z").replace("\0", "; ")
    return rows


def difference(state: State, other: State) -> list[str]:
    """The rows that differ, in words."""
    lines = []
    for name in sorted({*state, *other}):
        here, there = state.get(name), other.get(name)
        if here != there:
            lines.append(f"{name}: {here or 'not there'}, instead of {there or 'not there'}")
    return lines


def users_own(state: State) -> State:
    """What zumik has no business with."""
    own = re.compile(r"(file|index) (?!(repo|side)?/?releases/)")
    return {name: value for name, value in state.items() if own.match(name)}


def without_abandoned_shared_index(state: State) -> State:
    """The same without the temporary file of one git that was killed while it split its index."""
    found = [name for name in state if re.fullmatch(r"git sharedindex_[0-9A-Za-z]{6}", name)]
    # One git was killed, and leaves one such file: a second one is a loss.
    return {name: value for name, value in state.items() if name not in found[:1]}


_LEFT_OVER = re.compile(r"\.(tmp|lock|zumik)\b|journal|next-index|(?<!shared)index\.|\.orig\b")


def left_over(state: State) -> list[str]:
    """Rows of files that are only needed on the way."""
    return [name for name in state if _LEFT_OVER.search(name)]


def _files(place: Place) -> Iterator[tuple[str, str]]:
    for tree in ("repo", "side"):
        for path in _walk(place.root / tree):
            name = path.relative_to(place.root)
            if name.name == ".zumik" or name.parts[-2:] == (".zumik", "lock"):
                continue  # where there is no git; what the lock's file says is for people
            facts = path.lstat()
            if stat.S_ISDIR(facts.st_mode):
                yield f"directory {name}", "there"
                continue
            if stat.S_ISLNK(facts.st_mode):
                yield f"file {name}", f"-> {path.readlink()}"
                continue
            own = "" if name.parts[1] == "releases" else f" of {facts.st_mtime_ns}"
            yield f"file {name}", f"{facts.st_mode & 0o777:o} {_digest(path)}{own}"


def _walk(directory: Path) -> Iterator[Path]:
    """All files and directories, without what is git's."""
    if not directory.is_dir():
        return
    for entry in sorted(os.scandir(directory), key=lambda entry: entry.name):
        if entry.name == ".git":
            continue
        yield Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))


_NOT_LOOKED_AT = re.compile(
    r"objects/|refs/|packed-refs$|HEAD$|COMMIT_EDITMSG$|ORIG_HEAD$|index$|sharedindex\.[0-9a-f]{40}$"
    r"|hook\.log$|zumik/lock$|gc\.log$|gitdir$|logs/HEAD$|logs/refs/remotes/|modules/"
)


def _git_files(place: Place) -> Iterator[tuple[str, str]]:
    """Files in git's directories, but those that have rows of their own or say nothing."""
    assert place.common is not None
    for path in _walk(place.common):
        name = path.relative_to(place.common).as_posix()
        inner = re.sub(r"^worktrees/[^/]+/", "", name)
        if not _NOT_LOOKED_AT.match(inner) and not path.is_dir():
            yield f"git {name}", "there" if inner.startswith("logs/") else _digest(path)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


_FLAGS = 0x60008000
"""Skip-worktree, intent-to-add and assume-unchanged; the others are git's own notes."""


def _index(place: Place) -> Iterator[tuple[str, str]]:
    """Mode, blob, stage and flags of each entry; not what git remembers of the file's times."""
    said = git(place, "ls-files", "--stage", "--debug", "-z")
    entry = re.compile(r"(\d+ [0-9a-f]{40} \d)\t([^\0]*)\0(?:.*\n){4}.*flags: ([0-9a-f]+)\n")
    for match in entry.finditer(said):
        yield f"index {match[2]} {match[1][-1]}", f"{match[1]} {int(match[3], 16) & _FLAGS:x}"


def _refs(place: Place) -> Iterator[tuple[str, str]]:
    form = "%(refname) %(objectname) %(symref)"
    for line in git(place, "for-each-ref", f"--format={form}").splitlines():
        name, _, value = line.partition(" ")
        yield f"ref {name}", value
    assert place.git_dir is not None
    yield "HEAD", (place.git_dir / "HEAD").read_text().strip()
    try:
        before = git(place, "rev-parse", "--symbolic-full-name", "@{-1}").strip()
    except GitSaidNo:
        before = "none"
    yield "the branch before", before
