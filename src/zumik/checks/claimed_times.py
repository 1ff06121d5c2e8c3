"""Rules for the times that a branch claims: those of its commits, moves and withdrawals.

A wrong clock is found before it lands, because what has landed keeps it. A claim is compared only
with times that can be true themselves, so that no wrong clock on the base stops what follows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from zumik.checks.release_chain import ReleaseChain
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.basics.names import ReleaseId
from zumik.core.basics.times import CLOCK_TOLERANCE, moment_text
from zumik.core.basics.tree import LIVE, MARKER, WITHDRAWN, Tree
from zumik.core.live.commit_clocks import is_possible, moment_claimed
from zumik.core.live.pointer import MAX_POINTER_BYTES, read_pointer
from zumik.core.releases.withdrawal import MAX_WITHDRAWAL_BYTES, read_withdrawal
from zumik.core.reviews.branch_changes import BranchChanges, CommitClaim
from zumik.errors import ZumikError
from zumik.rules.branch_rules import CLOCK_GOES_BACK, COMMIT_CLOCK_WRONG


def check_commit_clocks(
    commits: Iterable[CommitClaim], branch_changes: BranchChanges, now: datetime, base_name: str
) -> Iterator[Finding]:
    """No commit of the branch is made after now, before git was there, or before its parent."""
    touched = {step.commit: step.change.path for step in branch_changes.steps}
    again = f"git rebase --force-rebase {neutral(base_name)}"
    hint = f"set the clock, then make the commits again: {again}"
    for commit in commits:
        place = neutral(touched.get(commit.commit, MARKER))
        short = commit.commit[:10]
        said = f"{short} claims to be of {_claimed(commit.claimed)}"
        if not is_possible(commit.claimed, now):
            future = commit.claimed > now.timestamp()
            why = "which is in the future" if future else "when there was no git yet"
            yield COMMIT_CLOCK_WRONG.at(
                place, f"{said}, {why}", hint, about=(short,), lesser=not future
            )
            continue
        parents = [time for time in commit.parents if is_possible(time, now)]
        latest = max(parents, default=commit.claimed)
        if commit.commit in touched and commit.claimed < latest - CLOCK_TOLERANCE.total_seconds():
            why = f"before its parent of {_claimed(latest)}"
            yield COMMIT_CLOCK_WRONG.at(place, f"{said}, {why}", hint, about=(short,), lesser=True)


def _claimed(seconds: int) -> str:
    moment = moment_claimed(seconds)
    return moment_text(moment) if moment else f"{seconds} seconds after 1970"


class _Claim(NamedTuple):
    """A time that a file claims, and the release that was there before."""

    what: str
    at: datetime
    release: ReleaseId


def check_move_times(
    branch_changes: BranchChanges, chain: ReleaseChain, now: datetime
) -> Iterator[Finding]:
    """A move or a withdrawal is not made before the release that it names."""
    for change in branch_changes.changes:
        read = {LIVE: _move, WITHDRAWN: _withdrawal}.get(change.path.partition("/")[0])
        claim = read(branch_changes.merged, change.path) if read and change.after else None
        if read is None or claim is None:
            continue
        cause = _created(chain, claim.release)
        if cause is not None and claim.at + CLOCK_TOLERANCE < cause <= now:
            yield CLOCK_GOES_BACK.at(
                neutral(change.path),
                f"{claim.what} on {moment_text(claim.at)}, before {claim.release} was created on "
                f"{moment_text(cause)}",
                "set the clock of the machine that made it, and make it again",
            )


def _move(tree: Tree, path: str) -> _Claim | None:
    try:
        pointer = read_pointer(tree.read(path, MAX_POINTER_BYTES))
    except ZumikError:
        return None
    return _Claim("proposed", pointer.proposed_at, pointer.target.id)


def _withdrawal(tree: Tree, path: str) -> _Claim | None:
    try:
        mark = read_withdrawal(tree.read(path, MAX_WITHDRAWAL_BYTES))
    except ZumikError:
        return None
    return _Claim("withdrawn", mark.withdrawn_at, mark.target.id)


def _created(chain: ReleaseChain, release: ReleaseId) -> datetime | None:
    ref = chain.releases.get(release)
    heading = chain.heading(ref) if ref is not None else None
    return heading.created_at if heading is not None else None
