"""The chain of releases: every release in its order, as far as its files could be read."""

from __future__ import annotations

from collections.abc import (
    Callable,
    Container,
    Iterable,
    Iterator,
    Mapping,
    MutableMapping,
    Sequence,
)
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.display import neutral
from zumik.core.basics.field_readers import UnknownKey
from zumik.core.basics.findings import Finding
from zumik.core.basics.names import Digest, ReleaseId
from zumik.core.basics.tree import EXECUTABLE, FILE, FROZEN, OTHER, Tree
from zumik.core.live.pointer import Pointer
from zumik.core.live.pointer_move import other_release
from zumik.core.releases.incumbents import ClaimedIncumbent, Winners
from zumik.core.releases.release import (
    MAX_RELEASE_BYTES,
    Heading,
    ReleaseRef,
    VerifiedRelease,
    heading_of,
    verify,
)
from zumik.errors import UPGRADE, NewerFormat, ZumikError
from zumik.rules.integrity_rules import FOREIGN_ENTRY, MALFORMED_RELEASE, NEWER_FORMAT

Watch = Callable[[Sequence[tuple[str, str]]], Iterable[tuple[str, str]]]
"""Gives back the entries that it is given, and may show how many of them were taken."""

SchemaCheck = Callable[[str, bytes], Iterator[str]]
"""What is wrong with bytes that parse, by a schema: schema name and bytes to messages."""

_KINDS = {EXECUTABLE: "an executable file", OTHER: "a device or a pipe"}


class Scope(NamedTuple):
    """How much of each file of `frozen/` to read, by name; a file in neither set is read whole.

    The sets name the marks of `withdrawn/` too. Each mark is read anyway, but only a mark that has
    not landed can still be corrected.

    `landed` files were read whole when they landed: now their bytes are hashed and their position
    in the chain is read. `unchanged` files are the same git objects as on a trusted base: they are
    not read. `published` files have landed as they are and are read whole all the same; the names
    of live pointers, and of the list of drains, are in it too. `verified` keeps what was verified,
    for scopes in which the same files are unchanged.
    """

    schema: SchemaCheck
    now: datetime
    landed: AbstractSet[str] = frozenset()
    unchanged: AbstractSet[str] = frozenset()
    published: AbstractSet[str] = frozenset()
    watch: Watch = iter
    verified: MutableMapping[ReleaseRef, VerifiedRelease] | None = None

    def has_landed(self, name: str) -> bool:
        """Whether a file has landed: no edit takes back what was published, so checks only warn."""
        return name in self.landed or name in self.unchanged or name in self.published


@dataclass(frozen=True)
class ReleaseChain:
    """Every release whose bytes match its name, oldest first.

    `actual` has the digest of each file whose bytes do not match its name; `read_whole` counts the
    releases that were read whole. `winners` and `incumbents` are those of these releases, and
    `may_mark` are those whose bytes have the key that marks a model as confidential.
    """

    tree: Tree
    scope: Scope
    releases: dict[ReleaseId, ReleaseRef] = field(default_factory=dict)
    headings: Mapping[ReleaseId, Heading] = field(default_factory=dict)
    actual: Mapping[str, Digest] = field(default_factory=dict)
    read_whole: int = 0
    winners: Mapping[ReleaseId, Winners] = field(default_factory=dict)
    incumbents: Sequence[ClaimedIncumbent] = ()
    may_mark: Sequence[ReleaseRef] = ()
    # Verifying reads and parses all of a release, and several checks ask for the same ones.
    _opened: dict[ReleaseId, VerifiedRelease | ZumikError] = field(default_factory=dict)

    def heading(self, ref: ReleaseRef) -> Heading | None:
        """Creation time and parent of a release; None where they cannot be read."""
        if ref.id in self.headings:
            return self.headings[ref.id]
        try:
            return heading_of(self.tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES))
        except ZumikError:
            return None

    def release(self, release: ReleaseId) -> VerifiedRelease | None:
        """A release of the chain, verified; None where it is not in it or cannot be read."""
        found = self._open(release)
        return None if isinstance(found, ZumikError) else found

    def newer(self, release: ReleaseId) -> NewerFormat | None:
        """Why this zumik is too old for a release; None where it is not."""
        found = self._open(release)
        if isinstance(found, VerifiedRelease):
            try:
                _ = found.release.made_by
            except NewerFormat as error:
                return error
        return found if isinstance(found, NewerFormat) else None

    def other_release(
        self, pointer: Pointer, withdrawn: Container[ReleaseId] = ()
    ) -> ReleaseId | None:
        """A release that a live alias can move to; None where no other one holds it."""
        usable = []
        for name in self.releases:
            source = None if name in withdrawn else self.release(name)
            if source is not None and pointer.alias in source.aliases:
                usable.append(name)
        return other_release(pointer.target.id, usable)

    def _open(self, release: ReleaseId) -> VerifiedRelease | ZumikError | None:
        ref = self.releases.get(release)
        if ref is not None and release not in self._opened:
            self._opened[release] = self._read(ref)
        return self._opened.get(release)

    def _read(self, ref: ReleaseRef) -> VerifiedRelease | ZumikError:
        known = self.scope.verified
        if known is None or ref.file_name not in self.scope.unchanged:
            known = {}
        try:
            if ref not in known:
                data = self.tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES)
                known[ref] = verify(ref.file_name, data)
            return known[ref]
        except ZumikError as error:
            return error


def foreign_entry(tree: Tree, kind: str, path: str, wanted: str = FILE) -> Finding:
    """An entry of this kind where only a plain file, or a directory, may be."""
    what = _KINDS.get(kind, f"a {kind}")
    hint = "remove it"
    if command := tree.restore_command(path):
        hint = f"remove it; if git has a {wanted} of this name: {command}"
    return FOREIGN_ENTRY.at(neutral(path), f"{what}, where a {wanted} must be", hint)


def too_new(path: str, error: NewerFormat, scope: Scope | None = None) -> Finding:
    """A release that this zumik is too old for, or that holds a key which it does not know.

    With a `scope`, one that has landed and was not read whole weighs less.
    """
    if not error.certain:
        return MALFORMED_RELEASE.at(path, error.message, error.hint)
    lesser = scope is not None and scope.has_landed(path.removeprefix(f"{FROZEN}/"))
    return NEWER_FORMAT.at(path, error.message, error.hint, lesser=lesser)


def malformed_hint(error: ZumikError, restore: str) -> str:
    """How to bring a malformed file back; a key that is not known may be a newer zumik's."""
    if isinstance(error, UnknownKey):
        return f"if a newer zumik made it, {UPGRADE}; else {restore}"
    return restore
