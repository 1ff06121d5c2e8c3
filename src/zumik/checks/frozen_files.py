"""Rules for the files of `frozen/`: what they are, their bytes, and what they say."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import NamedTuple

from zumik.checks.frozen_incumbents import check_frozen_incumbents
from zumik.checks.release_chain import (
    ReleaseChain,
    Scope,
    foreign_entry,
    too_new,
)
from zumik.checks.signature_verdicts import SIGN_AGAIN
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding
from zumik.core.basics.names import Digest, ReleaseId
from zumik.core.basics.restore_hint import restore_hint
from zumik.core.basics.secret_keys import secret_in
from zumik.core.basics.times import CLOCK_TOLERANCE
from zumik.core.basics.tree import DIRECTORY, FILE, FROZEN, Tree
from zumik.core.decisions.alias_table import follows_from_facts
from zumik.core.facts.hidden import FROZEN_MARK
from zumik.core.releases.incumbents import (
    ClaimedIncumbent,
    Winners,
    claimed_incumbents,
    winners_of,
)
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
from zumik.errors import IntegrityError, NewerFormat, ZumikError
from zumik.rules.integrity_rules import (
    AGAINST_SCHEMA,
    BAD_SIGNATURE,
    BROKEN_LINE,
    CREATED_IN_THE_FUTURE,
    DIGEST_MISMATCH,
    DUPLICATE_ID,
    ID_OUT_OF_LINE,
    LFS_POINTER,
    MALFORMED_RELEASE,
    NOT_A_RELEASE_FILE,
    NOT_CANONICAL,
    RANKING_DIFFERS,
    SECRET_IN_TEXT,
    STRAY_SIGNATURE,
    TEXT_TOO_LONG,
    TIME_GOES_BACK,
)

_LFS = b"version https://git-lfs.github.com/spec/"


class _ReadFile(NamedTuple):
    """What reading one release file gave: a heading, or the digest that its bytes really have.

    `winners` and `incumbents` are kept of a file that was read whole, and nothing else of it.
    """

    heading: Heading | None = None
    actual: Digest | None = None
    read_whole: bool = False
    newer: bool = False
    winners: Winners | None = None
    incumbents: Sequence[ClaimedIncumbent] = ()
    may_mark: bool = False


def check_frozen(tree: Tree, scope: Scope) -> Generator[Finding, None, ReleaseChain]:
    """Every entry of `frozen/`, then the chain that the releases form; returns the chain.

    The files are judged while they are read, one at a time: all of them together can be larger than
    memory.
    """
    kind = tree.kind(FROZEN)
    if kind not in (None, DIRECTORY):
        yield foreign_entry(tree, str(kind), FROZEN, DIRECTORY)
        return ReleaseChain(tree, scope)
    entries = tree.entries(FROZEN)
    releases: dict[ReleaseId, ReleaseRef] = {}
    headings: dict[ReleaseId, Heading] = {}
    actual: dict[str, Digest] = {}
    winners: dict[ReleaseId, Winners] = {}
    incumbents: list[ClaimedIncumbent] = []
    may_mark: list[ReleaseRef] = []
    read_whole = 0
    # Landed files come first, so that a draft never takes the id of a landed release.
    landed_first = sorted(entries.items(), key=lambda entry: not scope.has_landed(entry[0]))
    for name, kind in scope.watch(landed_first):
        path = f"{FROZEN}/{name}"
        if kind != FILE:
            yield foreign_entry(tree, kind, path)
            continue
        if name.endswith(SIGNATURE_SUFFIX):
            signs_nothing = name.removesuffix(SIGNATURE_SUFFIX) not in entries
            yield from _check_signature(tree, scope, name, signs_nothing=signs_nothing)
            continue
        try:
            ref = ReleaseRef.from_file_name(name)
        except ZumikError as error:
            hint = "only releases and their signatures belong in frozen/: move it elsewhere"
            yield NOT_A_RELEASE_FILE.at(neutral(path), error.message, hint)
            continue
        read = _ReadFile()
        if name not in scope.unchanged:
            read = yield from _check_release(tree, scope, ref)
            read_whole += read.read_whole
            if read.actual is not None:
                actual[name] = read.actual
            if read.heading is None and not read.newer:
                continue
        if ref.id in releases:
            hint = (
                "an id names one release for ever: zumik release refreeze gives the draft its own"
            )
            yield DUPLICATE_ID.at(path, f"{ref.id} is used twice", hint)
            continue
        releases[ref.id] = ref
        if read.heading is not None:
            headings[ref.id] = read.heading
        if read.winners is not None:
            winners[ref.id] = read.winners
        incumbents += read.incumbents
        may_mark += [ref] * read.may_mark
    in_order = dict(sorted(releases.items(), key=lambda item: item[0].order))
    chain = ReleaseChain(
        tree, scope, in_order, headings, actual, read_whole, winners, incumbents, may_mark
    )
    yield from _check_parents(chain)
    yield from check_frozen_incumbents(chain)
    return chain


def _check_signature(
    tree: Tree, scope: Scope, name: str, *, signs_nothing: bool
) -> Iterator[Finding]:
    """Whether it is a signature at all; who signed what takes more than its bytes to find out."""
    path = f"{FROZEN}/{name}"
    if signs_nothing:
        release = path.removesuffix(SIGNATURE_SUFFIX)
        hint = restore_hint(tree, release)
        yield STRAY_SIGNATURE.at(neutral(path), "the release that it signs is missing", hint)
    elif not scope.has_landed(name):
        try:
            read_signature(tree.read(path, MAX_SIGNATURE_BYTES))
        except ZumikError as error:
            yield BAD_SIGNATURE.at(neutral(path), error.message, SIGN_AGAIN)


def _check_release(
    tree: Tree, scope: Scope, ref: ReleaseRef
) -> Generator[Finding, None, _ReadFile]:
    """What is found in one release, and what was read of it; no heading where it is unusable."""
    data = tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES)
    read = yield from _check_data(tree, scope, ref, data)
    return read._replace(may_mark=FROZEN_MARK in data)


def _check_data(
    tree: Tree, scope: Scope, ref: ReleaseRef, data: bytes
) -> Generator[Finding, None, _ReadFile]:
    heading = heading_of(data) if ref.file_name in scope.landed else None
    if heading is None:
        return (yield from _check_whole(tree, scope, ref.file_name, data))
    actual = digest_of(data)
    if actual == ref.sha256:
        return _ReadFile(heading)
    path = f"{FROZEN}/{ref.file_name}"
    message = f"{ref.id}: the bytes hash to {actual.short}…, the name says {ref.sha256.short}…"
    yield DIGEST_MISMATCH.at(path, message, restore_hint(tree, path))
    return _ReadFile(actual=actual)


def _check_whole(
    tree: Tree, scope: Scope, name: str, data: bytes
) -> Generator[Finding, None, _ReadFile]:
    """A release read whole: its bytes, its form, and what it says."""
    path = f"{FROZEN}/{name}"
    try:
        source = verify(name, data)
    except IntegrityError as error:
        if data.startswith(_LFS):
            message = "a pointer of Git LFS, where the release must be"
            yield LFS_POINTER.at(path, message, _LFS_HINT)
        else:
            yield DIGEST_MISMATCH.at(path, error.message, restore_hint(tree, path))
        return _ReadFile(actual=digest_of(data))
    except NewerFormat as error:
        yield too_new(path, error)
        return _ReadFile(heading_of(data), newer=True)
    except ZumikError as error:
        yield MALFORMED_RELEASE.at(path, error.message, error.hint)
        return _ReadFile()
    if release_to_bytes(source.release) != data:
        yield NOT_CANONICAL.at(path, "the bytes are not the canonical ones", _FREEZE)
    for message in scope.schema("release", data):
        yield AGAINST_SCHEMA.at(path, message, _FREEZE)
    yield from _check_rankings(source, path)
    yield from _check_texts(source, data, path, landed=scope.has_landed(name))
    heading = Heading(source.release.created_at, source.release.parent)
    return _ReadFile(
        heading,
        read_whole=True,
        winners=winners_of(source),
        incumbents=claimed_incumbents(source),
    )


def _check_rankings(source: VerifiedRelease, path: str) -> Iterator[Finding]:
    """Each stored ranking is what the stored facts derive to."""
    try:
        _ = source.release.made_by
    except NewerFormat as error:
        yield too_new(path, error)
        return
    for alias in source.aliases:
        try:
            matches = follows_from_facts(source, alias)
        except ZumikError:
            matches = False
        if not matches:
            yield RANKING_DIFFERS.at(
                path,
                f"{source.ref.id}: {alias} does not derive to the stored ranking",
                f"zumik explain {alias}@{source.ref.id} shows both",
            )


def _check_texts(
    source: VerifiedRelease, data: bytes, path: str, *, landed: bool
) -> Iterator[Finding]:
    """Nothing secret and nothing too long is published, because it is published for ever."""
    # What has landed cannot be corrected, so an error would block every later branch.
    secret = secret_in(data.decode())
    if secret is not None:
        yield SECRET_IN_TEXT.at(path, f"it holds {secret}", _REVOKE, lesser=landed)
    size = len(source.release.note or "")
    if size > MAX_TEXT:
        message = f"the note has {size:,} characters, more than {MAX_TEXT:,}"
        yield TEXT_TOO_LONG.at(path, message, "link to the discussion instead", lesser=landed)


def _check_parents(chain: ReleaseChain) -> Iterator[Finding]:
    """Each release names the one before it, and ids and times only go forward."""
    before: list[ReleaseRef] = []
    for ref in chain.releases.values():
        heading = chain.headings.get(ref.id)
        if heading is not None:
            yield from _check_parent(chain, ref, heading, before[-1] if before else None)
            yield from _check_time(chain, ref, heading, before)
            yield from _check_id(ref, heading, before[-1] if before else None)
        before.append(ref)


def _check_parent(
    chain: ReleaseChain, ref: ReleaseRef, heading: Heading, before: ReleaseRef | None
) -> Iterator[Finding]:
    path = f"{FROZEN}/{ref.file_name}"
    if heading.parent != before:
        named = heading.parent.id if heading.parent else "none"
        yield BROKEN_LINE.at(
            path,
            f"{ref.id} names {named} as its parent, and "
            f"{before.id if before else 'none'} comes before it",
            "a release is missing, or two branches each made one",
        )


def _check_time(
    chain: ReleaseChain, ref: ReleaseRef, heading: Heading, before: Sequence[ReleaseRef]
) -> Iterator[Finding]:
    """The dates of the line go forward, up to now.

    What has landed keeps its date, so that it is only warned of. Where a parent's date cannot be
    true, its child is compared with the one before it: a wrong clock must not stop the line.
    """
    path, latest = f"{FROZEN}/{ref.file_name}", chain.scope.now + CLOCK_TOLERANCE
    landed = chain.scope.has_landed(ref.file_name)
    headings = (chain.heading(earlier) for earlier in reversed(before))
    possible = (found for found in headings if found is None or found.created_at <= latest)
    earlier = next(possible, None)
    if earlier is not None and heading.created_at < earlier.created_at - CLOCK_TOLERANCE:
        message = f"{ref.id} was created before its parent"
        yield TIME_GOES_BACK.at(path, message, _AGAIN, lesser=landed)
    if heading.created_at > latest:
        yield CREATED_IN_THE_FUTURE.at(
            path,
            f"{ref.id} was created on {heading.created_at:%Y-%m-%d %H:%M} UTC, "
            "which is in the future",
            "it has landed and stays; the next release is dated by its own clock and follows it"
            if landed
            else "set the clock of the machine that froze it, and freeze it again",
            lesser=landed,
        )


def _check_id(ref: ReleaseRef, heading: Heading, before: ReleaseRef | None) -> Iterator[Finding]:
    wanted = ReleaseId.next(heading.created_at.date(), before.id if before else None)
    if heading.parent == before and ref.id != wanted:
        yield ID_OUT_OF_LINE.at(
            f"{FROZEN}/{ref.file_name}", f"{ref.id}, where {wanted} is next", _AGAIN
        )


_FREEZE = "never write a release by hand: zumik release create makes one"
_AGAIN = "remove the draft and its line of the ledger, and zumik release create makes it again"
_LFS_HINT = "exempt releases/ from Git LFS: releases are small, and read from git itself"
_REVOKE = "revoke it: what lands is published for ever; then freeze again without it"
