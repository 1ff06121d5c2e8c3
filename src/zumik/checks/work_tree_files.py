"""Rules for a work tree: it has every file of the last commit, and its edits are released."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from zumik.checks.release_chain import foreign_entry
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.basics.restore_hint import BRINGS_ALL, restore_hint
from zumik.core.basics.tree import (
    DIRECTORY,
    FILE,
    FROZEN,
    LEDGER,
    LIVE,
    SUBMODULE,
    WITHDRAWN,
    Tree,
)
from zumik.rules.authoring_rules import UNRELEASED_CHANGES
from zumik.rules.integrity_rules import MISSING_FILE

_FOLDERS = ("catalog", FROZEN, LIVE, "policy", WITHDRAWN)


class CommittedTree(Protocol):
    """The files of a workspace in a commit."""

    @property
    def files(self) -> Mapping[str, object]:
        """Everything below the workspace, by path."""
        ...

    def kind(self, path: str) -> str | None:
        """What is at a path."""
        ...


def check_committed(tree: Tree, committed: CommittedTree) -> Iterator[Finding]:
    """What the last commit has in `frozen/`, `live/`, `withdrawn/` and the ledger is there.

    A chain without releases has no faults, so a sparse checkout would otherwise pass every check.
    A submodule looks like a directory in the work tree: only the commit says that it is one.
    """
    for path in committed.files:
        if committed.kind(path) == SUBMODULE and path.partition("/")[0] in _FOLDERS:
            yield foreign_entry(tree, SUBMODULE, path, FILE if "/" in path else DIRECTORY)
            continue
        counts = path == LEDGER or path.startswith((f"{FROZEN}/", f"{LIVE}/", f"{WITHDRAWN}/"))
        if counts and tree.kind(path) is None:
            yield MISSING_FILE.at(
                neutral(path),
                "the last commit has it, and the work tree has not",
                restore_hint(tree, path, BRINGS_ALL),
            )


def unreleased_changes(directory: str, *, has_releases: bool) -> Finding:
    """Policy and catalog that no release was frozen from; `directory` is the policy's."""
    return UNRELEASED_CHANGES.at(
        directory,
        "policy and catalog differ from the newest release"
        if has_releases
        else "nothing of policy and catalog is released yet",
        "zumik plan shows what freezing would change",
    )
