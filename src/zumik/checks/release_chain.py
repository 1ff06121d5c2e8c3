"""The line of releases as far as it could be read, and what was found on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from zumik.core.basics.findings import Finding, Location, Severity
from zumik.core.basics.names import Digest, ReleaseId
from zumik.core.basics.tree import EXECUTABLE, FROZEN, OTHER, Tree
from zumik.core.releases.release import (
    MAX_RELEASE_BYTES,
    Heading,
    ReleaseRef,
    VerifiedRelease,
    heading_of,
    verify,
)
from zumik.errors import ZumikError

SchemaCheck = Callable[[str, bytes], Iterator[str]]
"""What a schema has against bytes that parse: schema name and bytes to messages."""

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far a clock may be ahead of ours before what it dates lies in the future."""

_KINDS = {EXECUTABLE: "an executable file", OTHER: "a device or a pipe"}

RESTORE = "git checkout -- restores it; git log shows who changed it"


class Scope(NamedTuple):
    """How deep to look at each file of `frozen/`, by name; those in neither set are read whole.

    Marks of `withdrawn/` are in the sets too: each is read, and what has landed can only be told.

    `landed` were read whole when they landed: now their bytes are hashed and their place in the
    line is read. `unchanged` are the very objects of a base that is trusted: they are not read.
    """

    schema: SchemaCheck
    now: datetime
    landed: AbstractSet[str] = frozenset()
    unchanged: AbstractSet[str] = frozenset()


@dataclass
class Line:
    """Every release that is what its name says; `read` counts those that were read whole."""

    tree: Tree
    scope: Scope
    releases: dict[ReleaseId, ReleaseRef] = field(default_factory=dict)
    headings: dict[ReleaseId, Heading] = field(default_factory=dict)
    actual: dict[str, Digest] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    read: int = 0
    _opened: dict[ReleaseId, VerifiedRelease | None] = field(default_factory=dict)

    def found(
        self,
        code: str,
        message: str,
        file: str,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Note a finding; an error unless said otherwise."""
        self.findings.append(Finding(code, severity, message, Location(file), hint))

    def foreign(self, kind: str, file: str) -> None:
        """Note an entry that is no plain file, where only one may be."""
        what = _KINDS.get(kind, f"a {kind}")
        self.found("foreign-entry", f"{what}, where a file must be", file, RESTORE)

    def heading(self, ref: ReleaseRef) -> Heading | None:
        """Where a release says it stands; None where nobody can tell."""
        if ref.id not in self.headings:
            try:
                data = self.tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES)
            except ZumikError:
                return None
            found = heading_of(data)
            if found is None:
                return None
            self.headings[ref.id] = found
        return self.headings[ref.id]

    def release(self, release: ReleaseId) -> VerifiedRelease | None:
        """A release of the line, verified; None where it is not in it or cannot be read."""
        if release not in self._opened:
            self._opened[release] = self._open(release)
        return self._opened[release]

    def _open(self, release: ReleaseId) -> VerifiedRelease | None:
        ref = self.releases.get(release)
        if ref is None:
            return None
        try:
            data = self.tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES)
            return verify(ref.file_name, data)
        except ZumikError:
            return None
