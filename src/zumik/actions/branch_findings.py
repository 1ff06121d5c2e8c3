"""What a branch is held against: each rule with the facts that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from zumik.actions.branch_trees import Branch
from zumik.actions.check_work_tree import authored, below, counting, moved
from zumik.checks.allowed_changes import check_parents, check_transition
from zumik.checks.attributes import check_attributes
from zumik.checks.authored_facts import check_winner
from zumik.checks.clone import check_place
from zumik.checks.draft_release import check_follows, check_incumbents, not_compared
from zumik.checks.newly_visible import check_disclosure
from zumik.checks.release_chain import Line
from zumik.checks.signature_verdicts import check_signature
from zumik.core.basics.display import neutral
from zumik.core.basics.findings import Finding, Invalid, Location, Severity
from zumik.core.basics.tree import DIRECTORY, FILE, FROZEN, LIVE, MARKER, read_optional
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import MAX_RELEASE_BYTES, VerifiedRelease
from zumik.core.releases.signature import (
    ALLOWED_SIGNERS,
    MAX_ALLOWED_SIGNERS_BYTES,
    MAX_SIGNATURE_BYTES,
    SignedBytes,
    read_allowed_signers,
)
from zumik.errors import ZumikError
from zumik.git.check_attr import attributes_of
from zumik.git.merge_result import place_of
from zumik.workspace.authored_files import read_authored
from zumik.workspace.settings import read_settings, serves

_STALE = frozenset({"broken-line", "duplicate-id", "id-out-of-line"})
"""What a release on an old parent breaks besides; the parent is what has to be mended."""

_OLD = timedelta(days=14)
"""How long a release may wait to land before its date is worth a word."""


def findings_of(branch: Branch, line: Line, pointers: list[Pointer]) -> Iterator[Finding]:
    """All that is found in what merging gives, and on the way there."""
    newest = branch.base.newest
    found = [*check_transition(branch.transition), *check_parents(branch.transition, newest)]
    stale = any(finding.code == "stale-parent" for finding in found)
    added = {f"{FROZEN}/{ref.file_name}" for ref in branch.new}
    found += [
        finding
        for finding in line.findings
        if not (stale and finding.code in _STALE and finding.location.file in added)
    ]
    # Where something else lay in the place of all releases, none of them is a draft.
    if not stale and branch.before.kind(FROZEN) in (None, DIRECTORY):
        found += _drafts(branch, line)
    found += _signatures(branch, line)
    found += check_attributes(_attributes(branch))
    found += _signers(branch)
    written = list(_written(branch, intact=not line.findings))
    told = {(finding.code, finding.message) for finding in written}
    winners = _winners(branch, line, pointers)
    found += [finding for finding in winners if (finding.code, finding.message) not in told]
    yield from below(branch.after, found)
    yield from _above(branch)
    yield from check_place(place_of(branch.repository))
    yield from written


def _written(branch: Branch, *, intact: bool) -> Iterator[Finding]:
    """What people wrote: settings, policy and catalog as merging gives them."""
    found = [*_settings(branch), *_disclosed(branch)]
    if branch.after.kind(MARKER) is not None:
        found += authored(branch.merged, branch.settings, branch.session, intact=intact)
    for finding in found:
        yield moved(finding, branch.after.name, branch.directory)


def _settings(branch: Branch) -> Iterator[Finding]:
    """Settings that nobody could read would hold up every branch to come."""
    if branch.after.kind(MARKER) != FILE:
        return
    file = f"{branch.after.name}/{MARKER}"
    try:
        settings = read_settings(branch.after, any_version=True)
        is_served = serves(settings.required_version)
    except Invalid as invalid:
        yield from invalid.findings
        return
    except ZumikError as error:
        yield Finding("malformed", Severity.ERROR, error.message, Location(file), error.hint)
        return
    if not is_served:
        yield Finding(
            "other-version-required",
            Severity.WARNING,
            f"from here on only zumik {neutral(settings.required_version or '')} checks a branch, "
            "which this is not",
            Location(file),
            "see that there is such a version before this lands",
        )


def _disclosed(branch: Branch) -> Iterator[Finding]:
    """Providers that were confidential, by what was written or frozen, and would be no more."""
    if any(change.path.startswith("catalog/") for change in branch.transition.changes):
        before, after = (read_authored(tree) for tree in (branch.before, branch.after))
        newest = branch.base.newest
        frozen = branch.base.release(newest.id).models.values() if newest else ()
        known = [*before.catalog.models.values(), *frozen]
        yield from check_disclosure(known, after.catalog.models.values(), after.locate)


def _signers(branch: Branch) -> Iterator[Finding]:
    """A line of allowed_signers that nobody can read allows nobody, and may be meant to."""
    if branch.after.kind(ALLOWED_SIGNERS) != FILE:
        return
    try:
        data = branch.after.read(ALLOWED_SIGNERS, MAX_ALLOWED_SIGNERS_BYTES)
        unread = read_allowed_signers(data).unread
    except ZumikError as error:
        unread = ()
        yield _bad_signers(error.message, None)
    for number in unread:
        yield _bad_signers("not a line of allowed signers", number)


def _bad_signers(message: str, line: int | None) -> Finding:
    place = Location(ALLOWED_SIGNERS, line)
    hint = 'as in: ada@example.org namespaces="zumik-release" ssh-ed25519 AAAA…'
    return Finding("bad-allowed-signers", Severity.ERROR, message, place, hint)


def _above(branch: Branch) -> Iterator[Finding]:
    """What is done around the workspace to make another of it."""
    for path in branch.vanished():
        yield Finding(
            "workspace-removed",
            Severity.ERROR,
            "the workspace of the base would be none any more, and what landed in it unchecked",
            Location(neutral(path)),
            "leave it where it is; a workspace is moved by those who may do without the check",
        )
    for path, other in branch.alike_above():
        yield Finding(
            "case-collision",
            Severity.ERROR,
            f"{other!a} and {path!a} are one name on some file systems",
            Location(neutral(other)),
            "rename it",
        )


# New releases


def _drafts(branch: Branch, line: Line) -> Iterator[Finding]:
    """Each new release against policy and catalog as they were beside it."""
    sources = [source for ref in branch.new if (source := line.release(ref.id)) is not None]
    if not sources:
        return
    live = {pointer.alias for pointer in branch.base.pointers() if pointer.kind != "retire"}
    incumbents = branch.incumbents(line)
    newest = sources[-1]
    for source in sources:
        yield from _dated(branch, source)
        yield from check_incumbents(source, live, incumbents)
        tree = branch.after if source is newest else branch.brought(source.ref)
        if tree is None:
            yield not_compared(source, newest.ref.id)
            continue
        written = read_authored(tree)
        yield from check_follows(source, written.catalog, written.policy)


def _dated(branch: Branch, source: VerifiedRelease) -> Iterator[Finding]:
    """Facts are judged by the day of the release, which its maker chose."""
    age = branch.now - source.release.created_at
    if age > _OLD and not source.release.backfilled:
        yield Finding(
            "made-long-ago",
            Severity.WARNING,
            f"{source.ref.id} is {age.days} days old, and not marked as backfilled",
            Location(f"{FROZEN}/{source.ref.file_name}"),
            "zumik release create freezes what is known today",
        )


def _winners(branch: Branch, line: Line, pointers: list[Pointer]) -> Iterator[Finding]:
    """Who answers for an alias that moves, by the newest facts that there are."""
    changed = {change.path for change in branch.transition.changes}
    newest = line.release(next(reversed(line.releases))) if line.releases else None
    for pointer in pointers:
        file = f"{LIVE}/{pointer.file_name}"
        source = line.release(pointer.target.id)
        if file not in changed or source is None or pointer.alias not in source.aliases:
            continue
        if pointer.kind == "retire" or newest is None:
            continue
        if source.ref in branch.new and source.ref != newest.ref:
            yield Finding(
                "behind-the-newest",
                Severity.WARNING,
                f"{pointer.alias} moves to {source.ref.id}, and this branch brings "
                f"{newest.ref.id} after it",
                Location(file),
                "policy and catalog as they land are those of the newest: promote that one",
            )
        winner = source.models[source.aliases[pointer.alias].winner]
        known = newest.models.get(winner.id, winner)
        days = branch.settings.retirement_days
        yield from check_winner(pointer.alias, known, branch.now.date(), days, Location(file))


def _signatures(branch: Branch, line: Line) -> Iterator[Finding]:
    """New releases and new signatures, judged now by the signers of the base."""
    from zumik.git.ssh_signatures import judge_signatures

    tree, required = branch.after, branch.settings.signatures_required
    if branch.before.kind(ALLOWED_SIGNERS) != FILE and not required:
        return
    changed = {change.path for change in branch.transition.changes}
    refs = [
        ref
        for ref in line.releases.values()
        if f"{FROZEN}/{ref.signature_name}" in changed or ref in branch.new
    ]
    allowed = b""
    if branch.before.kind(ALLOWED_SIGNERS) == FILE:
        allowed = branch.before.read(ALLOWED_SIGNERS, MAX_ALLOWED_SIGNERS_BYTES)
    items = (
        SignedBytes(
            tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES),
            read_optional(tree, f"{FROZEN}/{ref.signature_name}", MAX_SIGNATURE_BYTES),
            branch.now,
        )
        for ref in refs
    )
    for ref, verdict in zip(refs, judge_signatures(items, allowed), strict=True):
        yield from check_signature(ref, verdict, required=required and ref in branch.new)


def _attributes(branch: Branch) -> Mapping[str, Mapping[str, str]]:
    """Of what changes; of everything where an attributes file does."""
    touched = any(change.path.rpartition("/")[2] == ".gitattributes" for change in branch.changes)
    counted = set(counting(branch.after))
    paths = counted if touched else counted & {c.path for c in branch.transition.changes}
    return attributes_of(branch.repository, branch.directory, sorted(paths), branch.after)
