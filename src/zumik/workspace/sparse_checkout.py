"""Sparse checkouts: a clone that has only some of the folders that its commits have.

Files are enough to say that a clone is not sparse, so that commands which run without git stay so.
"""

from __future__ import annotations

from pathlib import Path

from zumik.errors import CannotRun


def is_sparse(directory: Path) -> bool:
    """Whether the checkout around a directory has only some folders of its commit."""
    for place in (directory, *directory.parents):
        if (git := place / ".git").exists():
            return _has_patterns(git) and _is_switched_on(place)
    return False


def _has_patterns(git: Path) -> bool:
    """Whether it was ever sparse: the patterns stay when that is switched off."""
    try:
        if git.is_file():
            # Of a linked work tree or a submodule: the file names its directory.
            git = git.parent / git.read_text("utf-8").removeprefix("gitdir:").strip()
        return (git / "info" / "sparse-checkout").is_file()
    except (OSError, ValueError):
        return False


def _is_switched_on(directory: Path) -> bool:
    from zumik.git.repository import Repository

    try:
        found = Repository.containing(directory).run_any(
            "config", "--type=bool", "--get", "core.sparseCheckout"
        )
    except CannotRun:
        return False
    return found.text.strip() == "true"
