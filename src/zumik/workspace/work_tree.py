"""The work tree: a workspace's files on the disk.

It follows no link, which could lead anywhere, and opens no pipe, which never ends.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from zumik.bounded_file import read_bounded
from zumik.core.basics.display import neutral
from zumik.core.basics.restore_command import restore_command
from zumik.core.basics.restore_hint import BRINGS_ALL
from zumik.core.basics.tree import DIRECTORY, FILE, OTHER, SYMLINK
from zumik.errors import CannotRun, IntegrityError
from zumik.workspace.sparse_checkout import is_sparse

# The temporary names of `file_plan`: a hook that runs zumik during a commit would see them.
_BEING_WRITTEN = re.compile(r"\..+\.[0-9a-f]{16}\.tmp")


@dataclass(frozen=True)
class WorkTree:
    """The files below a directory."""

    root: Path

    @property
    def name(self) -> str:
        """What the directory is called."""
        return self.root.name

    def entries(self, directory: str) -> dict[str, str]:
        """The entries of a directory with their kinds; none where there is no directory.

        Raises CannotRun, also for one that a sparse checkout leaves out.
        """
        path = self.root / directory
        try:
            with os.scandir(path) as found:
                kinds = {entry.name: _kind(entry.stat(follow_symlinks=False)) for entry in found}
        except FileNotFoundError:
            self._require_in_checkout(directory)
            return {}
        except OSError as error:
            raise CannotRun(
                f"cannot list {path}: {error.strerror}", hint="it has to be a directory"
            ) from None
        return {name: kinds[name] for name in sorted(kinds) if not _BEING_WRITTEN.fullmatch(name)}

    def _require_in_checkout(self, directory: str) -> None:
        # Without this the workspace would seem to have no models, no releases or no live aliases.
        if self.leaves_out_files and any(
            name.startswith(f"{directory}/") for name in self._known_to_git[0]
        ):
            raise CannotRun(
                f"this sparse checkout leaves out {neutral(f'{self.name}/{directory}')}",
                hint=BRINGS_ALL,
            )

    @cached_property
    def leaves_out_files(self) -> bool:
        """Whether files that are not here may be in the commit: the checkout is sparse."""
        return is_sparse(self.root)

    def kind(self, path: str) -> str | None:
        """What is at a path: a file, a directory …; None for nothing."""
        try:
            return _kind((self.root / path).lstat())
        except OSError:
            return None

    def read(self, path: str, max_bytes: int) -> bytes:
        """The bytes of a file. Raises CannotRun and IntegrityError."""
        try:
            return read_bounded(self.root / path, max_bytes)
        except IntegrityError as error:
            command = self.restore_command(path)
            hint = f"remove it, and restore the file: {command}" if command else "remove it"
            raise IntegrityError(error.message, hint=hint) from None

    def restore_command(self, path: str) -> str | None:
        """What to paste into a shell, where zumik was started, to bring a file back.

        From the last commit, else from the index. None where git has the file in neither.
        """
        root = os.path.realpath(self.root)
        try:
            # A path that climbs far up and down again is longer, and says less, than the whole one.
            directory = min(os.path.relpath(root), root, key=len)
        except OSError:
            directory = root  # the current directory was removed, and so has no path
        committed, staged = self._known_to_git
        if path in committed:
            return restore_command(path, directory=directory)
        return restore_command(path, directory=directory, revision="") if path in staged else None

    def is_committed(self, path: str) -> bool:
        """Whether the last commit has a file of this path."""
        return path in self._known_to_git[0]

    @cached_property
    def _known_to_git(self) -> tuple[frozenset[str], frozenset[str]]:
        """The files in the last commit, and in the index; none where there is no git to ask."""
        # Only what is damaged needs a command, so that explain and resolve run without git.
        from zumik.git.repository import Repository

        try:
            repository = Repository.containing(self.root)
            below = Path(os.path.realpath(self.root)).relative_to(repository.root).as_posix()
            listed = (
                repository.run_any("ls-tree", "-r", "-z", "--name-only", "HEAD", "--", below),
                repository.run_any("ls-files", "-z", "--", below),
            )
        except (CannotRun, ValueError):
            return frozenset(), frozenset()
        prefix = "" if below == "." else f"{below}/"
        committed, staged = (
            frozenset(name.removeprefix(prefix) for name in found.text.split("\0"))
            for found in listed
        )
        return committed, staged


def _kind(status: os.stat_result) -> str:
    if stat.S_ISREG(status.st_mode):
        return FILE
    if stat.S_ISLNK(status.st_mode):
        return SYMLINK
    return DIRECTORY if stat.S_ISDIR(status.st_mode) else OTHER
