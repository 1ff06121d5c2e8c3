"""A branch's name on the disk: git flushes its files, and not the directories that hold them."""

from __future__ import annotations

from zumik.disk import sync
from zumik.git.repository import HEADS, Repository


def sync_branch(repository: Repository, ref: str | None) -> None:
    """Flush the directories of a branch, of HEAD and of packed refs. Raises OSError.

    `ref` is a full name; with None, or where HEAD is detached, only HEAD's directory counts.
    """
    shared = repository.common_dir
    directories = [repository.git_dir, shared, shared / "reftable"]
    if ref is not None and ref.startswith(HEADS):
        # A branch a/b has a directory of its own, which may be as new as the branch.
        within = (shared / ref).parent
        directories += [within, *(above for above in within.parents if shared in above.parents)]
    for directory in dict.fromkeys(directories):
        if directory.is_dir():
            sync(directory)
