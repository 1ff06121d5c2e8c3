"""Merging: what a merge or rebase left in conflict, and files that settle it, staged.

Git's index says what is in conflict, whichever command brought it there. Nothing here commits, and
no conflict is settled but by the files that are handed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from zumik.workspace.git import Repository

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


@contextmanager
def staging(
    repository: Repository, written: Sequence[Path], removed: Sequence[Path]
) -> Iterator[None]:
    """Stage files that were written and removed; as it was if what is done with them fails.

    Raises GitFailed.
    """
    with repository.index_kept() as kept:
        try:
            for command, paths in (
                (("add",), written),
                (("rm", "--cached", "--quiet", "--ignore-unmatch"), removed),
            ):
                if paths:
                    names = [str(path.relative_to(repository.root)) for path in paths]
                    repository.run(*command, "--", *names)
            yield
        except BaseException:
            if kept is not None:
                kept.replace(kept.with_name("index"))
            raise
