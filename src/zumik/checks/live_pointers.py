"""Rules for the live pointers: what each says, and that its release is there and has its alias."""

from __future__ import annotations

from zumik.checks.release_chain import CLOCK_TOLERANCE, RESTORE, Line
from zumik.checks.secret_keys import secret_in
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Severity
from zumik.core.basics.tree import DIRECTORY, FILE, FROZEN, LIVE, UNAVAILABLE
from zumik.core.live.pointer import Pointer, pointer_to_bytes, read_pointer
from zumik.core.releases.release import MAX_RELEASE_BYTES
from zumik.errors import ZumikError


def check_pointers(line: Line) -> list[Pointer]:
    """Every entry of `live/` but the list of drains; the pointers that could be read."""
    pointers: list[Pointer] = []
    what = line.tree.kind(LIVE)
    if what not in (None, DIRECTORY):
        line.foreign(str(what), LIVE)
        return pointers
    for name, kind in line.tree.entries(LIVE).items():
        file = f"{LIVE}/{neutral(name)}"
        if file == UNAVAILABLE:
            continue
        if kind != FILE:
            line.foreign(kind, file)
        elif not name.endswith(".json"):
            line.found("not-a-pointer-file", "only live pointers live in live/", file, "remove it")
        elif (pointer := _check_pointer(line, name, file)) is not None:
            pointers.append(pointer)
    return pointers


def _check_pointer(line: Line, name: str, file: str) -> Pointer | None:
    data = line.tree.read(f"{LIVE}/{name}", MAX_RELEASE_BYTES)  # what is too long is malformed
    try:
        pointer = read_pointer(data)
    except ZumikError as error:
        line.found("malformed-pointer", error.message, file, RESTORE)
        return None
    if pointer.file_name != name:
        line.found("misnamed-pointer", f"it is the pointer of {pointer.alias}", file, RESTORE)
    if pointer_to_bytes(pointer) != data:
        line.found("not-canonical", "the bytes are not the canonical ones", file, _MOVE)
    for message in line.scope.schema("pointer", data):
        line.found("against-schema", message, file, _MOVE)
    secret = secret_in(pointer.reason)
    if secret is not None:
        # The next move replaces the pointer, but git keeps it.
        line.found("secret-in-text", f"the reason holds {secret}", file, _REVOKE, Severity.ERROR)
    if pointer.proposed_at > line.scope.now + CLOCK_TOLERANCE:
        line.found(
            "created-in-the-future",
            f"proposed on {pointer.proposed_at:%Y-%m-%d %H:%M} UTC, which is to come",
            file,
            "set the clock of the machine that moved it, and move it again",
        )
    _check_target(line, pointer, file)
    return pointer


def _check_target(line: Line, pointer: Pointer, file: str) -> None:
    ref = line.releases.get(pointer.target.id)
    source = line.release(pointer.target.id)
    if ref is None or source is None:
        is_spoilt = pointer.target.file_name in line.tree.entries(FROZEN)
        line.found(
            "pointer-to-nothing",
            f"{pointer.alias} points to {pointer.target.id}, which is "
            f"{'not intact' if is_spoilt else 'not there'}",
            file,
            "restore the release" if is_spoilt else f"zumik alias rollback {pointer.alias}",
        )
    elif ref != pointer.target:
        line.found(
            "pointer-mismatch",
            f"{pointer.alias} points to other bytes than {pointer.target.id}",
            file,
            f"zumik alias promote {pointer.alias} --to {pointer.target.id}",
        )
    elif pointer.alias not in source.aliases:
        line.found(
            "pointer-to-nothing",
            f"{pointer.target.id} has no alias {pointer.alias}",
            file,
            f"zumik alias rollback {pointer.alias}",
        )


_MOVE = "pointers are made by zumik alias promote and rollback, never by hand"
_REVOKE = "revoke it, and move the alias again with a reason that can be published"
