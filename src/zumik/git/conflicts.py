"""Conflicts: the paths that a merge, rebase or cherry-pick left unmerged in the index."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from zumik.git.repository import Repository

OURS, THEIRS = 2, 3
"""The stages of the two sides. A rebase swaps them, so callers treat both sides alike."""


def unmerged(repository: Repository) -> Mapping[Path, Mapping[int, str]]:
    """The paths that are in conflict, each with its blob by stage. Raises GitFailed."""
    found: dict[Path, dict[int, str]] = {}
    for row in repository.run("ls-files", "--unmerged", "-z").split("\0")[:-1]:
        facts, _, name = row.partition("\t")
        _, blob, stage = facts.split(" ")
        found.setdefault(repository.root / name, {})[int(stage)] = blob
    return found
