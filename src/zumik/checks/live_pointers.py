"""Rules for the live pointers: what each says, and that its release exists and has its alias."""

from __future__ import annotations

from collections.abc import Generator, Iterator

from zumik.checks.release_chain import (
    ReleaseChain,
    foreign_entry,
    malformed_hint,
    too_new,
)
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.basics.restore_hint import restore_hint
from zumik.core.basics.secret_keys import secret_in
from zumik.core.basics.times import CLOCK_TOLERANCE
from zumik.core.basics.tree import DIRECTORY, FILE, FROZEN, LIVE, UNAVAILABLE, entries_of
from zumik.core.live.pointer import Pointer, pointer_to_bytes, read_pointer
from zumik.core.live.pointer_move import command_to_move
from zumik.core.releases.release import MAX_RELEASE_BYTES
from zumik.errors import ZumikError
from zumik.rules.integrity_rules import (
    AGAINST_SCHEMA,
    CREATED_IN_THE_FUTURE,
    MALFORMED_POINTER,
    MISNAMED_POINTER,
    NOT_A_POINTER_FILE,
    NOT_CANONICAL,
    POINTER_MISMATCH,
    POINTER_TO_NOTHING,
    SECRET_IN_TEXT,
)


def check_pointers(chain: ReleaseChain) -> Generator[Finding, None, list[Pointer]]:
    """Every entry of `live/` but the list of drains; returns the pointers that could be read."""
    tree = chain.tree
    pointers: list[Pointer] = []
    live_kind = tree.kind(LIVE)
    if live_kind not in (None, DIRECTORY):
        yield foreign_entry(tree, str(live_kind), LIVE, DIRECTORY)
        return pointers
    for name, kind in tree.entries(LIVE).items():
        path = f"{LIVE}/{name}"
        if path == UNAVAILABLE:
            continue
        if kind != FILE:
            yield foreign_entry(tree, kind, path)
        elif not name.endswith(".json"):
            message = "only live pointers and the list of drains belong in live/"
            yield NOT_A_POINTER_FILE.at(neutral(path), message, "remove it")
        else:
            pointer = yield from _check_pointer(chain, name)
            if pointer is not None:
                pointers.append(pointer)
    return pointers


def _check_pointer(chain: ReleaseChain, name: str) -> Generator[Finding, None, Pointer | None]:
    path, file = f"{LIVE}/{name}", f"{LIVE}/{neutral(name)}"
    # Read up to the larger bound: a pointer that is too long is malformed, and not unreadable.
    data = chain.tree.read(path, MAX_RELEASE_BYTES)
    restore = restore_hint(chain.tree, path)
    try:
        pointer = read_pointer(data)
    except ZumikError as error:
        yield MALFORMED_POINTER.at(file, error.message, malformed_hint(error, restore))
        return None
    if pointer.file_name != name:
        yield MISNAMED_POINTER.at(file, f"it is the pointer of {pointer.alias}", restore)
    if pointer_to_bytes(pointer) != data:
        yield NOT_CANONICAL.at(file, "the bytes are not the canonical ones", restore)
    for message in chain.scope.schema("pointer", data):
        yield AGAINST_SCHEMA.at(file, message, restore)
    secret = secret_in(pointer.reason)
    if secret is not None:
        # An error even where it has landed: the next move replaces the pointer, so that this blocks
        # no branch for long.
        yield SECRET_IN_TEXT.at(file, f"the reason holds {secret}", _REVOKE)
    if pointer.proposed_at > chain.scope.now + CLOCK_TOLERANCE:
        yield CREATED_IN_THE_FUTURE.at(
            file,
            f"proposed on {pointer.proposed_at:%Y-%m-%d %H:%M} UTC, which is in the future",
            "set the clock of the machine that moved it, and move it again",
            lesser=chain.scope.has_landed(name),
        )
    yield from _check_target(chain, pointer, file)
    return pointer


def _check_target(chain: ReleaseChain, pointer: Pointer, file: str) -> Iterator[Finding]:
    alias, target = pointer.alias, pointer.target
    ref = chain.releases.get(target.id)
    source, newer = chain.release(target.id), chain.newer(target.id)
    if newer is not None:
        # A release that was read whole has its finding; one that has landed was only hashed.
        yield too_new(f"{FROZEN}/{target.file_name}", newer, chain.scope)
    elif ref is None or source is None:
        is_there = target.file_name in entries_of(chain.tree, FROZEN)
        yield POINTER_TO_NOTHING.at(
            file,
            f"{alias} points to {target.id}, which is {'not intact' if is_there else 'missing'}",
            _restored_or_moved(chain, pointer),
        )
    elif ref != target:
        yield POINTER_MISMATCH.at(
            file,
            f"{alias} points to other bytes than {target.id} has",
            f"zumik alias promote {alias} --to {target.id}",
        )
    elif alias not in source.aliases:
        message = f"{alias} points to {target.id}, which has no such alias"
        yield POINTER_TO_NOTHING.at(file, message, _moved(chain, pointer))


def _restored_or_moved(chain: ReleaseChain, pointer: Pointer) -> str:
    path = f"{FROZEN}/{pointer.target.file_name}"
    if chain.tree.restore_command(path) is not None:
        return restore_hint(chain.tree, path)
    return _moved(chain, pointer)


def _moved(chain: ReleaseChain, pointer: Pointer) -> str:
    other = chain.other_release(pointer)
    if other is None:
        return f"no release that can be read holds {pointer.alias}: remove the pointer"
    return command_to_move(pointer.alias, pointer.target.id, other)


_REVOKE = "revoke it, and move the alias again with a reason that can be published"
