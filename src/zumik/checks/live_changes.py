"""Rules for what a branch does to live pointers, the list of drains and withdrawals.

Pointers and the list move forward by their generation; a withdrawal that landed stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.basics.restore_hint import restore_hint
from zumik.core.basics.tree import FROZEN, UNAVAILABLE, WITHDRAWN, Tree
from zumik.core.live.drains import MAX_DRAINS_BYTES, NO_DRAINS, Drains, read_drains
from zumik.core.live.pointer import MAX_POINTER_BYTES, Pointer, read_pointer
from zumik.core.releases.withdrawal import MAX_WITHDRAWAL_BYTES, read_withdrawal
from zumik.core.reviews.branch_changes import BranchChanges, FileChange
from zumik.errors import ZumikError
from zumik.rules.branch_rules import (
    DRAINS_REMOVED,
    GENERATION_JUMPS,
    GENERATION_NOT_ABOVE,
    NOT_A_ROLLBACK,
    POINTER_REMOVED,
    RETIREMENT_MOVES,
    UNMARKED_ROLLBACK,
    WITHDRAWAL_CHANGED,
)

_MAX_JUMP = 1000
"""How far one branch may raise a generation: more than anyone moves an alias in one branch, and so
little that the numbers never run out."""


def check_pointer_change(branch: BranchChanges, change: FileChange) -> Iterator[Finding]:
    """A pointer counts up with every move, is never removed, and says when it goes back."""
    file, base = neutral(change.path), branch.base
    before, after = (pointer_in(tree, change.path) for tree in (base, branch.merged))
    if after is not None and after.generation > (before.generation if before else 0) + _MAX_JUMP:
        again = "then move the alias again"
        hint = restore_hint(base, change.path, again) if before else f"remove it; {again}"
        message = f"generation {after.generation} leaves no room for the moves to come"
        yield GENERATION_JUMPS.at(file, message, hint)
    if after is not None and (before is not None or change.before is None):
        yield from _check_kind(branch, change, before, after)
    if before is None:
        return
    if change.after is None:
        yield POINTER_REMOVED.at(
            file,
            f"the live pointer of {before.alias} was removed",
            restore_hint(
                base,
                change.path,
                f"then: zumik alias retire {before.alias} --reason '…'; it keeps the history",
            ),
        )
    if after is None:
        return
    if after.generation <= before.generation:
        yield GENERATION_NOT_ABOVE.at(
            file,
            f"generation {after.generation} replaces {before.generation}: {before.alias} was moved "
            "on the base since, or edited by hand",
            restore_hint(base, change.path, "then move the alias again"),
        )


def _check_kind(
    branch: BranchChanges, change: FileChange, before: Pointer | None, after: Pointer
) -> Iterator[Finding]:
    """The move is of the kind that it says: forward, back to what was live, or the end."""
    alias, target, file = after.alias, after.target, neutral(change.path)
    was_live = target in branch.was_live.get(change.path, ())
    goes_back = before is not None and target.id.order < before.target.id.order
    again = "then zumik release create, and promote what it makes"
    if after.kind == "retire":
        if before is None or target != before.target:
            message, hint = f"{alias} is retired, but {alias} has no live pointer", "remove it"
            if before is not None:
                message = f"{alias} is retired at {target.id}, but it points to {before.target.id}"
                then = f"then: zumik alias retire {alias} --reason '…'"
                hint = restore_hint(branch.base, change.path, then)
            yield RETIREMENT_MOVES.at(file, message, hint)
    elif after.kind == "promote" and before is not None and goes_back:
        command = f"then zumik alias rollback {alias} --to {target.id}" if was_live else again
        yield UNMARKED_ROLLBACK.at(
            file,
            f"{alias} goes back from {before.target.id} to {target.id} as a promotion",
            restore_hint(branch.base, change.path, command),
        )
    elif after.kind == "rollback" and (before is None or target != before.target):
        forward = before is not None and not goes_back
        if forward:
            message = f"{alias} goes forward to {target.id} as a rollback"
            again = f"then zumik alias promote {alias} --to {target.id}"
        elif was_live:
            return
        else:
            message = f"{alias} goes back to {target.id}, which was never live for it"
        yield NOT_A_ROLLBACK.at(file, message, restore_hint(branch.base, change.path, again))


def pointer_in(tree: Tree, path: str) -> Pointer | None:
    """A pointer of one side; None where it cannot be read."""
    try:
        return read_pointer(tree.read(path, MAX_POINTER_BYTES))
    except ZumikError:
        return None


def check_drains_change(branch: BranchChanges, change: FileChange) -> Iterator[Finding]:
    """The list counts up with every change, and is never removed: it is emptied."""
    base = branch.base
    before, after = (drains_in(tree) for tree in (base, branch.merged))
    if change.after is None:
        yield DRAINS_REMOVED.at(
            UNAVAILABLE,
            "the list of drains was removed, and with it its generation",
            restore_hint(base, UNAVAILABLE, "then zumik undrain --all empties it"),
        )
        return
    if after is None:
        return
    # A list that could not be read on the base may be corrected, and its generation is unknown.
    previous = before.generation if before else after.generation - 1
    again = "then drain again: zumik drain MODELS --until 4h --reason '…'"
    hint = restore_hint(base, UNAVAILABLE, again) if change.before else f"remove it; {again}"
    if after.generation <= previous:
        yield GENERATION_NOT_ABOVE.at(
            UNAVAILABLE,
            f"generation {after.generation} replaces {previous}: the list was changed on the base "
            "since, or edited by hand",
            hint,
        )
    if after.generation > previous + _MAX_JUMP:
        message = f"generation {after.generation} leaves no room for the changes to come"
        yield GENERATION_JUMPS.at(UNAVAILABLE, message, hint)


def drains_in(tree: Tree) -> Drains | None:
    """The list of drains of one side; None where it cannot be read."""
    if tree.kind(UNAVAILABLE) is None:
        return NO_DRAINS
    try:
        return read_drains(tree.read(UNAVAILABLE, MAX_DRAINS_BYTES))
    except ZumikError:
        return None


def check_withdrawal_change(branch: BranchChanges, change: FileChange) -> Iterator[Finding]:
    """A withdrawal that landed stays as it is."""
    if change.before is None or not is_withdrawal(branch.base, change.path):
        return
    done = "removed" if change.after is None else "changed"
    then = "a new release may freeze what was right in it"
    yield WITHDRAWAL_CHANGED.at(
        neutral(change.path),
        f"a withdrawal that landed was {done}",
        restore_hint(branch.base, change.path, then),
    )


def is_withdrawal(tree: Tree, path: str) -> bool:
    """Whether a file of `withdrawn/` marks a release that exists; any other file may be mended."""
    try:
        mark = read_withdrawal(tree.read(path, MAX_WITHDRAWAL_BYTES))
    except ZumikError:
        return False
    named = path == f"{WITHDRAWN}/{mark.file_name}"
    return named and tree.kind(f"{FROZEN}/{mark.target.file_name}") is not None
