"""Rules for what a branch may do: add to the line and move pointers, and touch nothing else.

They look at the base, at what merging gives and at every step between; never at older history, so
that a mistake that landed can be mended: what was broken on the base may be put right.
"""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding, Location, Severity
from zumik.core.basics.names import BadName
from zumik.core.basics.tree import (
    FILE,
    FROZEN,
    LEDGER,
    LIVE,
    MARKER,
    MAX_LEDGER_BYTES,
    UNAVAILABLE,
    WITHDRAWN,
    Tree,
)
from zumik.core.live.drains import MAX_DRAINS_BYTES, NO_DRAINS, Drains, read_drains
from zumik.core.live.pointer import MAX_POINTER_BYTES, Pointer, read_pointer
from zumik.core.releases.ledger import LedgerLine
from zumik.core.releases.release import (
    MAX_RELEASE_BYTES,
    SIGNATURE_SUFFIX,
    ReleaseRef,
    digest_of,
    heading_of,
)
from zumik.core.releases.signature import ALLOWED_SIGNERS
from zumik.core.releases.withdrawal import MAX_WITHDRAWAL_BYTES, read_withdrawal
from zumik.core.reviews.branch_changes import FileChange, Transition
from zumik.errors import ZumikError


def check_transition(what: Transition) -> Iterator[Finding]:
    """What this branch does that no branch may, in the order of the files."""
    for change in what.changes:
        if change.path.startswith(f"{FROZEN}/"):
            yield from _check_frozen(what, change)
        elif change.path == UNAVAILABLE:
            yield from _check_drains(what, change)
        elif change.path.startswith(f"{LIVE}/"):
            yield from _check_live(what, change)
        elif change.path.startswith(f"{WITHDRAWN}/"):
            yield from _check_withdrawn(what, change)
        elif change.path in (MARKER, ALLOWED_SIGNERS):
            yield from _check_settings(change)
    yield from _check_steps(what)
    yield from _check_ledger(what)


def new_releases(what: Transition) -> list[ReleaseRef]:
    """The releases that the branch adds, in the order of their ids."""
    found = []
    for change in what.changes:
        if change.before is None and change.path.startswith(f"{FROZEN}/"):
            try:
                found.append(ReleaseRef.from_file_name(change.path.removeprefix(f"{FROZEN}/")))
            except ZumikError:
                continue
    return sorted(found, key=lambda ref: ref.id.order)


def check_parents(what: Transition, newest: ReleaseRef | None) -> Iterator[Finding]:
    """The first release that is added follows the newest of the base, and not an older one."""
    for ref in new_releases(what)[:1]:
        path = f"{FROZEN}/{ref.file_name}"
        try:
            heading = heading_of(what.merged.read(path, MAX_RELEASE_BYTES))
        except ZumikError:
            return
        if heading is not None and heading.parent != newest:
            named = heading.parent.id if heading.parent else "none"
            yield _error(
                "stale-parent",
                f"{ref.id} was frozen on {named}, and {newest.id if newest else 'none'} is the "
                "newest by now",
                path,
                "zumik release refreeze freezes it again, on the newest",
            )


# Frozen files


def _check_frozen(what: Transition, change: FileChange) -> Iterator[Finding]:
    before, after = change.before, change.after
    if before is None or _was_broken(what.base, change.path):
        return
    name = neutral(change.path)
    if change.path.endswith(SIGNATURE_SUFFIX):
        yield _error("signature-changed", "a signature that landed was changed", name, _RESTORE)
    elif after is None:
        other = next((c.path for c in what.changes if c.before is None and c.after == before), None)
        if other is not None:
            yield _error(
                "frozen-renamed",
                f"a release that landed was renamed {neutral(other)}",
                name,
                _RESTORE,
            )
        else:
            yield _error("frozen-deleted", "a release that landed was removed", name, _RESTORE)
    elif after.mode != before.mode:
        yield _error(
            "frozen-mode-changed",
            f"the mode of a release that landed was changed from {before.mode} to {after.mode}",
            name,
            _RESTORE,
        )
    else:
        yield _error("frozen-modified", "a release that landed was changed", name, _RESTORE)


def _was_broken(base: Tree, path: str) -> bool:
    """Whether a file of `frozen/` is not what its name says on the base, and so may be mended."""
    if path.endswith(SIGNATURE_SUFFIX):
        return False
    try:
        ref = ReleaseRef.from_file_name(path.removeprefix(f"{FROZEN}/"))
        return digest_of(base.read(path, MAX_RELEASE_BYTES)) != ref.sha256
    except ZumikError:
        return True


def _check_steps(what: Transition) -> Iterator[Finding]:
    """What a commit of the branch did and a later one took back: no trace of it is in the end."""
    ends = {change.path for change in what.changes}
    told = set()
    for step in what.steps:
        path, after = step.change.path, step.change.after
        was = what.before.get(path)
        if was is None or after == was or path in ends or path in told:
            continue
        told.add(path)
        if path.startswith(f"{FROZEN}/") and not _was_broken(what.base, path):
            yield _error(
                "frozen-touched",
                f"{step.commit[:10]} changed a release that landed, and it was put back later",
                neutral(path),
                "rebase the branch without that commit: history is kept as it was made",
            )
        elif path.startswith(f"{WITHDRAWN}/") and _is_withdrawal(what.base, path):
            yield _error(
                "withdrawal-changed",
                f"{step.commit[:10]} changed a withdrawal that landed, and it was put back later",
                neutral(path),
                "rebase the branch without that commit: history is kept as it was made",
            )
        elif path == UNAVAILABLE:
            message = f"{step.commit[:10]} changed the list of drains, and it was put back later"
            yield _touched("drains-touched", message, path)
        elif path.startswith(f"{LIVE}/"):
            message = f"{step.commit[:10]} moved this pointer, and it was moved back later"
            yield _touched("pointer-touched", message, path)


def _touched(code: str, message: str, path: str) -> Finding:
    hint = "merged commit by commit it would be live for a moment; squash, or rebase it away"
    return Finding(code, Severity.WARNING, message, Location(neutral(path)), hint)


# The ledger


def _check_ledger(what: Transition) -> Iterator[Finding]:
    before, after = (_vouched(tree) for tree in (what.base, what.merged))
    if after[: len(before)] != before:
        yield _error(
            "ledger-rewritten",
            "the ledger is not the base's with lines added at its end",
            LEDGER,
            "git restore --source BASE releases/SHA256SUMS; then zumik release refreeze",
        )


def _vouched(tree: Tree) -> list[str]:
    """The lines of a ledger that are lines of one: a broken line may be taken out."""
    if tree.kind(LEDGER) != FILE:
        return []
    lines = tree.read(LEDGER, MAX_LEDGER_BYTES).decode("utf-8", "replace").splitlines()
    return [line for line in lines if _is_line(line)]


def _is_line(line: str) -> bool:
    try:
        return LedgerLine.from_text(line).names_its_digest
    except BadName:
        return False


# Pointers and settings


def _check_live(what: Transition, change: FileChange) -> Iterator[Finding]:
    file = neutral(change.path)
    before, after = (_pointer(tree, change.path) for tree in (what.base, what.merged))
    if after is not None and after.generation > (before.generation if before else 0) + _MAX_JUMP:
        yield _error(
            "generation-jumps",
            f"generation {after.generation} leaves no room for the moves to come",
            file,
            f"git restore --source BASE {file}, and move it with zumik alias promote",
        )
    if before is None:
        return
    if change.after is None:
        yield _error(
            "pointer-removed",
            f"the live pointer of {before.alias} was removed",
            file,
            f"zumik alias retire {before.alias} ends an alias and keeps its history",
        )
    if after is None:
        return
    if after.generation <= before.generation:
        yield _error(
            "generation-not-above",
            f"generation {after.generation} replaces {before.generation}: somebody moved "
            f"{before.alias} in between, or by hand",
            file,
            f"git restore --source BASE {file}, and move it again",
        )
    older = after.target.id.order < before.target.id.order
    if older and after.kind == "promote":
        yield _error(
            "unmarked-rollback",
            f"{after.alias} goes back from {before.target.id} to {after.target.id} as a promotion",
            file,
            f"zumik alias rollback {after.alias} --to {after.target.id} says what it is",
        )


def _check_drains(what: Transition, change: FileChange) -> Iterator[Finding]:
    """The list counts up with every change, and is never taken away: it is emptied."""
    before, after = (_drains(tree) for tree in (what.base, what.merged))
    if change.after is None:
        yield _error(
            "drains-removed",
            "the list of drains was removed, and with it its generation",
            UNAVAILABLE,
            f"git restore --source BASE {UNAVAILABLE}, and zumik undrain --all",
        )
        return
    if after is None:
        return
    # What could not be read on the base may be mended.
    was = before.generation if before else after.generation - 1
    hint = f"git restore --source BASE {UNAVAILABLE}, and drain again with zumik drain"
    if after.generation <= was:
        message = (
            f"generation {after.generation} replaces {was}: somebody changed the drains in "
            "between, or by hand"
        )
        yield _error("generation-not-above", message, UNAVAILABLE, hint)
    if after.generation > was + _MAX_JUMP:
        message = f"generation {after.generation} leaves no room for the changes to come"
        yield _error("generation-jumps", message, UNAVAILABLE, hint)


def _drains(tree: Tree) -> Drains | None:
    """The list of drains of one side; None where it cannot be read."""
    if tree.kind(UNAVAILABLE) is None:
        return NO_DRAINS
    try:
        return read_drains(tree.read(UNAVAILABLE, MAX_DRAINS_BYTES))
    except ZumikError:
        return None


def _pointer(tree: Tree, path: str) -> Pointer | None:
    try:
        return read_pointer(tree.read(path, MAX_POINTER_BYTES))
    except ZumikError:
        return None


def _check_withdrawn(what: Transition, change: FileChange) -> Iterator[Finding]:
    if change.before is None or not _is_withdrawal(what.base, change.path):
        return
    done = "removed" if change.after is None else "changed"
    yield _error(
        "withdrawal-changed",
        f"a withdrawal that landed was {done}",
        neutral(change.path),
        "git restore --source BASE FILE puts it back; a new release may say the same again",
    )


def _is_withdrawal(tree: Tree, path: str) -> bool:
    """Whether a file of `withdrawn/` is the mark of a release that is there, or may be mended."""
    try:
        mark = read_withdrawal(tree.read(path, MAX_WITHDRAWAL_BYTES))
    except ZumikError:
        return False
    named = path == f"{WITHDRAWN}/{mark.file_name}"
    return named and tree.kind(f"{FROZEN}/{mark.target.file_name}") is not None


_MAX_JUMP = 1000
"""How many moves one branch may stand for: nobody makes as many, and numbers are not used up."""


def _check_settings(change: FileChange) -> Iterator[Finding]:
    if change.path == MARKER and change.after is None:
        yield _error(
            "workspace-removed",
            "the file that marks the workspace was removed, and with it all further checks",
            MARKER,
            "git restore --source BASE FILE puts it back",
        )
    elif change.before is not None:
        yield Finding(
            "settings-changed",
            Severity.NOTICE,
            "changed here; this branch was judged by the base's, the next one is by these",
            Location(change.path),
            "let somebody read this who may decide what is checked",
        )


def _error(code: str, message: str, file: str, hint: str) -> Finding:
    return Finding(code, Severity.ERROR, message, Location(file), hint)


_RESTORE = "git restore --source BASE FILE puts it back; a correction is a new release"
