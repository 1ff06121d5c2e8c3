"""Rules for a work tree: it has every file of the last commit, and its edits are released."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.basics.restore_hint import restore_hint
from zumik.core.basics.tree import FROZEN, LEDGER, LIVE, WITHDRAWN, Tree
from zumik.rules.authoring_rules import UNRELEASED_CHANGES
from zumik.rules.integrity_rules import MISSING_FILE


def check_missing(tree: Tree, committed: Iterable[str]) -> Iterator[Finding]:
    """What the last commit has in `frozen/`, `live/`, `withdrawn/` and the ledger is there.

    A chain without releases has no faults, so a sparse checkout would otherwise pass every check.
    """
    for path in committed:
        counts = path == LEDGER or path.startswith((f"{FROZEN}/", f"{LIVE}/", f"{WITHDRAWN}/"))
        if counts and tree.kind(path) is None:
            yield MISSING_FILE.at(
                neutral(path),
                "the last commit has it, and the work tree has not",
                restore_hint(tree, path, "git sparse-checkout disable restores all files"),
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
