"""Rules for withdrawn releases: what each mark says, and that nothing live names one of them."""

from __future__ import annotations

from collections.abc import Iterable

from zumik.checks.release_chain import CLOCK_TOLERANCE, RESTORE, Line
from zumik.checks.secret_keys import secret_in
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.findings import Severity
from zumik.core.basics.names import ReleaseId
from zumik.core.basics.tree import DIRECTORY, FILE, LIVE, WITHDRAWN
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import MAX_RELEASE_BYTES, MAX_TEXT
from zumik.core.releases.withdrawal import Withdrawal, read_withdrawal, withdrawal_to_bytes
from zumik.errors import ZumikError


def check_withdrawals(line: Line, pointers: Iterable[Pointer]) -> None:
    """Every entry of `withdrawn/`, and the pointers against those that could be read."""
    what = line.tree.kind(WITHDRAWN)
    if what not in (None, DIRECTORY):
        line.foreign(str(what), WITHDRAWN)
        return
    withdrawn: dict[ReleaseId, Withdrawal] = {}
    for name, kind in line.tree.entries(WITHDRAWN).items():
        file = f"{WITHDRAWN}/{neutral(name)}"
        if kind != FILE:
            line.foreign(kind, file)
        elif (mark := _check_mark(line, name, file)) is not None:
            withdrawn[mark.target.id] = mark
    for pointer in pointers:
        found = withdrawn.get(pointer.target.id)
        if found is not None and pointer.kind != "retire":
            line.found(
                "pointer-to-withdrawn",
                f"{pointer.alias} points to {pointer.target.id}, which is withdrawn: "
                f"{shown(found.reason)}",
                f"{LIVE}/{pointer.file_name}",
                f"zumik alias rollback {pointer.alias}, or promote a release that stands",
            )


def _check_mark(line: Line, name: str, file: str) -> Withdrawal | None:
    data = line.tree.read(f"{WITHDRAWN}/{name}", MAX_RELEASE_BYTES)  # what is too long is malformed
    try:
        mark = read_withdrawal(data)
    except ZumikError as error:
        line.found("malformed-withdrawal", error.message, file, RESTORE)
        return None
    if mark.file_name != name:
        message = f"it is the withdrawal of {mark.target.id}"
        line.found("malformed-withdrawal", message, file, RESTORE)
    if withdrawal_to_bytes(mark) != data:
        line.found("malformed-withdrawal", "the bytes are not the canonical ones", file, _MAKE)
    for message in line.scope.schema("withdrawal", data):
        line.found("malformed-withdrawal", message, file, _MAKE)
    _check_target(line, mark, file)
    _check_said(line, mark, name, file)
    return mark


def _check_target(line: Line, mark: Withdrawal, file: str) -> None:
    ref = line.releases.get(mark.target.id)
    if ref is None:
        message = f"it withdraws {mark.target.id}, which is not there or not intact"
    elif ref != mark.target:
        message = f"it withdraws other bytes than {mark.target.id} has"
    else:
        return
    line.found("withdrawal-of-nothing", message, file, "restore the release, or remove the mark")


def _check_said(line: Line, mark: Withdrawal, name: str, file: str) -> None:
    """The reason and the date, which are published for ever."""
    # What has landed cannot be taken back, so that no check may wait for it for ever.
    scope = line.scope
    landed = name in scope.landed or name in scope.unchanged
    severity = Severity.WARNING if landed else Severity.ERROR
    secret = secret_in(mark.reason)
    if secret is not None:
        line.found("secret-in-text", f"the reason holds {secret}", file, _REVOKE, severity)
    size = len(mark.reason)
    if size > MAX_TEXT:
        message = f"the reason has {size:,} characters, more than {MAX_TEXT:,}"
        line.found("text-too-long", message, file, "link to the discussion instead", severity)
    if mark.withdrawn_at > scope.now + CLOCK_TOLERANCE:
        line.found(
            "created-in-the-future",
            f"withdrawn on {mark.withdrawn_at:%Y-%m-%d %H:%M} UTC, which is to come",
            file,
            "set the clock of the machine that withdrew it, and withdraw it again",
            severity,
        )


_MAKE = "releases are withdrawn by zumik release withdraw, never by hand"
_REVOKE = "revoke it: what lands is published for ever; then withdraw again without it"
