"""Rules for the files of `frozen/`: what they are, their bytes, and what they say."""

from __future__ import annotations

from datetime import timedelta

from zumik.checks.line import RESTORE, Line
from zumik.checks.texts import secret_in
from zumik.core.explanation import follows_from_facts
from zumik.core.findings import Severity
from zumik.core.names import ReleaseId, neutral
from zumik.core.release import (
    MAX_RELEASE_BYTES,
    Heading,
    ReleaseRef,
    VerifiedRelease,
    digest_of,
    heading_of,
    release_to_bytes,
    verify,
)
from zumik.core.tree import FILE, FROZEN
from zumik.errors import IntegrityError, ZumikError

SIGNATURE_SUFFIX = ".sig"

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far a clock may be ahead of ours before what it dates lies in the future."""

_LFS = b"version https://git-lfs.github.com/spec/"


def check_frozen(line: Line) -> None:
    """Every entry of `frozen/`, then the line that the releases form."""
    entries = line.tree.entries(FROZEN)
    for name, kind in entries.items():
        file = f"{FROZEN}/{neutral(name)}"
        if kind != FILE:
            line.foreign(kind, file)
        elif name.endswith(SIGNATURE_SUFFIX):
            if name.removesuffix(SIGNATURE_SUFFIX) not in entries:
                line.found("stray-signature", "the release that it signs is gone", file, RESTORE)
        else:
            _check_file(line, name, file)
    line.releases = dict(sorted(line.releases.items(), key=lambda item: item[0].order))
    _check_parents(line)


def _check_file(line: Line, name: str, file: str) -> None:
    try:
        ref = ReleaseRef.from_file_name(name)
    except ZumikError as error:
        line.found("not-a-release-file", error.message, file, "only releases live in frozen/")
        return
    if name not in line.scope.unchanged:
        data = line.tree.read(f"{FROZEN}/{name}", MAX_RELEASE_BYTES)
        heading = heading_of(data) if name in line.scope.landed else None
        if heading is None:
            heading = _check_content(line, name, file, data)
        elif not _check_bytes(line, ref, file, data):
            return
        if heading is None:
            return
        line.headings.setdefault(ref.id, heading)
    if ref.id in line.releases:
        line.found("duplicate-id", f"{ref.id} is used twice", file, "ids name one release for ever")
        return
    line.releases[ref.id] = ref


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
        line.found("against-schema", message, file)
    _check_said(line, source, file, landed=name in line.scope.landed)
    return Heading(source.release.created_at, source.release.parent)


def _check_said(line: Line, source: VerifiedRelease, file: str, *, landed: bool) -> None:
    """What is stored is what the facts give: nobody wrote a ranking by hand."""
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
    secret = secret_in(source.release.note)
    if secret is not None:
        # What has landed cannot be taken back, so that no check may wait for it for ever.
        severity = Severity.WARNING if landed else Severity.ERROR
        line.found("secret-in-text", f"the note holds {secret}", file, _REVOKE, severity)


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
        line.found("time-goes-back", f"{ref.id} was created before its parent", file)
    if heading.created_at > line.scope.now + CLOCK_TOLERANCE:
        line.found(
            "created-in-the-future",
            f"{ref.id} was created on {heading.created_at:%Y-%m-%d %H:%M} UTC, which is to come",
            file,
            "set the clock of the machine that froze it, and freeze it again",
        )
    wanted = ReleaseId.next(heading.created_at.date(), before.id if before else None)
    if heading.parent == before and ref.id != wanted:
        line.found("id-out-of-line", f"{ref.id}, where {wanted} is next", file)


_FREEZE = "releases are made by zumik release create, never by hand"
_LFS_HINT = "exempt releases/ from Git LFS: what is frozen is small, and read as it is"
_REVOKE = "revoke it: what lands is published for ever; then freeze again without it"
