"""Recovery: from its journal alone, an interrupted command is finished or taken back.

The same steps serve a command that failed and one that was killed. Each may run twice, so a
recovery that is killed is simply run again.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from zumik.errors import CannotRun
from zumik.git.branch_sync import sync_branch
from zumik.git.conflicts import unmerged
from zumik.git.index_copy import drop_index, own_index
from zumik.git.repository import HEADS, Repository
from zumik.transaction import new_branch
from zumik.transaction.file_plan import remove_temporary, take_back
from zumik.transaction.journal import COMMIT, STAGE, Intent, Journal, remove_journal
from zumik.transaction.lock import is_running

_STALE = 2.0
"""Seconds after which a ref's lock is left over: git holds one for milliseconds."""


class RecoveryOutcome(StrEnum):
    """How the recovery of a command ended."""

    FINISHED = "finished"
    TAKEN_BACK = "taken back"


def finish_or_take_back(
    repository: Repository | None,
    state: Path,
    journal: Journal,
    known: RecoveryOutcome | None = None,
) -> RecoveryOutcome:
    """Finish what happened, take back what did not, and remove the journal.

    `known` says which of the two, where the caller knows; else `outcome_of` finds out. The caller
    holds the writers' lock. Raises CannotRun and OSError, and then keeps the journal.
    """
    if repository is not None:
        remove_locks(repository, journal.intent, journal.holder.since)
    outcome = known or outcome_of(repository, journal)
    if repository is not None:
        drop_index(repository, state)
    if outcome is RecoveryOutcome.FINISHED:
        if repository is not None:
            _finish_index(repository, state, journal)
            if journal.intent.new_branch:
                new_branch.log_switch(repository, journal.intent)
        remove_temporary(journal.plan)
    else:
        if repository is not None and journal.intent.new_branch:
            new_branch.undo_switch(repository, journal.intent)
        take_back(journal.plan)
    if repository is not None:
        sync_branch(repository, journal.intent.ref)
    remove_journal(state)
    return outcome


def outcome_of(repository: Repository | None, journal: Journal) -> RecoveryOutcome:
    """Which of the two it must be. Raises CannotRun where someone committed some of the files."""
    if repository is None or journal.intent.how not in (COMMIT, STAGE):
        happened = all(placement.is_placed for placement in journal.plan.placements)
    elif journal.intent.how == STAGE:
        happened = _is_staged(repository, journal)
    else:
        happened = _is_committed(repository, journal)
    return RecoveryOutcome.FINISHED if happened else RecoveryOutcome.TAKEN_BACK


def _is_committed(repository: Repository, journal: Journal) -> bool:
    """Whether the branch has moved on with all of the files in it."""
    start, tip = journal.intent.start, repository.parsed(f"{journal.intent.ref}^{{commit}}")
    if tip is None or tip == start:
        return False
    names = repository.names(journal.plan.paths)
    listed, since = ["ls-tree", "-r"], [tip]
    if start is not None:
        listed, since = ["diff-tree", "-r", "--no-renames"], [start, tip]
    said = repository.run(*listed, "-z", "--name-only", *since, "--", *names)
    found = set(said.split("\0")) & set(names)
    if found and found != set(names):
        raise CannotRun(
            f"someone else committed some of these files: {', '.join(sorted(found))}",
            hint="git log shows who; commit the rest or revert that commit, then: zumik recover",
        )
    return bool(found)


def _is_staged(repository: Repository, journal: Journal) -> bool:
    if not all(placement.is_placed for placement in journal.plan.placements):
        return False
    differs = repository.run(
        "diff-files", "--name-only", "--", *repository.names(journal.plan.paths)
    )
    placed = (item.path for item in journal.plan.placements if item.digest is not None)
    written = repository.names(placed)
    known = repository.run("ls-files", "-z", "--", *written).split("\0")[:-1]
    in_conflict = set(unmerged(repository)) & set(journal.plan.paths)
    return not differs and not in_conflict and set(known) == set(written)


def _finish_index(repository: Repository, state: Path, journal: Journal) -> None:
    """Update the index to the commit, where a kill came between the two."""
    names = repository.names(journal.plan.paths)
    if journal.intent.how != COMMIT or repository.branch != _short(journal.intent.ref):
        return
    if repository.run("diff-index", "--cached", "--name-only", "HEAD", "--", *names):
        with own_index(repository, state) as environment:
            repository.change("reset", "--quiet", "--", *names, env=environment)


def remove_locks(repository: Repository, intent: Intent, began: datetime) -> None:
    """Remove the locks that a killed git left, for a command that began at a time.

    Git locks a ref for milliseconds. A lock that is younger than the command and stays for
    `_STALE` seconds has lost its git. Raises OSError.
    """
    shared, own = repository.common_dir, repository.git_dir
    locks = [own / "HEAD.lock", shared / "packed-refs.lock"]
    refs = (intent.ref or "", intent.head or "")
    locks += [shared / f"{ref}.lock" for ref in refs if ref.startswith(HEADS)]
    since = began.timestamp()
    seen = {path: _made(path) for path in dict.fromkeys(locks) if _made(path) >= since}
    until = time.monotonic() + _STALE
    while time.monotonic() < until and any(_made(path) == made for path, made in seen.items()):
        time.sleep(0.02)
    for path, made in seen.items():
        if _made(path) == made:
            path.unlink(missing_ok=True)
    for path in own.glob("next-index-*.lock"):
        with suppress(ValueError):
            if not is_running(int(path.name.removeprefix("next-index-").removesuffix(".lock"))):
                path.unlink(missing_ok=True)


def _made(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def _short(ref: str | None) -> str | None:
    return None if ref is None else ref.removeprefix(HEADS)
