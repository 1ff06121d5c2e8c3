"""Judging a work tree as it lies there; what all judging has in common is here too."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from posixpath import normpath

from zumik.actions.proposal import propose_from, unreleased
from zumik.actions.session import Session
from zumik.actions.signed_releases import check_signed
from zumik.checks.all_history import judge_history
from zumik.checks.attributes import check_attributes
from zumik.checks.clone import check_clone, check_interrupted
from zumik.checks.release_chain import Scope
from zumik.checks.work_tree_files import check_missing, unreleased_changes
from zumik.core.basics.findings import Finding, has_errors
from zumik.core.basics.tree import FROZEN, LEDGER, LIVE, MARKER, WITHDRAWN, Tree
from zumik.core.reviews.check_result import Checked
from zumik.errors import ZumikError
from zumik.reports.text import plural
from zumik.workspace.settings import Settings
from zumik.workspace.store import Store


def judge_work_tree(session: Session, *, full: bool) -> Checked:
    """What lies there. What has landed is hashed; what has not, or with `full` all, is read whole.

    Raises Invalid and CannotRun.
    """
    store = session.store
    landed = _landed(session)
    trusted = frozenset[str]() if full else landed
    history = judge_history(store.tree, Scope(against_schema, session.now(), trusted))
    chain = history.chain
    found = [*history.findings, *check_signed(session, chain, landed)]
    found += _missing(session)
    findings = list(below(store.tree, found))
    findings += _surroundings(session)
    findings += authored(store, session.settings, session, intact=not history.findings)
    if session.repository_or_none is not None:
        place = directory(session)
        findings = [moved(finding, store.tree.name, place) for finding in findings]
    hashed = len(chain.releases) - chain.read_whole
    return Checked(
        findings=tuple(findings),
        releases=len(chain.releases),
        looked_at=chain.read_whole,
        pointers=len(history.pointers),
        not_done=(f"{plural(hashed, 'landed release')} hashed, and not derived again: --full does",)
        if hashed > 0
        else (),
    )


def _landed(session: Session) -> frozenset[str]:
    """The files of `frozen/` and `withdrawn/` that the live ref has; none where nobody can tell."""
    from zumik.git.commit_tree import CommitTree

    try:
        ref = session.settings.live_ref
        found = session.repository.parsed(f"{ref}^{{tree}}") if ref else None
        if found is None:
            return frozenset()
        tree = CommitTree(session.repository, found, directory(session))
        return frozenset({*tree.entries(FROZEN), *tree.entries(WITHDRAWN)})
    except ZumikError:
        return frozenset()


def _missing(session: Session) -> Iterator[Finding]:
    from zumik.git.commit_tree import CommitTree

    repository = session.repository_or_none
    committed = repository.parsed("HEAD^{tree}") if repository else None
    if repository is None or committed is None:
        return
    files = CommitTree(repository, committed, directory(session)).files
    yield from check_missing(session.store.tree, files)


def directory(session: Session) -> str:
    """Where the workspace lies in its repository. Raises CannotRun."""
    return session.store.root.relative_to(session.repository.root).as_posix()


def _surroundings(session: Session) -> Iterator[Finding]:
    """What git would do to the files here, as far as there is git."""
    from zumik.git.check_attr import attributes_of
    from zumik.git.merge_result import clone_settings
    from zumik.transaction.writer import interrupted

    repository = session.repository_or_none
    left = interrupted(session.store.root, repository)
    yield from check_interrupted(str(left.holder) if left is not None else None)
    if repository is None:
        return
    tree = session.store.tree
    attributes = attributes_of(repository, directory(session), counting(tree))
    yield from below(tree, check_attributes(attributes))
    yield from check_clone(clone_settings(repository))


def counting(tree: Tree) -> Iterator[str]:
    """The files of a workspace whose bytes count."""
    yield from (name for name in (LEDGER, MARKER) if tree.kind(name))
    ends = {"catalog": ".yaml", FROZEN: "", LIVE: ".json", "policy": ".yaml", WITHDRAWN: ".json"}
    for inside, end in ends.items():
        yield from (f"{inside}/{name}" for name in tree.entries(inside) if name.endswith(end))


def authored(
    store: Store, settings: Settings, session: Session, *, intact: bool
) -> Iterator[Finding]:
    """What is wrong with policy and catalog, as far as they can be held against what is live."""
    try:
        proposal = propose_from(store, session.now().date(), lambda: settings.retirement_days)
    except ZumikError:
        if intact:
            raise
        return  # what is live cannot be read, and has its findings
    yield from proposal.findings
    if intact and not has_errors(proposal.findings) and unreleased(store, proposal):
        directory_of_policy = f"{store.tree.name}/policy"
        yield unreleased_changes(directory_of_policy, has_releases=store.newest is not None)


def below(tree: Tree, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings whose files are told from where the person stands, and not from the workspace."""
    for finding in findings:
        place = finding.location._replace(file=normpath(f"{tree.name}/{finding.location.file}"))
        yield finding._replace(location=place)


def moved(finding: Finding, name: str, place: str) -> Finding:
    """A finding told from the top of the repository, where `place` is what is called `name`."""
    file = finding.location.file
    if file.startswith(f"{name}/"):
        file = normpath(f"{place}/{file.removeprefix(f'{name}/')}")
    return finding._replace(location=finding.location._replace(file=file))


def against_schema(schema: str, data: bytes) -> Iterator[str]:
    """What a schema has against bytes that parse."""
    from zumik.yaml_text.schema_check import JsonDocument, check_shape

    document = JsonDocument(schema, json.loads(data))
    return (finding.message for finding in check_shape(document, schema))
