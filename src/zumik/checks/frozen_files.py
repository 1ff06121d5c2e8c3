"""Rules for the files of `frozen/`: what they are, their bytes, and what they say."""

from __future__ import annotations

from zumik.checks.release_chain import CLOCK_TOLERANCE, RESTORE, Line
from zumik.checks.secret_keys import secret_in
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Severity
from zumik.core.basics.names import ReleaseId
from zumik.core.basics.tree import DIRECTORY, FILE, FROZEN
from zumik.core.decisions.alias_table import follows_from_facts
from zumik.core.releases.release import (
    MAX_RELEASE_BYTES,
    MAX_TEXT,
    SIGNATURE_SUFFIX,
    Heading,
    ReleaseRef,
    VerifiedRelease,
    digest_of,
    heading_of,
    release_to_bytes,
    verify,
)
from zumik.core.releases.signature import MAX_SIGNATURE_BYTES, read_signature
from zumik.errors import IntegrityError, ZumikError

_LFS = b"version https://git-lfs.github.com/spec/"


def check_frozen(line: Line) -> None:
    """Every entry of `frozen/`, then the line that the releases form."""
    kind = line.tree.kind(FROZEN)
    if kind not in (None, DIRECTORY):
        line.foreign(str(kind), FROZEN)
        return
    entries = line.tree.entries(FROZEN)
    trusted = line.scope.landed | line.scope.unchanged
    # Whoever comes first keeps the id: what landed has it, and what claims it again has not.
    for name, kind in sorted(entries.items(), key=lambda entry: entry[0] not in trusted):
        file = f"{FROZEN}/{neutral(name)}"
        if kind != FILE:
            line.foreign(kind, file)
        elif name.endswith(SIGNATURE_SUFFIX):
            if name.removesuffix(SIGNATURE_SUFFIX) not in entries:
                line.found("stray-signature", "the release that it signs is gone", file, RESTORE)
            elif name not in trusted:
                _check_signature(line, name, file)
        else:
            _check_file(line, name, file)
    line.releases = dict(sorted(line.releases.items(), key=lambda item: item[0].order))
    _check_parents(line)


def _check_signature(line: Line, name: str, file: str) -> None:
    """Whether it is a signature at all; whose it is and of what takes more than its bytes."""
    try:
        read_signature(line.tree.read(f"{FROZEN}/{name}", MAX_SIGNATURE_BYTES))
    except ZumikError as error:
        line.found("bad-signature", error.message, file, "zumik release sign makes one")


def _check_file(line: Line, name: str, file: str) -> None:
    try:
        ref = ReleaseRef.from_file_name(name)
    except ZumikError as error:
        line.found("not-a-release-file", error.message, file, "only releases live in frozen/")
        return
    heading = None
    if name not in line.scope.unchanged:
        heading = _check_read(line, ref, file)
        if heading is None:
            return
    if ref.id in line.releases:
        line.found("duplicate-id", f"{ref.id} is used twice", file, "ids name one release for ever")
        return
    line.releases[ref.id] = ref
    if heading is not None:
        line.headings[ref.id] = heading


def _check_read(line: Line, ref: ReleaseRef, file: str) -> Heading | None:
    """Where a release stands, once its bytes are looked at; None where it is not what it says."""
    data = line.tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES)
    heading = heading_of(data) if ref.file_name in line.scope.landed else None
    if heading is None:
        return _check_content(line, ref.file_name, file, data)
    return heading if _check_bytes(line, ref, file, data) else None


def _check_bytes(line: Line, ref: ReleaseRef, file: str, data: bytes) -> bool:
    """Whether the bytes of a landed release are still the ones that its name names."""
    actual = digest_of(data)
    if actual == ref.sha256:
        return True
    line.actual[ref.file_name] = actual
    line.found(
        "digest-mismatch",
        f"{ref.id}: the bytes hash to {actual.short}…, the name says {ref.sha256.short}…",
        file,
        RESTORE,
    )
    return False


def _check_content(line: Line, name: str, file: str, data: bytes) -> Heading | None:
    """A release read whole: its heading, or None where it is none."""
    try:
        source = verify(name, data)
    except IntegrityError as error:
        line.actual[name] = digest_of(data)
        if data.startswith(_LFS):
            line.found(
                "lfs-pointer", "a pointer of Git LFS, where the release must be", file, _LFS_HINT
            )
        else:
            line.found("digest-mismatch", error.message, file, RESTORE)
        return None
    except ZumikError as error:
        line.found("malformed-release", error.message, file, error.hint)
        return None
    line.read += 1
    if release_to_bytes(source.release) != data:
        line.found("not-canonical", "the bytes are not the canonical ones", file, _FREEZE)
    for message in line.scope.schema("release", data):
        line.found("against-schema", message, file, _FREEZE)
    _check_said(line, source, data, file, landed=name in line.scope.landed)
    return Heading(source.release.created_at, source.release.parent)


def _check_said(
    line: Line, source: VerifiedRelease, data: bytes, file: str, *, landed: bool
) -> None:
    """What is stored is what the facts give, and nothing that nobody may read."""
    for alias in source.aliases:
        try:
            matches = follows_from_facts(source, alias)
        except ZumikError:
            matches = False
        if not matches:
            line.found(
                "ranking-differs",
                f"{source.ref.id}: {alias} does not derive to the stored ranking",
                file,
                f"zumik explain {alias}@{source.ref.id} shows both",
            )
    # What has landed cannot be taken back, so that no check may wait for it for ever.
    severity = Severity.WARNING if landed else Severity.ERROR
    secret = secret_in(data.decode())
    if secret is not None:
        line.found("secret-in-text", f"it holds {secret}", file, _REVOKE, severity)
    size = len(source.release.note or "")
    if size > MAX_TEXT:
        message = f"the note has {size:,} characters, more than {MAX_TEXT:,}"
        line.found("text-too-long", message, file, "link to the discussion instead", severity)


def _check_parents(line: Line) -> None:
    """The line: each release names the one before it, and dates only go forward."""
    before: ReleaseRef | None = None
    for ref in line.releases.values():
        heading = line.headings.get(ref.id)
        if heading is not None:
            _check_place(line, ref, heading, before)
        before = ref


def _check_place(line: Line, ref: ReleaseRef, heading: Heading, before: ReleaseRef | None) -> None:
    file = f"{FROZEN}/{ref.file_name}"
    if heading.parent != before:
        named = heading.parent.id if heading.parent else "none"
        line.found(
            "broken-line",
            f"{ref.id} names {named} as its parent, and "
            f"{before.id if before else 'none'} comes before it",
            file,
            "a release is missing, or two branches each made one",
        )
    earlier = line.heading(before) if before else None
    if earlier is not None and heading.created_at < earlier.created_at:
        line.found("time-goes-back", f"{ref.id} was created before its parent", file, _AGAIN)
    if heading.created_at > line.scope.now + CLOCK_TOLERANCE:
        line.found(
            "created-in-the-future",
            f"{ref.id} was created on {heading.created_at:%Y-%m-%d %H:%M} UTC, which is to come",
            file,
            "set the clock of the machine that froze it, and freeze it again",
        )
    wanted = ReleaseId.next(heading.created_at.date(), before.id if before else None)
    if heading.parent == before and ref.id != wanted:
        line.found("id-out-of-line", f"{ref.id}, where {wanted} is next", file, _AGAIN)


_FREEZE = "releases are made by zumik release create, never by hand"
_AGAIN = "remove the draft and its line of the ledger, and zumik release create makes it again"
_LFS_HINT = "exempt releases/ from Git LFS: what is frozen is small, and read as it is"
_REVOKE = "revoke it: what lands is published for ever; then freeze again without it"
