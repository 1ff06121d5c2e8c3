"""What a branch changes in a workspace, as data: files by mode and id.

The contents of the files are read through the trees.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import NamedTuple

from zumik.core.basics.tree import Tree
from zumik.core.releases.release import ReleaseRef


class GitFile(NamedTuple):
    """A file as git knows it: its mode, such as 100644, and the id of its bytes."""

    mode: str
    blob: str


class FileChange(NamedTuple):
    """A file before and after; None where it does not exist. `path` is inside the workspace."""

    path: str
    before: GitFile | None
    after: GitFile | None


class BranchStep(NamedTuple):
    """What one commit of the branch changed against one of its parents."""

    commit: str
    change: FileChange


class CommitClaim(NamedTuple):
    """When a commit and its parents claim to have been made, in seconds since 1970."""

    commit: str
    claimed: int
    parents: tuple[int, ...]


class BranchChanges(NamedTuple):
    """From `base` to the result of merging, with every step of the branch.

    `before` and `after` are the files of both by path. `was_live` are the releases that answered
    before on the base, by the path of the pointer, of the pointers that the branch moves back.
    """

    base: Tree
    merged: Tree
    before: Mapping[str, GitFile]
    after: Mapping[str, GitFile]
    changes: tuple[FileChange, ...]
    steps: tuple[BranchStep, ...]
    was_live: Mapping[str, AbstractSet[ReleaseRef]] = MappingProxyType({})
