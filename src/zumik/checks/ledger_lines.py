"""Rules for the ledger: one line for each release, in the words that `sha256sum -c` reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from zumik.checks.release_chain import RESTORE, Line
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding, Location, Severity
from zumik.core.basics.names import BadName, Digest
from zumik.core.basics.tree import FILE, FROZEN, LEDGER, MAX_LEDGER_BYTES
from zumik.core.releases.ledger import LedgerLine
from zumik.core.releases.release import ReleaseRef
from zumik.errors import ZumikError


def check_ledger(line: Line) -> None:
    """The ledger against what lies in `frozen/`, both ways."""
    entries = line.tree.entries(FROZEN)
    kind = line.tree.kind(LEDGER)
    if kind is None:
        if entries:
            line.found("ledger-gap", "there are releases and no ledger", LEDGER, RESTORE)
        return
    if kind != FILE:
        line.foreign(kind, LEDGER)
        return
    listed = dict(_listed(line, line.tree.read(LEDGER, MAX_LEDGER_BYTES)))
    for name, digest in listed.items():
        if name not in entries:
            line.found(
                "ledger-gap",
                f"{neutral(name)} is in the ledger and not in frozen/",
                LEDGER,
                "a release was removed; restore it from git",
            )
        elif entries[name] == FILE and _digest(line, name) != digest:
            line.found(
                "ledger-mismatch",
                f"{neutral(name)} has another digest than the ledger says",
                LEDGER,
                RESTORE,
            )
    for ref in line.releases.values():
        if ref.file_name not in listed:
            line.found("ledger-gap", f"{ref.id} is not in the ledger", LEDGER, RESTORE)


def _digest(line: Line, name: str) -> Digest | None:
    """What the bytes of a file hash to; its name says so, unless that was found to be wrong."""
    try:
        return line.actual.get(name) or ReleaseRef.from_file_name(name).sha256
    except ZumikError:
        return None


def _listed(line: Line, data: bytes) -> Iterator[tuple[str, Digest]]:
    text = data.decode("utf-8", "replace")
    if text and not text.endswith("\n"):
        line.found("ledger-malformed", "the last line has no end", LEDGER, RESTORE)
    seen: set[str] = set()
    for number, row in enumerate(text.split("\n")[:-1], 1):
        name = None
        with suppress(BadName):
            digest, name = LedgerLine.from_text(row)
        if name is not None and name not in seen:
            seen.add(name)
            yield name, digest
        else:
            line.findings.append(
                Finding(
                    "ledger-malformed",
                    Severity.ERROR,
                    "not a line of the ledger, or a second one for the same file",
                    Location(LEDGER, number, 1, len(row), row[:200]),
                    RESTORE,
                )
            )
