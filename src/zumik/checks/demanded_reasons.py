"""Rules for reasons, where what landed demands them: of all that has yet to land.

A reason counts where it lands with the change: in the pointer, in the list of drains, in the mark
of a withdrawal, as the note of a release. The list has no place for why a drain was taken off it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zumik.checks.live_changes import drains_in, pointer_in
from zumik.checks.release_chain import ReleaseChain
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.findings import Finding
from zumik.core.basics.restore_hint import restore_hint
from zumik.core.basics.tree import FROZEN, LIVE, UNAVAILABLE, WITHDRAWN, Tree
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import ReleaseRef, is_blank
from zumik.core.releases.withdrawal import MAX_WITHDRAWAL_BYTES, read_withdrawal
from zumik.errors import ZumikError
from zumik.rules.branch_rules import REASON_MISSING


def check_reasons(
    before: Tree,
    after: Tree,
    changed: Iterable[str],
    chain: ReleaseChain,
    new: Iterable[ReleaseRef],
) -> Iterator[Finding]:
    """What changes and says no reason for it; what cannot be read has other findings.

    `before` is what landed, `changed` are the files of `after` that are not the same there, and
    `new` are the releases of `chain` that have yet to land.
    """
    for path in changed:
        if path == UNAVAILABLE:
            yield from _check_drains(before, after)
        elif path.startswith(f"{LIVE}/"):
            yield from _check_pointer(before, after, path)
        elif path.startswith(f"{WITHDRAWN}/") and before.kind(path) is None:
            yield from _check_withdrawal(after, path)
    for ref in new:
        source = chain.release(ref.id)
        if source is not None and source.ref == ref and is_blank(source.release.note):
            yield REASON_MISSING.at(
                f"{FROZEN}/{ref.file_name}",
                f"{ref.id} has no note",
                "drop the commit that made it, then zumik release create --note '…'",
            )


def _check_pointer(before: Tree, after: Tree, path: str) -> Iterator[Finding]:
    pointer = pointer_in(after, path)
    if pointer is None or not is_blank(pointer.reason):
        return
    again = f"then: {_again(pointer)} --reason '…'"
    hint = f"remove it; {again}"
    if before.kind(path) is not None:
        hint = restore_hint(before, path, again)
    yield REASON_MISSING.at(
        neutral(path), f"{pointer.alias} moves without a reason ({pointer.kind})", hint
    )


def _again(pointer: Pointer) -> str:
    to = "" if pointer.is_retired else f" --to {pointer.target.id}"
    return f"zumik alias {pointer.kind} {pointer.alias}{to}"


def _check_drains(before: Tree, after: Tree) -> Iterator[Finding]:
    landed, drains = (drains_in(tree) for tree in (before, after))
    for drain in drains.drains if drains is not None else ():
        if is_blank(drain.reason) and (landed is None or drain not in landed.drains):
            yield REASON_MISSING.at(
                UNAVAILABLE,
                f"{shown(drain.models)} is drained without a reason",
                "drain it again: zumik drain MODELS --until 4h --reason '…'",
            )


def _check_withdrawal(after: Tree, path: str) -> Iterator[Finding]:
    try:
        mark = read_withdrawal(after.read(path, MAX_WITHDRAWAL_BYTES))
    except ZumikError:
        return
    if is_blank(mark.reason):
        yield REASON_MISSING.at(
            neutral(path),
            f"the mark of {mark.target.id} gives no reason",
            f"remove it; then: zumik release withdraw {mark.target.id} --reason '…'",
        )
