"""Each commit of a branch, held to what the result is held to.

A branch can be merged commit by commit, and what one commit does and a later one undoes lands then
too. Only commits that touch what is guarded are judged, and of those only the ones that leave it in
a state that the result does not show: what is in the result is judged there. Policy and catalog are
guarded as plain files; what they say on the way is judged where a release was frozen from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from zumik.actions.gate.branch_findings import landing_findings, settings_findings
from zumik.actions.gate.branch_trees import Branch
from zumik.actions.gate.checked_workspace import below, moved
from zumik.checks.all_history import judge_history
from zumik.checks.attributes import is_attributes_file
from zumik.core.basics.findings import Finding, Severity
from zumik.core.basics.tree import FROZEN, LEDGER, LIVE, MARKER, MAX_LEDGER_BYTES, WITHDRAWN
from zumik.core.releases.release import SIGNATURE_SUFFIX
from zumik.core.releases.signature import ALLOWED_SIGNERS
from zumik.core.reviews.branch_changes import BranchStep, FileChange, GitFile
from zumik.errors import CannotRun
from zumik.rules.integrity_rules import (
    ATTRIBUTES_CHANGE_BYTES,
    POINTER_MISMATCH,
    POINTER_TO_NOTHING,
)

MOST_COMMITS = 200
"""The commits of one branch that are judged beside its result; a branch with more is refused."""

_GUARDED = (f"{FROZEN}/", f"{LIVE}/", f"{WITHDRAWN}/")
_FILES = (ALLOWED_SIGNERS, LEDGER, MARKER)

# A pointer to a draft that is frozen again points nowhere until its own commit follows.
_WARNED = (POINTER_TO_NOTHING.code, POINTER_MISMATCH.code)

_HINT = (
    "merged commit by commit it would land for a moment: squash the branch, or rebase it without "
    "that commit and the one that undoes it"
)


def check_commits(branch: Branch, found: Sequence[Finding]) -> Iterator[Finding]:
    """The errors of single commits, of which the result shows nothing; `found` is the result's.

    A file that has an error in the result already gets no other. Raises CannotRun for a branch with
    more than `MOST_COMMITS` commits to judge.
    """
    commits = list(_to_judge(branch))
    if len(commits) > MOST_COMMITS:
        raise CannotRun(
            f"{len(commits)} commits of this branch move pointers or leave files that its result "
            f"does not show, and at most {MOST_COMMITS} are judged",
            hint="squash the branch, or land it in parts",
        )
    faulty = {item.location.file for item in found if item.severity is Severity.ERROR}
    for commit in commits:
        # What one commit left wrong is wrong in those after it too, and is reported once.
        errors = [item for item in _errors_at(branch, commit) if item.location.file not in faulty]
        faulty |= {item.location.file for item in errors}
        for item in errors:
            message = f"at commit {commit[:10]}, and not in the result: {item.message}"
            lesser = Severity.WARNING if item.code in _WARNED else item.severity
            yield item._replace(message=message, hint=_HINT, severity=lesser)


def _errors_at(branch: Branch, commit: str) -> Iterator[Finding]:
    """What is wrong in one commit with the files that it changes or that were changed before it."""
    one = branch.at(commit)
    if one.before.kind(MARKER) is None and one.after.kind(MARKER) is None:
        return  # Here the workspace is not made yet, or it was moved, which the result shows.
    history = judge_history(one.after, one.scope(full=False))
    changes = one.branch_changes.changes
    changed = {f"{one.after.name}/{change.path}" for change in changes}
    found = list(below(one.after, landing_findings(one, history)))
    found += settings_findings(one)
    for item in found:
        is_own = item.location.file in changed or item.code == ATTRIBUTES_CHANGE_BYTES.code
        if is_own and item.severity is Severity.ERROR:
            yield moved(item, one.after.name, one.directory)


def _to_judge(branch: Branch) -> Iterator[str]:
    """The commits that leave something guarded as the result does not have it, oldest first."""
    steps = sorted(branch.branch_changes.steps, key=lambda step: step.commit)
    by_commit = {commit: list(own) for commit, own in groupby(steps, lambda step: step.commit)}
    above = {step.commit for step in branch.attributes_steps}
    order = [step.commit for step in (*branch.branch_changes.steps, *branch.attributes_steps)]
    for commit in reversed(list(dict.fromkeys(order))):
        if commit == branch.merge.head:
            continue
        if commit in above or not _is_plain(branch, by_commit.get(commit, [])):
            yield commit


def _is_plain(branch: Branch, steps: Sequence[BranchStep]) -> bool:
    """Whether all that one commit does to what is guarded is in the result, and whole by itself."""
    ledger = next((step for step in steps if step.change.path == LEDGER), None)
    others = [step.change for step in steps if step is not ledger]
    if not all(_is_plain_change(branch, change) for change in others):
        return False
    frozen = {
        change.path
        for change in others
        if change.path.startswith(f"{FROZEN}/") and not change.path.endswith(SIGNATURE_SUFFIX)
    }
    return frozen == (set() if ledger is None else _added_lines(branch, ledger))


def _is_plain_change(branch: Branch, change: FileChange) -> bool:
    """Whether a file is left as the result has it, and needs no other file of a later commit."""
    path, after = change.path, change.after
    if not _is_guarded(path, after):
        return True
    if after is None or after != branch.after.files.get(path):
        return False
    if path.startswith(f"{FROZEN}/"):
        return change.before is None
    return not path.startswith(f"{LIVE}/") or _points_to_base(branch, after)


def _is_guarded(path: str, after: GitFile | None) -> bool:
    if path.startswith(_GUARDED) or path in _FILES:
        return True
    if is_attributes_file(path.rpartition("/")[2]):
        return True
    # A link, a submodule or an executable file, or a file in the place of a folder.
    folder, _, inside = path.partition("/")
    if folder not in ("catalog", FROZEN, LIVE, "policy", WITHDRAWN):
        return False
    return after is not None and (not inside or after.mode != "100644")


def _points_to_base(branch: Branch, file: GitFile | None) -> bool:
    """Whether a pointer names a release of the base, which is there in every commit."""
    pointer = branch.pointer(file)
    return pointer is not None and f"{FROZEN}/{pointer.target.file_name}" in branch.before.files


def _added_lines(branch: Branch, step: BranchStep) -> set[str] | None:
    """The files that a commit adds to the ledger; None where it does anything else to it.

    The result has to begin with the ledger of the commit.
    """
    before, after = (_bytes(branch, file) for file in (step.change.before, step.change.after))
    result = _bytes(branch, branch.after.files.get(LEDGER))
    if not after or not after.startswith(before) or not result.startswith(after):
        return None
    lines = after.removeprefix(before).decode("utf-8", "replace").splitlines()
    return {line.partition("  ")[2] for line in lines}


def _bytes(branch: Branch, file: GitFile | None) -> bytes:
    """The bytes of a ledger; none where it is not there, or too long to be one."""
    if file is None or branch.repository.size_of(file.blob) > MAX_LEDGER_BYTES:
        return b""
    return branch.repository.blob(file.blob)
