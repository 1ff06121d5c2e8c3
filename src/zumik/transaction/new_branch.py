"""A new branch that is made together with its commit, or not at all, as a journal tells."""

from __future__ import annotations

from contextlib import suppress

from zumik.git.repository import HEADS, Repository
from zumik.transaction.journal import Intent


def create_and_switch(repository: Repository, intent: Intent) -> None:
    """Make the branch of a commit where HEAD is, and be on it; files stay. Raises GitFailed.

    The log of HEAD knows nothing of it yet: `git switch -` goes by that.
    """
    ref, start = intent.ref or "", intent.start
    if start is not None:
        # Empty: it must not exist, even if somebody is making it at this moment.
        repository.change("update-ref", "--create-reflog", ref, start, "")
    repository.change("symbolic-ref", "HEAD", ref)


def log_switch(repository: Repository, intent: Intent) -> None:
    """Log where HEAD came from, in git's own words, for `git switch -`. Raises GitFailed.

    It may have been logged already, and HEAD may be elsewhere by now.
    """
    before = repository.run_any("rev-parse", "--symbolic-full-name", "@{-1}").text.strip()
    if f"{HEADS}{repository.branch}" != intent.ref or before == intent.head:
        return
    names = [str(ref).removeprefix(HEADS) for ref in (intent.head or intent.start, intent.ref)]
    why = f"checkout: moving from {names[0]} to {names[1]}"
    repository.change("symbolic-ref", "-m", why, "HEAD", intent.ref or "")


def undo_switch(repository: Repository, intent: Intent) -> None:
    """Be where HEAD was, without the new branch; unless somebody committed to it.

    Nothing of that needs to have been done. Raises GitFailed and OSError.
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
    else:  # git logs a branch before it makes it
        with suppress(FileNotFoundError, NotADirectoryError):
            (repository.common_dir / "logs" / ref).unlink()
