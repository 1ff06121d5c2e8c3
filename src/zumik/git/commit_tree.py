"""A commit's files, from git's object database: no checkout, filter or work tree comes between."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from zumik.core.basics.display import neutral
from zumik.core.basics.restore_command import TOP, restore_command
from zumik.core.basics.tree import DIRECTORY, EXECUTABLE, FILE, OTHER, SUBMODULE, SYMLINK
from zumik.core.reviews.branch_changes import GitFile
from zumik.errors import CannotRun, IntegrityError
from zumik.git.repository import Repository

_KINDS = {
    "040000": DIRECTORY,
    "100644": FILE,
    "100664": FILE,  # what very old gits wrote
    "100755": EXECUTABLE,
    "120000": SYMLINK,
    "160000": SUBMODULE,
}


class CommitTree:
    """The files below a directory in a commit or tree that git has.

    `revision` names the commit that they are in, for people who restore a file from it. What a
    merge would give is in no commit yet: its files are restored from `base`.
    """

    def __init__(
        self,
        repository: Repository,
        tree: str,
        directory: str,
        *,
        revision: str = "HEAD",
        base: CommitTree | None = None,
    ) -> None:
        self._repository = repository
        self._directory = directory
        self._revision = revision
        self._base = base
        self.tree = tree
        self.name = directory

    @cached_property
    def files(self) -> Mapping[str, GitFile]:
        """Everything below the directory, directories too, by path. Raises GitFailed."""
        inside = [] if self._directory == "." else ["--", f"{self._directory}/"]
        listed = self._repository.run(
            "ls-tree", "-r", "-t", "-z", "--full-tree", self.tree, *inside
        )
        prefix = "" if self._directory == "." else f"{self._directory}/"
        found = {}
        for row in listed.split("\0")[:-1]:
            facts, _, path = row.partition("\t")
            mode, _, blob = facts.split(" ")
            if path.startswith(prefix):
                found[path.removeprefix(prefix)] = GitFile(mode, blob)
        return found

    @cached_property
    def _directories(self) -> Mapping[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for path, file in self.files.items():
            directory, _, name = path.rpartition("/")
            found.setdefault(directory, {})[name] = _KINDS.get(file.mode, OTHER)
        return found

    def entries(self, directory: str) -> Mapping[str, str]:
        """The entries of a directory with their kinds; empty where no directory has that path."""
        return self._directories.get(directory, {})

    def kind(self, path: str) -> str | None:
        """What is at a path: a file, a directory …; None for nothing."""
        file = self.files.get(path)
        return _KINDS.get(file.mode, OTHER) if file else None

    def read(self, path: str, max_bytes: int) -> bytes:
        """The bytes of a file. Raises CannotRun and IntegrityError."""
        shown = f"{self.name}/{neutral(path)} in {self.tree[:10]}"
        file = self.files.get(path)
        if file is None:
            raise CannotRun(
                f"there is no {shown}", hint="git log --all -- PATH shows the commits that have it"
            )
        if _KINDS.get(file.mode) not in (FILE, EXECUTABLE):
            raise IntegrityError(
                f"{shown} is not a regular file", hint="git log shows who changed that"
            )
        size = self._repository.size_of(file.blob)
        if size > max_bytes:
            raise CannotRun(
                f"{shown} has {size:,} bytes, more than the {max_bytes:,} that are read",
                hint="git log shows who made it grow",
            )
        return self._repository.blob(file.blob)

    def restore_command(self, path: str) -> str | None:
        """What to paste into a shell, anywhere in the repository; None where it is not there."""
        if self._base is not None:
            return self._base.restore_command(path)
        if path not in self.files:
            return None
        inside = "" if self._directory == "." else f"{self._directory}/"
        return restore_command(f"{TOP}{inside}{path}", revision=self._revision)

    def is_committed(self, path: str) -> bool:
        """Whether the commit has this path; where a merge is looked at, the base's commit."""
        return self._base.is_committed(path) if self._base is not None else path in self.files
