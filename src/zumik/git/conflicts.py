"""Merging: what a merge or rebase left in conflict.

Git's index says what that is, whichever command brought it there.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from zumik.git.repository import Repository

OURS, THEIRS = 2, 3
"""The stages of the two sides; which is whose depends on who merges, and must not matter."""


def unmerged(repository: Repository) -> Mapping[Path, Mapping[int, str]]:
    """The paths that are in conflict, each with its blob by stage. Raises GitFailed."""
    found: dict[Path, dict[int, str]] = {}
    for row in repository.run("ls-files", "--unmerged", "-z").split("\0")[:-1]:
        facts, _, name = row.partition("\t")
        _, blob, stage = facts.split(" ")
        found.setdefault(repository.root / name, {})[int(stage)] = blob
    return found
