"""Files as a ref has them, from one short run of git and without GitPython.

`explain` and `resolve` say what `live_ref` has on every call, and importing GitPython takes longer
than all the rest of them. Where git has no answer, there is nothing to show.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_LONGEST = 10
"""Seconds. Git reads its own files only, so it takes longer only where a disk hangs."""

# Git would look at another repository than the one around the directory, as within a hook.
_OTHER_REPOSITORY = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_NAMESPACE"}

# As in `repository`, and a partial clone is not completed from the network.
_ENVIRONMENT = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
}


class FilesOnRef(NamedTuple):
    """The bytes of the files that were asked for, None where the ref has none.

    `full_name` is the ref in full: a branch counts before a tag of the same name.
    """

    full_name: str
    data: Mapping[str, bytes | None]


def files_on_ref(directory: Path, ref: str, paths: Sequence[str]) -> FilesOnRef | None:
    """Files at `paths`, relative to `directory`; None where git does not know the ref."""
    names = (f"refs/remotes/{ref}", f"refs/heads/{ref}", ref)
    asked = [[f"{name}^{{commit}}", *(f"{name}:./{path}" for path in paths)] for name in names]
    lines = "".join(f"{line}\n" for group in asked for line in group)
    said = _git(directory, ["cat-file", "--batch"], lines.encode())
    if said is None:
        return None
    answers = _answers(said)
    for name, group in zip(names, asked, strict=True):
        commit, *found = (next(answers, None) for _ in group)
        if commit is not None:
            return FilesOnRef(name, dict(zip(paths, found, strict=True)))
    return None


def names_on_ref(directory: Path, full_name: str, folder: str) -> list[str]:
    """The names in a folder, relative to `directory`; none where the ref does not have it."""
    # The trailing / asks for what is in the folder, and relative to where git runs.
    words = ["ls-tree", "-z", "--name-only", "--end-of-options", full_name, f"{folder}/"]
    said = _git(directory, words, b"") or b""
    return [name.rpartition("/")[2] for name in said.decode("utf-8", "replace").split("\0") if name]


def branch_here(directory: Path) -> str | None:
    """The branch that HEAD is on; None where it is on none."""
    said = _git(directory, ["symbolic-ref", "-q", "--short", "HEAD"], b"")
    return said.decode("utf-8", "replace").strip() or None if said else None


def fork_of(directory: Path, full_name: str) -> str | None:
    """The commit where HEAD and a ref parted; None where git does not know one."""
    said = _git(directory, ["merge-base", "HEAD", full_name], b"")
    return said.decode("ascii", "replace").strip() or None if said else None


def _git(directory: Path, words: Sequence[str], stdin: bytes) -> bytes | None:
    environment = {key: text for key, text in os.environ.items() if key not in _OTHER_REPOSITORY}
    try:
        done = subprocess.run(
            ["git", *words],
            cwd=directory,
            env={**environment, **_ENVIRONMENT},
            input=stdin,
            capture_output=True,
            timeout=_LONGEST,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode == 0 else None


def _answers(said: bytes) -> Iterator[bytes | None]:
    """What `cat-file --batch` says of each object, in the order in which they were asked for."""
    start = 0
    while start < len(said):
        end = said.index(b"\n", start)
        words = said[start:end].rsplit(b" ", 2)
        start = end + 1
        if len(words) < 3 or not words[2].isdigit():
            yield None  # `NAME missing`
            continue
        size = int(words[2])
        yield said[start : start + size] if words[1] in (b"blob", b"commit") else None
        start += size + 1
