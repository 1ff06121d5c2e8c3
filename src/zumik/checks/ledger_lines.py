"""Rules for the ledger: one line for each release, in the form that `sha256sum -c` reads."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress

from zumik.checks.release_chain import ReleaseChain, foreign_entry
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding, Location
from zumik.core.basics.names import BadName, Digest
from zumik.core.basics.restore_hint import restore_hint
from zumik.core.basics.tree import FILE, FROZEN, LEDGER, MAX_LEDGER_BYTES, entries_of
from zumik.core.releases.ledger import LedgerLine, restore_ledger_hint
from zumik.core.releases.release import ReleaseRef
from zumik.errors import ZumikError
from zumik.rules.integrity_rules import LEDGER_GAP, LEDGER_MALFORMED, LEDGER_MISMATCH


def check_ledger(chain: ReleaseChain) -> Iterator[Finding]:
    """The ledger and the files of `frozen/` list the same releases with the same digests."""
    tree = chain.tree
    entries = entries_of(tree, FROZEN)
    kind = tree.kind(LEDGER)
    restore = restore_ledger_hint(tree, chain.releases.values())
    if kind is None:
        if entries:
            yield LEDGER_GAP.at(LEDGER, "there are releases and no ledger", restore)
        return
    if kind != FILE:
        yield foreign_entry(tree, kind, LEDGER)
        return
    listed = yield from _listed(tree.read(LEDGER, MAX_LEDGER_BYTES), restore)
    for name, digest in listed.items():
        if name not in entries:
            message = f"{neutral(name)} is in the ledger and not in frozen/"
            yield LEDGER_GAP.at(LEDGER, message, restore_hint(tree, f"{FROZEN}/{name}"))
        elif entries[name] == FILE and _digest(chain, name) != digest:
            message = f"{neutral(name)} has another digest than the ledger says"
            yield LEDGER_MISMATCH.at(LEDGER, message, restore)
    for ref in chain.releases.values():
        if ref.file_name not in listed:
            yield LEDGER_GAP.at(LEDGER, f"{ref.id} is not in the ledger", restore)


def _digest(chain: ReleaseChain, name: str) -> Digest | None:
    """What the bytes of a file hash to: the digest in its name, unless they differ from it."""
    try:
        return chain.actual.get(name) or ReleaseRef.from_file_name(name).sha256
    except ZumikError:
        return None


def _listed(data: bytes, restore: str) -> Generator[Finding, None, dict[str, Digest]]:
    """The digest of each file that the ledger names; a line that is malformed names none."""
    text = data.decode("utf-8", "replace")
    if text and not text.endswith("\n"):
        yield LEDGER_MALFORMED.at(LEDGER, "the last line has no line end", restore)
    listed: dict[str, Digest] = {}
    for number, row in enumerate(text.split("\n")[:-1], 1):
        name = None
        with suppress(BadName):
            digest, name = LedgerLine.from_text(row)
        if name is not None and name not in listed:
            listed[name] = digest
        else:
            yield LEDGER_MALFORMED.at(
                Location(LEDGER, number, 1, len(row), row[:200]),
                "not a line of the ledger, or a second one for the same file",
                restore,
            )
    return listed
