"""Rules for withdrawn releases: what each mark says, and that no live pointer names one of them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator

from zumik.checks.release_chain import (
    ReleaseChain,
    foreign_entry,
    malformed_hint,
)
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.findings import Finding
from zumik.core.basics.names import ReleaseId
from zumik.core.basics.restore_hint import restore_hint
from zumik.core.basics.secret_keys import secret_in
from zumik.core.basics.times import CLOCK_TOLERANCE
from zumik.core.basics.tree import DIRECTORY, FILE, FROZEN, LIVE, WITHDRAWN, entries_of
from zumik.core.live.pointer import Pointer
from zumik.core.live.pointer_move import command_to_move
from zumik.core.releases.release import MAX_RELEASE_BYTES, MAX_TEXT
from zumik.core.releases.withdrawal import Withdrawal, read_withdrawal, withdrawal_to_bytes
from zumik.errors import ZumikError
from zumik.rules.integrity_rules import (
    CREATED_IN_THE_FUTURE,
    MALFORMED_WITHDRAWAL,
    POINTER_TO_WITHDRAWN,
    SECRET_IN_TEXT,
    TEXT_TOO_LONG,
    WITHDRAWAL_OF_NOTHING,
)


def check_withdrawals(chain: ReleaseChain, pointers: Iterable[Pointer]) -> Iterator[Finding]:
    """Every entry of `withdrawn/`, and the pointers against the marks that could be read."""
    tree = chain.tree
    directory_kind = tree.kind(WITHDRAWN)
    if directory_kind not in (None, DIRECTORY):
        yield foreign_entry(tree, str(directory_kind), WITHDRAWN, DIRECTORY)
        return
    withdrawn: dict[ReleaseId, Withdrawal] = {}
    for name, kind in tree.entries(WITHDRAWN).items():
        if kind != FILE:
            yield foreign_entry(tree, kind, f"{WITHDRAWN}/{name}")
            continue
        mark = yield from _check_mark(chain, name)
        if mark is not None:
            withdrawn[mark.target.id] = mark
    for pointer in pointers:
        found = withdrawn.get(pointer.target.id)
        if found is not None and not pointer.is_retired:
            other = chain.other_release(pointer, withdrawn)
            yield POINTER_TO_WITHDRAWN.at(
                f"{LIVE}/{pointer.file_name}",
                f"{pointer.alias} points to {pointer.target.id}, which is withdrawn: "
                f"{shown(found.reason)}",
                command_to_move(pointer.alias, pointer.target.id, other),
            )


def _check_mark(chain: ReleaseChain, name: str) -> Generator[Finding, None, Withdrawal | None]:
    path, file = f"{WITHDRAWN}/{name}", f"{WITHDRAWN}/{neutral(name)}"
    # Read up to the larger bound: a mark that is too long is malformed, and not unreadable.
    data = chain.tree.read(path, MAX_RELEASE_BYTES)
    restore = restore_hint(chain.tree, path)
    try:
        mark = read_withdrawal(data)
    except ZumikError as error:
        yield MALFORMED_WITHDRAWAL.at(file, error.message, malformed_hint(error, restore))
        return None
    if mark.file_name != name:
        yield MALFORMED_WITHDRAWAL.at(file, f"it is the withdrawal of {mark.target.id}", restore)
    if withdrawal_to_bytes(mark) != data:
        yield MALFORMED_WITHDRAWAL.at(file, "the bytes are not the canonical ones", restore)
    for message in chain.scope.schema("withdrawal", data):
        yield MALFORMED_WITHDRAWAL.at(file, message, restore)
    yield from _check_target(chain, mark, file)
    yield from _check_texts(chain, mark, name, file)
    return mark


def _check_target(chain: ReleaseChain, mark: Withdrawal, file: str) -> Iterator[Finding]:
    target = mark.target
    ref = chain.releases.get(target.id)
    if ref is None:
        is_there = target.file_name in entries_of(chain.tree, FROZEN)
        state = "not intact" if is_there else "missing"
        message = f"it withdraws {target.id}, which is {state}"
        hint = restore_hint(chain.tree, f"{FROZEN}/{target.file_name}")
    elif ref != target:
        message = f"it withdraws other bytes than {target.id} has"
        hint = f"remove the mark, then: zumik release withdraw {target.id} --reason '…'"
    else:
        return
    yield WITHDRAWAL_OF_NOTHING.at(file, message, hint)


def _check_texts(chain: ReleaseChain, mark: Withdrawal, name: str, file: str) -> Iterator[Finding]:
    """The reason and the date, which are published for ever."""
    # What has landed cannot be corrected, so an error would block every later branch.
    landed = chain.scope.has_landed(name)
    secret = secret_in(mark.reason)
    if secret is not None:
        yield SECRET_IN_TEXT.at(file, f"the reason holds {secret}", _REVOKE, lesser=landed)
    size = len(mark.reason)
    if size > MAX_TEXT:
        message = f"the reason has {size:,} characters, more than {MAX_TEXT:,}"
        yield TEXT_TOO_LONG.at(file, message, "link to the discussion instead", lesser=landed)
    if mark.withdrawn_at > chain.scope.now + CLOCK_TOLERANCE:
        yield CREATED_IN_THE_FUTURE.at(
            file,
            f"withdrawn on {mark.withdrawn_at:%Y-%m-%d %H:%M} UTC, which is in the future",
            "set the clock of the machine that withdrew it, and withdraw it again",
            lesser=landed,
        )


_REVOKE = "revoke it: what lands is published for ever; then withdraw again without it"
