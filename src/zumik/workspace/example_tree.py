"""The example workspace that ships with zumik, as a tree that is read like any other."""

from __future__ import annotations

from collections.abc import Mapping

from zumik.core.basics.tree import DIRECTORY, FILE
from zumik.errors import CannotRun


class ExampleTree:
    """The example's files by path; it is in no git repository."""

    name = "releases"

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files

    def entries(self, directory: str) -> dict[str, str]:
        """The entries of a directory with their kinds."""
        prefix = f"{directory}/" if directory else ""
        inside = (path.removeprefix(prefix) for path in self._files if path.startswith(prefix))
        found = {
            name.partition("/")[0]: DIRECTORY if "/" in name else FILE for name in sorted(inside)
        }
        return dict(sorted(found.items()))

    def kind(self, path: str) -> str | None:
        """What is at a path; None for nothing."""
        if path in self._files:
            return FILE
        return DIRECTORY if self.entries(path) else None

    def read(self, path: str, max_bytes: int) -> bytes:
        """The bytes of a file. Raises CannotRun."""
        if path not in self._files:
            raise CannotRun(f"the example has no {path}")
        return self._files[path][: max_bytes + 1]

    def restore_command(self, path: str) -> None:
        """None: git has no copy."""

    def is_committed(self, path: str) -> bool:
        """False: git has no copy."""
        return False
