"""Rules for what a branch does to releases and ledger: it may only add to them.

What was broken on the base may be put right, so that a mistake that landed can be corrected.
"""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.basics.names import BadName
from zumik.core.basics.restore_hint import restore_hint
from zumik.core.basics.tree import FILE, FROZEN, LEDGER, MAX_LEDGER_BYTES, Tree
from zumik.core.releases.ledger import LedgerLine
from zumik.core.releases.release import (
    MAX_RELEASE_BYTES,
    SIGNATURE_SUFFIX,
    ReleaseRef,
    digest_of,
    heading_of,
)
from zumik.core.reviews.branch_changes import BranchChanges, FileChange
from zumik.errors import ZumikError
from zumik.rules.branch_rules import (
    FROZEN_DELETED,
    FROZEN_MODE_CHANGED,
    FROZEN_MODIFIED,
    FROZEN_RENAMED,
    LEDGER_REWRITTEN,
    SIGNATURE_CHANGED,
    STALE_PARENT,
)


def new_releases(branch: BranchChanges) -> list[ReleaseRef]:
    """The releases that the branch adds, in the order of their ids."""
    found = []
    for change in branch.changes:
        if change.before is None and change.path.startswith(f"{FROZEN}/"):
            try:
                found.append(ReleaseRef.from_file_name(change.path.removeprefix(f"{FROZEN}/")))
            except ZumikError:
                continue
    return sorted(found, key=lambda ref: ref.id.order)


def check_parents(branch: BranchChanges, newest: ReleaseRef | None) -> Iterator[Finding]:
    """The first release that is added follows the newest release of the base, and no older one."""
    for ref in new_releases(branch)[:1]:
        path = f"{FROZEN}/{ref.file_name}"
        try:
            heading = heading_of(branch.merged.read(path, MAX_RELEASE_BYTES))
        except ZumikError:
            return
        if heading is not None and heading.parent != newest:
            named = heading.parent.id if heading.parent else "none"
            yield STALE_PARENT.at(
                path,
                f"{ref.id} was frozen on {named}, but {newest.id if newest else 'none'} is the "
                "newest now",
                "zumik release refreeze freezes it again, on the newest",
            )


def check_frozen_change(branch: BranchChanges, change: FileChange) -> Iterator[Finding]:
    """A landed file of `frozen/` keeps its name, its mode and every byte."""
    before, after, path = change.before, change.after, change.path
    if before is None or was_broken(branch.base, path):
        return
    file, hint = neutral(path), restore_hint(branch.base, path, "a correction is a new release")
    if path.endswith(SIGNATURE_SUFFIX):
        yield SIGNATURE_CHANGED.at(file, "a signature that landed was changed", hint)
    elif after is None:
        changes = branch.changes
        copies = (c.path for c in changes if c.before is None and c.after == before)
        if (other := next(copies, None)) is not None:
            message = f"a release that landed was renamed {neutral(other)}"
            yield FROZEN_RENAMED.at(file, message, hint)
        else:
            yield FROZEN_DELETED.at(file, "a release that landed was removed", hint)
    elif after.mode != before.mode:
        message = f"the mode of a release that landed was changed from {before.mode} to "
        yield FROZEN_MODE_CHANGED.at(file, message + after.mode, hint)
    else:
        yield FROZEN_MODIFIED.at(file, "a release that landed was changed", hint)


def was_broken(base: Tree, path: str) -> bool:
    """Whether the bytes of a release are wrong on the base already, so that they may be mended."""
    if path.endswith(SIGNATURE_SUFFIX):
        return False
    try:
        ref = ReleaseRef.from_file_name(path.removeprefix(f"{FROZEN}/"))
        return digest_of(base.read(path, MAX_RELEASE_BYTES)) != ref.sha256
    except ZumikError:
        return True


def check_ledger_change(branch: BranchChanges) -> Iterator[Finding]:
    """The ledger is the base's with lines added at its end."""
    before, after = (_ledger_lines(tree) for tree in (branch.base, branch.merged))
    if after[: len(before)] != before:
        yield LEDGER_REWRITTEN.at(
            LEDGER,
            "the ledger is not the base's with lines added at its end",
            restore_hint(branch.base, LEDGER, "then zumik release refreeze adds the new lines"),
        )


def _ledger_lines(tree: Tree) -> list[str]:
    """The well-formed lines of a ledger: a malformed line may be removed."""
    if tree.kind(LEDGER) != FILE:
        return []
    lines = tree.read(LEDGER, MAX_LEDGER_BYTES).decode("utf-8", "replace").splitlines()
    return [line for line in lines if _is_ledger_line(line)]


def _is_ledger_line(line: str) -> bool:
    try:
        return LedgerLine.from_text(line).names_its_digest
    except BadName:
        return False
