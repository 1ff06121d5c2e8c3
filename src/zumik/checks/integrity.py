"""Rules for what was released: bytes, names, the ledger, the line of parents, the pointers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from zumik.core.explanation import follows_from_facts
from zumik.core.findings import Finding, Location, Severity
from zumik.core.names import BadName, Digest, ReleaseId, neutral
from zumik.core.pointer import Pointer, pointer_to_bytes, read_pointer
from zumik.core.release import ReleaseRef, VerifiedRelease, digest_of, release_to_bytes, verify
from zumik.core.snapshot import Entry, Snapshot
from zumik.errors import IntegrityError, ZumikError

SchemaCheck = Callable[[str, bytes], Iterator[str]]
"""What a schema has against bytes that parse: schema name and bytes to messages."""

BYTES_CODES = frozenset(
    {"digest-mismatch", "foreign-entry", "ledger-mismatch", "ledger-gap", "not-a-release-file"}
)
"""Findings that say that bytes are not what vouches for them."""


@dataclass
class Line:
    """The releases that could be read, in order, and what was found on the way."""

    releases: dict[ReleaseId, VerifiedRelease] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def found(self, code: str, message: str, file: str, hint: str | None = None) -> None:
        """Note an error."""
        self.findings.append(Finding(code, Severity.ERROR, message, Location(file), hint))


def check_released(snapshot: Snapshot, schema: SchemaCheck) -> Line:
    """Everything that was released, in the order of the line."""
    line = Line()
    for name, entry in snapshot.frozen.items():
        _check_frozen(line, name, entry, schema)
    line.releases = dict(sorted(line.releases.items(), key=lambda item: item[0].order))
    _check_parents(line)
    _check_ledger(line, snapshot)
    _check_rankings(line)
    _check_pointers(line, snapshot, schema)
    return line


def _check_frozen(line: Line, name: str, entry: Entry, schema: SchemaCheck) -> None:
    file = f"frozen/{neutral(name)}"
    if entry.kind != "file":
        line.found("foreign-entry", f"a {entry.kind}, where a file must be", file, _RESTORE)
        return
    try:
        ref = ReleaseRef.from_file_name(name)
    except ZumikError as error:
        line.found("not-a-release-file", error.message, file, "only releases live in frozen/")
        return
    try:
        source = verify(name, entry.data)
    except IntegrityError as error:
        line.found("digest-mismatch", error.message, file, _RESTORE)
        return
    except ZumikError as error:
        line.found("malformed-release", error.message, file, error.hint)
        return
    if release_to_bytes(source.release) != entry.data:
        line.found("not-canonical", "the bytes are not the canonical ones", file, _FREEZE)
    for message in schema("release", entry.data):
        line.found("against-schema", message, file)
    if ref.id in line.releases:
        line.found("duplicate-id", f"{ref.id} is used twice", file, "ids name one release for ever")
        return
    line.releases[ref.id] = source


def _check_parents(line: Line) -> None:
    """The line: each release names the one before it, and dates only go forward."""
    before: VerifiedRelease | None = None
    for source in line.releases.values():
        release, file = source.release, f"frozen/{source.ref.file_name}"
        expected = before.ref if before else None
        if release.parent != expected:
            named = release.parent.id if release.parent else "none"
            line.found(
                "broken-line",
                f"{release.id} names {named} as its parent, and "
                f"{expected.id if expected else 'none'} comes before it",
                file,
                "a release is missing, or two branches each made one",
            )
        if before is not None and release.created_at < before.release.created_at:
            line.found("time-goes-back", f"{release.id} was created before its parent", file)
        wanted = ReleaseId.next(release.created_at.date(), before.ref.id if before else None)
        if release.parent == expected and release.id != wanted:
            line.found("id-out-of-line", f"{release.id}, where {wanted} is next", file)
        before = source


def _check_ledger(line: Line, snapshot: Snapshot) -> None:
    ledger = snapshot.ledger
    if ledger is None:
        if snapshot.frozen:
            line.found("ledger-gap", "there are releases and no ledger", "SHA256SUMS", _RESTORE)
        return
    if ledger.kind != "file":
        line.found("foreign-entry", f"a {ledger.kind}, where a file must be", "SHA256SUMS")
        return
    entries = dict(_ledger_entries(line, ledger.data))
    for name, digest in entries.items():
        file = snapshot.frozen.get(name)
        if file is None:
            line.found(
                "ledger-gap",
                f"{neutral(name)} is in the ledger and not in frozen/",
                "SHA256SUMS",
                "a release was removed; restore it from git",
            )
        elif file.kind == "file" and digest_of(file.data) != digest:
            line.found(
                "ledger-mismatch",
                f"{neutral(name)} has another digest than the ledger says",
                "SHA256SUMS",
                _RESTORE,
            )
    for source in line.releases.values():
        if source.ref.file_name not in entries:
            line.found(
                "ledger-gap", f"{source.ref.id} is not in the ledger", "SHA256SUMS", _RESTORE
            )


def _ledger_entries(line: Line, data: bytes) -> Iterator[tuple[str, Digest]]:
    text = data.decode("utf-8", "replace")
    if text and not text.endswith("\n"):
        line.found("ledger-malformed", "the last line has no end", "SHA256SUMS", _RESTORE)
    seen: set[str] = set()
    for number, row in enumerate(text.split("\n")[:-1], 1):
        digest, gap, name = row.partition("  frozen/")
        try:
            if not gap or name in seen:
                raise BadName("")
            yield name, Digest(digest)
        except BadName:
            line.findings.append(
                Finding(
                    "ledger-malformed",
                    Severity.ERROR,
                    "not a line of the ledger, or a second one for the same file",
                    Location("SHA256SUMS", number, 1, len(row), row[:200]),
                    _RESTORE,
                )
            )
        seen.add(name)


def _check_rankings(line: Line) -> None:
    """What is stored is what the facts give: nobody wrote a ranking by hand."""
    for source in line.releases.values():
        for name in source.aliases:
            try:
                matches = follows_from_facts(source, name)
            except ZumikError:
                matches = False
            if not matches:
                line.found(
                    "ranking-differs",
                    f"{source.ref.id}: {name} does not derive to the stored ranking",
                    f"frozen/{source.ref.file_name}",
                    f"zumik explain {name}@{source.ref.id} shows both",
                )


def _check_pointers(line: Line, snapshot: Snapshot, schema: SchemaCheck) -> None:
    for name, entry in snapshot.live.items():
        file = f"live/{neutral(name)}"
        if entry.kind != "file":
            line.found("foreign-entry", f"a {entry.kind}, where a file must be", file, _RESTORE)
            continue
        try:
            pointer = read_pointer(entry.data)
        except ZumikError as error:
            line.found("malformed-pointer", error.message, file, _RESTORE)
            continue
        if pointer.file_name != name:
            line.found("misnamed-pointer", f"it is the pointer of {pointer.alias}", file)
        if pointer_to_bytes(pointer) != entry.data:
            line.found("not-canonical", "the bytes are not the canonical ones", file)
        for message in schema("pointer", entry.data):
            line.found("against-schema", message, file)
        _check_target(line, pointer, file, line.releases)


def _check_target(
    line: Line, pointer: Pointer, file: str, releases: Mapping[ReleaseId, VerifiedRelease]
) -> None:
    source = releases.get(pointer.target.id)
    if source is None:
        line.found(
            "pointer-to-nothing",
            f"{pointer.alias} points to {pointer.target.id}, which is not there or not intact",
            file,
            f"zumik alias rollback {pointer.alias}",
        )
    elif source.ref != pointer.target:
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


_RESTORE = "git checkout -- restores it; git log shows who changed it"
_FREEZE = "releases are made by zumik release create, never by hand"
