"""The findings of a branch: each check, called with the facts that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from zumik.actions.gate.branch_trees import Branch
from zumik.actions.gate.checked_workspace import authored, below, counting, moved
from zumik.checks.all_history import JudgedHistory
from zumik.checks.allowed_changes import check_branch_changes
from zumik.checks.attributes import check_attributes, check_attributes_file, is_attributes_file
from zumik.checks.branch_settings import (
    check_allowed_signers,
    check_demands,
    check_required_version,
    check_workspace_path,
    unreadable_settings,
)
from zumik.checks.claimed_times import check_commit_clocks, check_move_times
from zumik.checks.clone import check_clone
from zumik.checks.demanded_reasons import check_reasons
from zumik.checks.draft_release import check_age, check_follows, check_incumbents, not_compared
from zumik.checks.frozen_changes import check_parents
from zumik.checks.moved_aliases import check_moved_aliases
from zumik.checks.newly_visible import check_disclosure
from zumik.checks.release_chain import ReleaseChain
from zumik.checks.signature_verdicts import check_signature
from zumik.core.basics.findings import Finding, Invalid
from zumik.core.basics.tree import DIRECTORY, FILE, FROZEN, MARKER, read_optional
from zumik.core.facts.hidden import confidential
from zumik.core.releases.release import MAX_RELEASE_BYTES
from zumik.core.releases.signature import (
    ALLOWED_SIGNERS,
    MAX_ALLOWED_SIGNERS_BYTES,
    MAX_SIGNATURE_BYTES,
    SignedBytes,
)
from zumik.errors import ZumikError
from zumik.git.check_attr import attributes_of
from zumik.git.merge_result import clone_settings, commit_claims
from zumik.rules.branch_rules import STALE_PARENT
from zumik.rules.integrity_rules import (
    BROKEN_LINE,
    DUPLICATE_ID,
    ID_OUT_OF_LINE,
    INCUMBENT_NOT_RANK_ONE,
)
from zumik.workspace.authored_files import read_authored
from zumik.workspace.confidentiality import FrozenMarks, said_in
from zumik.workspace.settings import read_settings, serves

_STALE = frozenset(
    rule.code for rule in (BROKEN_LINE, DUPLICATE_ID, ID_OUT_OF_LINE, INCUMBENT_NOT_RANK_ONE)
)
"""What a release on an old parent breaks as well; all of it is mended with the parent."""


def findings_of(branch: Branch, history: JudgedHistory) -> Iterator[Finding]:
    """All that is found in what merging gives, and in its commits on the way there."""
    chain = history.chain
    found = landing_findings(branch, history)
    found += _times(branch, chain)
    written = list(_written(branch, intact=not history.findings))
    # An alias that is frozen and moved in one branch would have its winner's findings twice.
    reported = {(finding.code, finding.message) for finding in written}
    moves = check_moved_aliases(
        chain,
        history.pointers,
        {change.path for change in branch.branch_changes.changes},
        branch.new,
        branch.now.date(),
        branch.settings.retirement_days,
    )
    found += [finding for finding in moves if (finding.code, finding.message) not in reported]
    yield from below(branch.after, found)
    yield from check_workspace_path(branch.vanished(), branch.alike_above())
    yield from check_clone(clone_settings(branch.repository))
    yield from written


def landing_findings(branch: Branch, history: JudgedHistory) -> list[Finding]:
    """What is found in all that landing makes final: releases, pointers, ledger, attributes."""
    chain, newest = history.chain, branch.base.newest
    found = [
        *check_branch_changes(branch.branch_changes),
        *check_parents(branch.branch_changes, newest),
    ]
    stale = any(finding.code == STALE_PARENT.code for finding in found)
    added = {f"{FROZEN}/{ref.file_name}" for ref in branch.new}
    # Where frozen/ was no directory on the base, its releases are not drafts of this branch.
    judged = not stale and branch.before.kind(FROZEN) in (None, DIRECTORY)
    # What was never rank 1 was never live either, and a draft is judged by what is live.
    repeated = _STALE if stale else {INCUMBENT_NOT_RANK_ONE.code} if judged else frozenset()
    found += [
        finding
        for finding in history.findings
        if not (finding.code in repeated and finding.location.file in added)
    ]
    if judged:
        found += _drafts(branch, chain)
    found += _signatures(branch, chain)
    if branch.settings.reasons_required:
        changes = branch.branch_changes
        changed = [change.path for change in changes.changes if change.after is not None]
        found += check_reasons(changes.base, changes.merged, changed, chain, branch.new)
    found += check_attributes(_attributes(branch))
    found += _attributes_files(branch)
    found += check_allowed_signers(branch.after)
    return found


def _written(branch: Branch, *, intact: bool) -> Iterator[Finding]:
    """What people wrote: settings, policy and catalog as merging gives them."""
    found = [*settings_findings(branch), *_disclosed(branch)]
    if branch.after.kind(MARKER) is not None:
        found += authored(branch.merged, branch.settings, branch.session, intact=intact)
    for finding in found:
        yield moved(finding, branch.after.name, branch.directory)


def settings_findings(branch: Branch) -> Iterator[Finding]:
    """Settings that no later check could read, or that need another version."""
    if branch.after.kind(MARKER) != FILE:
        return
    from zumik import __version__

    file = f"{branch.after.name}/{MARKER}"
    try:
        after = read_settings(branch.after, any_version=True)
        required = after.required_version
        is_served = serves(required)
    except Invalid as invalid:
        yield from invalid.findings
    except ZumikError as error:
        yield unreadable_settings(file, error)
    else:
        yield from check_required_version(
            file, required, this_version=__version__, is_served=is_served
        )
        yield from check_demands(file, branch.settings.demands, after.demands)


def _disclosed(branch: Branch) -> Iterator[Finding]:
    """Providers that were confidential, by what was written or frozen, and would not be now."""
    if any(change.path.startswith("catalog/") for change in branch.branch_changes.changes):
        marked = FrozenMarks().marked_in(branch.before, branch.base.releases.values())
        hidden = confidential(marked, said_in(branch.before))
        after = read_authored(branch.after)
        models = after.models.values()
        yield from check_disclosure(hidden, said_in(branch.after), models, after.locate)


def _times(branch: Branch, chain: ReleaseChain) -> Iterator[Finding]:
    """The times that commits, moves and withdrawals of the branch claim."""
    merge = branch.merge
    commits = commit_claims(branch.repository, merge.base, merge.head)
    yield from check_commit_clocks(commits, branch.branch_changes, branch.now, merge.base_name)
    yield from check_move_times(branch.branch_changes, chain, branch.now)


# New releases


def _drafts(branch: Branch, chain: ReleaseChain) -> Iterator[Finding]:
    """Each new release against policy and catalog as they were beside it."""
    sources = [
        source
        for ref in branch.new
        if not branch.is_in_result(f"{FROZEN}/{ref.file_name}")
        if (source := chain.release(ref.id)) is not None and chain.newer(ref.id) is None
    ]
    if not sources:
        return
    live = {pointer.alias for pointer in branch.base.pointers() if not pointer.is_retired}
    incumbents = branch.incumbents(chain)
    newest = sources[-1]
    for source in sources:
        yield from check_age(source, branch.now)
        yield from check_incumbents(source, live, incumbents)
        # A commit may edit the policy that an earlier one froze; of the result it is an error.
        is_last = source is newest and branch.whole is None
        tree = branch.after if is_last else branch.brought(source.ref)
        if tree is None:
            yield not_compared(source, newest.ref.id)
            continue
        written = read_authored(tree)
        yield from check_follows(source, written.catalog, written.policy)


def _signatures(branch: Branch, chain: ReleaseChain) -> Iterator[Finding]:
    """New releases and new signatures, judged now by the signers of the base."""
    from zumik.git.ssh_signatures import judge_signatures

    tree, required = branch.after, branch.settings.signatures_required
    rules = branch.before if branch.whole is None else branch.whole.before
    if rules.kind(ALLOWED_SIGNERS) != FILE and not required:
        return
    changed = {change.path for change in branch.branch_changes.changes}
    refs = [
        ref
        for ref in chain.releases.values()
        if f"{FROZEN}/{ref.signature_name}" in changed or ref in branch.new
    ]
    if branch.whole is not None:
        # A release is signed by a commit after its own, so that only the result must have one.
        sigs = {ref: f"{FROZEN}/{ref.signature_name}" for ref in refs}
        refs = [ref for ref in refs if tree.kind(sigs[ref]) and not branch.is_in_result(sigs[ref])]
    allowed = b""
    if rules.kind(ALLOWED_SIGNERS) == FILE:
        allowed = rules.read(ALLOWED_SIGNERS, MAX_ALLOWED_SIGNERS_BYTES)
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
    paths = counted if touched else counted & {c.path for c in branch.branch_changes.changes}
    return attributes_of(branch.repository, branch.directory, sorted(paths), branch.after)


def _attributes_files(branch: Branch) -> Iterator[Finding]:
    """The attributes files, of the workspace and above it, that the branch adds or changes."""
    above = {*map(str, PurePosixPath(branch.directory).parents)}
    inside = {change.path for change in branch.branch_changes.changes}
    prefix = "" if branch.directory == "." else f"{branch.directory}/"
    for change in branch.changes:
        place = PurePosixPath(change.path)
        file = change.after
        if file is None or not is_attributes_file(place.name):
            continue
        if str(place.parent) in above or change.path.removeprefix(prefix) in inside:
            is_file = file.mode.startswith("100")
            data = branch.repository.blob(file.blob) if is_file else b""
            yield from check_attributes_file(change.path, file.mode, data)
