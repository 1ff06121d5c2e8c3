"""A new branch that is made together with its commit, or not at all."""

from __future__ import annotations

from contextlib import suppress

from zumik.git.repository import HEADS, Repository
from zumik.transaction.journal import Intent


def create_and_switch(repository: Repository, intent: Intent) -> None:
    """Create the branch at HEAD and switch to it, without touching a file. Raises GitFailed.

    HEAD's reflog gets no entry yet: where the commit fails, `git switch -` must not know of this.
    """
    ref, start = intent.ref or "", intent.start
    if start is not None:
        # An empty old value: git refuses where the branch exists by now.
        repository.change("update-ref", "--create-reflog", ref, start, "")
    repository.change("symbolic-ref", "HEAD", ref)


def log_switch(repository: Repository, intent: Intent) -> None:
    """Add the switch to HEAD's reflog, as `git switch -` reads it. Raises GitFailed.

    Does nothing where the entry is there already, or where HEAD is on another branch by now.
    """
    before = repository.run_any("rev-parse", "--symbolic-full-name", "@{-1}").text.strip()
    if f"{HEADS}{repository.branch}" != intent.ref or before == intent.head:
        return
    names = [str(ref).removeprefix(HEADS) for ref in (intent.head or intent.start, intent.ref)]
    why = f"checkout: moving from {names[0]} to {names[1]}"
    repository.change("symbolic-ref", "-m", why, "HEAD", intent.ref or "")


def undo_switch(repository: Repository, intent: Intent) -> None:
    """Switch back and delete the new branch, unless someone committed to it.

    Works wherever `create_and_switch` may have stopped. Raises GitFailed and OSError.
    """
    ref, head, start = intent.ref or "", intent.head, intent.start
    tip = repository.parsed(ref)
    if tip not in (None, start):
        return
    if f"{HEADS}{repository.branch}" == ref:
        if head is not None and head.startswith(HEADS):
            repository.change("symbolic-ref", "HEAD", head)
        elif start is not None:
            repository.change("update-ref", "--no-deref", "HEAD", start)
    if tip is not None:
        repository.change("update-ref", "-d", ref, tip)
    else:  # git writes a branch's reflog before the branch itself
        with suppress(FileNotFoundError, NotADirectoryError):
            (repository.common_dir / "logs" / ref).unlink()
