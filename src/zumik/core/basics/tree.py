"""The interface to a workspace's files: in a work tree, or in a commit in git.

A reader cannot see which of the two it is, so one set of rules serves both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

FROZEN, LIVE, LEDGER, MARKER = "frozen", "live", "SHA256SUMS", "zumik.yaml"
"""The paths of releases, live pointers, the ledger of releases and the settings."""

WITHDRAWN = "withdrawn"
"""The directory of the marks of withdrawn releases."""

UNAVAILABLE = f"{LIVE}/unavailable.json"
"""The list of drains. It applies to every alias; no alias may have its name."""

MAX_LEDGER_BYTES = 64 * 1024 * 1024

FILE, EXECUTABLE, SYMLINK, DIRECTORY = "file", "executable", "symlink", "directory"
SUBMODULE, OTHER = "submodule", "other"
"""What a directory entry can be; only a commit says executable."""

CONVERSIONS = (
    "text",
    "eol",
    "filter",
    "ident",
    "export-subst",
    "export-ignore",
    "working-tree-encoding",
    "merge",
)
"""The git attributes by which a file's bytes in a checkout, an archive or a merge can change."""


class Tree(Protocol):
    """The files of one workspace at one moment. Paths are relative to it, with `/` between parts.

    `name` is what its directory is called, for people.
    """

    @property
    def name(self) -> str:
        """The prefix of a path where it is shown."""
        ...

    def entries(self, directory: str) -> Mapping[str, str]:
        """The entries of a directory, by name, with their kinds; empty where it does not exist.

        Raises CannotRun where it is not a directory or cannot be read.
        """
        ...

    def kind(self, path: str) -> str | None:
        """The kind of the entry at a path; None where nothing is there."""
        ...

    def read(self, path: str, max_bytes: int) -> bytes:
        """The bytes of a file. Raises CannotRun, and IntegrityError for anything but a file."""
        ...

    def restore_command(self, path: str) -> str | None:
        """What to paste into a shell to bring a file back; None where git has no copy."""
        ...

    def is_committed(self, path: str) -> bool:
        """Whether git has a file of this path in the commit that `restore_command` takes from."""
        ...


def entries_of(tree: Tree, directory: str) -> Mapping[str, str]:
    """The entries of a directory; empty where something else has its path. Raises CannotRun."""
    another = directory and tree.kind(directory) not in (None, DIRECTORY)
    return {} if another else tree.entries(directory)


def read_optional(tree: Tree, path: str, max_bytes: int) -> bytes | None:
    """The bytes of a file; None where it does not exist. Raises as `Tree.read` does."""
    return tree.read(path, max_bytes) if tree.kind(path) else None
