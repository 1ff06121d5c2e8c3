"""The ledger's line: a digest and the file that it vouches for, as `sha256sum -c` reads it.

This module knows one line, and how the file is brought back. How the file is cut into lines, and
what a malformed one means, is for its readers to say: `zumik check` names every fault, the store
refuses the first.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from zumik.core.basics.names import BadName, Digest
from zumik.core.basics.restore_hint import restore_hint
from zumik.core.basics.tree import FROZEN, LEDGER, Tree
from zumik.core.releases.release import ReleaseRef
from zumik.errors import ZumikError

_GAP = f"  {FROZEN}/"
"""Two spaces: sha256sum's mark of a file that is read as it is."""

# A person adds a few lines by hand; who has more drafts than this uncommitted sees the form of it.
_SHOWN = 3


class LedgerLine(NamedTuple):
    """The SHA-256 that the ledger has for a file of `frozen/`."""

    digest: Digest
    file_name: str

    @classmethod
    def of(cls, ref: ReleaseRef) -> LedgerLine:
        """The line that vouches for a release."""
        return cls(ref.sha256, ref.file_name)

    @classmethod
    def from_text(cls, line: str) -> LedgerLine:
        """A line without its end. Raises BadName for anything else.

        The file may have any name, so that a reader can say which file it is that is missing.
        """
        digest, gap, name = line.partition(_GAP)
        if not gap:
            raise BadName("not a line of the ledger")
        return cls(Digest(digest), name)

    def to_text(self) -> str:
        """The line with its end."""
        return f"{self.digest}{_GAP}{self.file_name}\n"

    @property
    def names_its_digest(self) -> bool:
        """Whether the file is named as a release with this digest is, as every release is."""
        try:
            return ReleaseRef.from_file_name(self.file_name).sha256 == self.digest
        except ZumikError:
            return False


def releases_in(ledger: bytes) -> list[ReleaseRef]:
    """The releases of a ledger, oldest first; lines of anything else are left to `zumik check`."""
    found = []
    for line in ledger.decode("utf-8", "replace").splitlines():
        try:
            found.append(ReleaseRef.from_file_name(LedgerLine.from_text(line).file_name))
        except ZumikError:
            continue
    return sorted(found, key=lambda ref: ref.id.order)


def restore_ledger_hint(tree: Tree, releases: Iterable[ReleaseRef]) -> str:
    """How to bring the ledger back without losing the line of a release that is not committed.

    What git has of the ledger is from before such a release, so its lines are named.
    """
    drafts = [ref for ref in releases if not tree.is_committed(f"{FROZEN}/{ref.file_name}")]
    command = tree.restore_command(LEDGER)
    lines = " and ".join(LedgerLine.of(ref).to_text().strip() for ref in drafts[:_SHOWN])
    if len(drafts) > _SHOWN:
        lines += f" and the like for {len(drafts) - _SHOWN} more"
    if command is None:
        return f"git has no copy of it; it needs the lines {lines}" if lines else "remove it"
    if not drafts:
        return restore_hint(tree, LEDGER)
    return f"restore it: {command}; then add what is not committed at its end: {lines}"
