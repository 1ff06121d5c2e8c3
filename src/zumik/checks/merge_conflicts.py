"""Rules for a branch that does not merge into its base."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.basics.tree import LEDGER, LIVE, UNAVAILABLE
from zumik.rules.branch_rules import MERGE_CONFLICT


def check_conflicts(paths: Iterable[str]) -> Iterator[Finding]:
    """One finding for each file that conflicts; the paths are the repository's."""
    for path in paths:
        yield MERGE_CONFLICT.at(
            neutral(path),
            "the branch and its base both changed this, and git cannot merge the two",
            _how_to_resolve(path),
        )


def _how_to_resolve(path: str) -> str:
    if path.endswith(UNAVAILABLE):
        return "merge the base into the branch, keep the base's list, and drain again on it"
    if path == LEDGER or path.endswith(f"/{LEDGER}") or f"/{LIVE}/" in path:
        return "merge the base into the branch, then: zumik release refreeze"
    return "merge the base into the branch and resolve it there"
