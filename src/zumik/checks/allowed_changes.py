"""Rules for what a branch may do: add to the chain and move pointers, and touch nothing else.

They look at the base, at what merging gives and at every step between; never at older history, so
that a mistake that landed can be corrected: what was broken on the base may be put right.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from zumik.checks.frozen_changes import (
    check_frozen_change,
    check_ledger_change,
    was_broken,
)
from zumik.checks.live_changes import (
    check_drains_change,
    check_pointer_change,
    check_withdrawal_change,
    is_withdrawal,
)
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.basics.restore_hint import restore_hint
from zumik.core.basics.tree import FROZEN, LIVE, MARKER, UNAVAILABLE, WITHDRAWN
from zumik.core.releases.release import ReleaseRef
from zumik.core.releases.signature import ALLOWED_SIGNERS
from zumik.core.reviews.branch_changes import BranchChanges, BranchStep, FileChange
from zumik.errors import ZumikError
from zumik.rules.branch_rules import (
    DRAFT_REMOVED,
    DRAINS_TOUCHED,
    FROZEN_TOUCHED,
    POINTER_TOUCHED,
    SETTINGS_CHANGED,
    WITHDRAWAL_CHANGED,
    WORKSPACE_REMOVED,
)

_SQUASH = "merged commit by commit it would land for a moment: squash the branch"
_DROP_COMMITS = "rebase the branch without that commit and the one that undoes it"
_LIVE_FOR_A_MOMENT = (
    "merged commit by commit it would be live for a moment: squash the branch, or rebase it "
    "without that commit and the one that undoes it"
)


def check_branch_changes(branch: BranchChanges) -> Iterator[Finding]:
    """What this branch does that no branch may, in the order of the files."""
    for change in branch.changes:
        if change.path.startswith(f"{FROZEN}/"):
            yield from check_frozen_change(branch, change)
        elif change.path == UNAVAILABLE:
            yield from check_drains_change(branch, change)
        elif change.path.startswith(f"{LIVE}/"):
            yield from check_pointer_change(branch, change)
        elif change.path.startswith(f"{WITHDRAWN}/"):
            yield from check_withdrawal_change(branch, change)
        elif change.path in (MARKER, ALLOWED_SIGNERS):
            yield from _check_settings(branch, change)
    yield from _check_steps(branch)
    yield from check_ledger_change(branch)


def _check_settings(branch: BranchChanges, change: FileChange) -> Iterator[Finding]:
    if change.path == MARKER and change.after is None:
        yield WORKSPACE_REMOVED.at(
            MARKER,
            "the file that marks the workspace was removed, so that nothing would be checked",
            restore_hint(branch.base, MARKER, "no later branch is checked without it"),
        )
    elif change.before is not None:
        yield SETTINGS_CHANGED.at(
            change.path,
            "changed here; the base's judged this branch, and these will judge the next one",
            "ask someone who may decide what is checked to review this",
        )


def _check_steps(branch: BranchChanges) -> Iterator[Finding]:
    """What one commit of the branch changed and a later one undid: the result shows no trace."""
    changed = {change.path for change in branch.changes}
    reported: set[str] = set()
    for step in branch.steps:
        path = step.change.path
        before = branch.before.get(path)
        if path in reported:
            continue
        if before is None and step.change.after is not None and path not in branch.after:
            reported.add(path)
            yield from _check_removed_draft(step)
        if before is None or step.change.after == before or path in changed | reported:
            continue
        reported.add(path)
        yield from _check_step(branch, step)


def _check_removed_draft(step: BranchStep) -> Iterator[Finding]:
    path = step.change.path
    if not path.startswith(f"{FROZEN}/"):
        return
    with suppress(ZumikError):
        ref = ReleaseRef.from_file_name(path.removeprefix(f"{FROZEN}/"))
        message = f"{step.commit[:10]} added {ref.id}, and a later commit removed it"
        yield DRAFT_REMOVED.at(path, message, _SQUASH)


def _check_step(branch: BranchChanges, step: BranchStep) -> Iterator[Finding]:
    path, commit = step.change.path, step.commit[:10]
    file = neutral(path)
    if path.startswith(f"{FROZEN}/") and not was_broken(branch.base, path):
        message = f"{commit} changed a release that landed, and a later commit undid it"
        yield FROZEN_TOUCHED.at(file, message, _DROP_COMMITS)
    elif path.startswith(f"{WITHDRAWN}/") and is_withdrawal(branch.base, path):
        message = f"{commit} changed a withdrawal that landed, and a later commit undid it"
        yield WITHDRAWAL_CHANGED.at(file, message, _DROP_COMMITS)
    elif path == UNAVAILABLE:
        message = f"{commit} changed the list of drains, and a later commit undid it"
        yield DRAINS_TOUCHED.at(file, message, _LIVE_FOR_A_MOMENT)
    elif path.startswith(f"{LIVE}/"):
        message = f"{commit} moved this pointer, and a later commit moved it back"
        yield POINTER_TOUCHED.at(file, message, _LIVE_FOR_A_MOMENT)
    elif path in (MARKER, ALLOWED_SIGNERS):
        message = f"{commit} changed it, and a later commit undid it; the base's judged this branch"
        yield SETTINGS_CHANGED.at(file, message, _SQUASH)
