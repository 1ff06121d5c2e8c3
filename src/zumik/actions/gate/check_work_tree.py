"""Checking a work tree as it is on the disk, committed or not."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.actions.gate.acknowledge_warnings import acknowledge, judged_kinds
from zumik.actions.gate.checked_workspace import (
    against_schema,
    authored,
    below,
    counting,
    directory,
    is_same,
    moved,
)
from zumik.actions.gate.unlanded_reasons import check_unlanded_reasons
from zumik.actions.releases.signed_releases import check_signed
from zumik.actions.session import Session
from zumik.checks.all_history import judge_history
from zumik.checks.attributes import check_attributes
from zumik.checks.clone import check_clone, check_interrupted
from zumik.checks.release_chain import Scope, Watch
from zumik.checks.work_tree_files import check_committed
from zumik.core.basics.findings import Finding
from zumik.core.basics.tree import FROZEN, LIVE, WITHDRAWN
from zumik.core.reviews.check_result import Checked
from zumik.errors import ZumikError
from zumik.reports.text import plural


def judge_work_tree(session: Session, *, full: bool, watch: Watch = iter) -> Checked:
    """Every finding in the work tree.

    A release that has landed is hashed; one that has not, or with `full` each, is derived again.
    Where `live_ref` is not known, what the commit before HEAD has is hashed. `watch` sees the files
    of releases go by. Raises Invalid and CannotRun.
    """
    store = session.store
    landed, live = _held(session, session.settings.live_ref)
    kept = frozenset() if full else landed or _held(session, "HEAD^")[0]
    scope = Scope(
        against_schema,
        session.now(),
        landed=kept,
        published=landed | live,
        watch=watch,
    )
    history = judge_history(store.tree, scope)
    chain = history.chain
    found = [*history.findings, *check_signed(session, chain, landed)]
    found += check_unlanded_reasons(session, chain)
    found += _missing(session)
    findings = list(below(store.tree, found))
    findings += _surroundings(session)
    findings += authored(
        store, session.settings, session, intact=not history.findings, may_mark=chain.may_mark
    )
    place = store.tree.name
    if session.repository_or_none is not None:
        place = directory(session)
        findings = [moved(finding, store.tree.name, place) for finding in findings]
    hashed = len(chain.releases) - chain.read_whole
    entries, day = session.settings.acknowledged, session.now().date()
    kinds = judged_kinds(whole=hashed == 0)
    findings = acknowledge(findings, entries, day, store.tree.name, place, kinds)
    return Checked(
        findings=tuple(findings),
        releases=len(chain.releases),
        looked_at=chain.read_whole,
        pointers=len(history.pointers),
        not_done=(
            f"{plural(hashed, 'landed release' if landed else 'earlier release')} hashed, and not "
            "derived: run zumik check --full to derive them again",
        )
        if hashed > 0
        else (),
    )


def _held(session: Session, ref: str | None) -> tuple[frozenset[str], frozenset[str]]:
    """The files of `frozen/` and `withdrawn/` that a commit has, and those of `live/` that are the
    same there; none where git cannot say.
    """
    from zumik.git.commit_tree import CommitTree

    try:
        found = session.repository.parsed(f"{ref}^{{tree}}") if ref else None
        if found is None:
            return frozenset(), frozenset()
        tree, here = CommitTree(session.repository, found, directory(session)), session.store.tree
        names = {*tree.entries(FROZEN), *tree.entries(WITHDRAWN)}
        live = (name for name in tree.entries(LIVE) if is_same(here, tree, f"{LIVE}/{name}"))
        return frozenset(names), frozenset(live)
    except ZumikError:
        return frozenset(), frozenset()


def _missing(session: Session) -> Iterator[Finding]:
    from zumik.git.commit_tree import CommitTree

    repository = session.repository_or_none
    committed = repository.parsed("HEAD^{tree}") if repository else None
    if repository is None or committed is None:
        return
    tree = CommitTree(repository, committed, directory(session))
    yield from check_committed(session.store.tree, tree)


def _surroundings(session: Session) -> Iterator[Finding]:
    """What git would do to the files here, as far as there is git."""
    from zumik.git.check_attr import attributes_of
    from zumik.git.merge_result import clone_settings
    from zumik.transaction.single_writer import interrupted

    repository = session.repository_or_none
    left = interrupted(session.store.root, repository)
    yield from check_interrupted(str(left.holder) if left is not None else None)
    if repository is None:
        return
    tree = session.store.tree
    attributes = attributes_of(repository, directory(session), counting(tree))
    yield from below(tree, check_attributes(attributes))
    yield from check_clone(clone_settings(repository))
