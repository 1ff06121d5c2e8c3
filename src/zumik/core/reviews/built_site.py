"""A built site: how many files it has, and what the build did to them."""

from __future__ import annotations

from typing import NamedTuple


class BuiltSite(NamedTuple):
    """What a build of pages left in a directory. `seconds` is how long it took.

    `files` are all that the site has, of `size` bytes together: those that were written, and those
    that were as they should be. `biggest` is the largest page by its path, with its bytes. A dry
    run knows no sizes, and its `written` are those that the build would render.
    """

    directory: str
    files: int
    written: int
    removed: int
    size: int
    biggest: tuple[str, int] | None
    seconds: float
    dry_run: bool = False

    @property
    def unchanged(self) -> int:
        """How many files were as they should be."""
        return self.files - self.written
