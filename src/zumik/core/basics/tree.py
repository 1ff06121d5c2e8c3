"""The port through which a workspace's files are seen: a work tree, or a commit in git.

Whoever reads through it cannot tell which it is, so that one set of rules serves both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

FROZEN, LIVE, LEDGER, MARKER = "frozen", "live", "SHA256SUMS", "zumik.yaml"
"""Where releases, live pointers, the ledger of releases and the settings lie."""

WITHDRAWN = "withdrawn"
"""Where the marks of withdrawn releases lie."""

UNAVAILABLE = f"{LIVE}/unavailable.json"
"""The list of drains: it counts for every alias, and no alias has its name."""

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
        """What a path is prefixed with where it is shown."""
        ...

    def entries(self, directory: str) -> Mapping[str, str]:
        """What lies directly in a directory, by name, with its kind; empty where there is none.

        Raises CannotRun where it is no directory or cannot be read.
        """
        ...

    def kind(self, path: str) -> str | None:
        """What lies at a path; None where nothing does."""
        ...

    def read(self, path: str, max_bytes: int) -> bytes:
        """The bytes of a file. Raises CannotRun, and IntegrityError for what is no file."""
        ...


def read_optional(tree: Tree, path: str, max_bytes: int) -> bytes | None:
    """The bytes of a file; None where there is none. Raises as `Tree.read` does."""
    return tree.read(path, max_bytes) if tree.kind(path) else None
