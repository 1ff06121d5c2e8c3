"""A workspace with files that are not written yet, so that they are judged before they are."""

from __future__ import annotations

from collections.abc import Mapping

from zumik.core.basics.tree import DIRECTORY, FILE, Tree


class AddedFiles:
    """A tree, and files beside what it has, by path. Nothing of it is written."""

    def __init__(self, tree: Tree, files: Mapping[str, bytes]) -> None:
        self._tree, self._files = tree, files
        self.name = tree.name

    def entries(self, directory: str) -> dict[str, str]:
        """The entries of a directory with their kinds. Raises as the tree does."""
        prefix = f"{directory}/" if directory else ""
        found = dict(self._tree.entries(directory))
        for path in self._files:
            if path.startswith(prefix):
                name, slash, _ = path.removeprefix(prefix).partition("/")
                found[name] = DIRECTORY if slash else FILE
        return dict(sorted(found.items()))

    def kind(self, path: str) -> str | None:
        """What is at a path; None for nothing."""
        return FILE if path in self._files else self._tree.kind(path)

    def read(self, path: str, max_bytes: int) -> bytes:
        """The bytes of a file. Raises as the tree does."""
        return self._files.get(path) or self._tree.read(path, max_bytes)

    def restore_command(self, path: str) -> str | None:
        """What to paste to bring a file back; None for one that was added."""
        return None if path in self._files else self._tree.restore_command(path)

    def is_committed(self, path: str) -> bool:
        """Whether git has the file; not one that was added."""
        return path not in self._files and self._tree.is_committed(path)
