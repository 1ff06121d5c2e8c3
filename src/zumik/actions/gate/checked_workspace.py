"""What the check of a work tree and the check of a branch have in common."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from posixpath import normpath

from zumik.actions.live.live_retirements import live_retirements
from zumik.actions.releases.proposal import propose_from, unreleased
from zumik.actions.session import Session
from zumik.checks.live_winners import check_live_winners
from zumik.checks.newly_visible import check_disclosure
from zumik.checks.work_tree_files import unreleased_changes
from zumik.core.basics.findings import Finding, has_errors
from zumik.core.basics.tree import (
    FROZEN,
    LEDGER,
    LIVE,
    MARKER,
    WITHDRAWN,
    Tree,
    entries_of,
    read_optional,
)
from zumik.core.facts.hidden import confidential
from zumik.core.live.drains import MAX_DRAINS_BYTES
from zumik.core.releases.release import ReleaseRef
from zumik.errors import ZumikError
from zumik.workspace.authored_files import Authored
from zumik.workspace.confidentiality import FrozenMarks, said_in
from zumik.workspace.settings import Settings
from zumik.workspace.store import Store


def directory(session: Session) -> str:
    """Where the workspace lies in its repository. Raises CannotRun."""
    return session.store.root.relative_to(session.repository.root).as_posix()


def is_same(here: Tree, there: Tree, path: str) -> bool:
    """Whether both have a file of these bytes, of those in `live/` and `withdrawn/`."""
    try:
        data = there.read(path, MAX_DRAINS_BYTES)
        return read_optional(here, path, MAX_DRAINS_BYTES) == data
    except ZumikError:
        return False


def counting(tree: Tree) -> Iterator[str]:
    """The files of a workspace whose bytes count."""
    yield from (name for name in (LEDGER, MARKER) if tree.kind(name))
    ends = {"catalog": ".yaml", FROZEN: "", LIVE: ".json", "policy": ".yaml", WITHDRAWN: ".json"}
    for inside, end in ends.items():
        yield from (f"{inside}/{name}" for name in entries_of(tree, inside) if name.endswith(end))


def authored(
    store: Store,
    settings: Settings,
    session: Session,
    *,
    intact: bool,
    may_mark: Iterable[ReleaseRef] = (),
) -> Iterator[Finding]:
    """What is wrong with policy and catalog, as far as they can be compared with what is live.

    `may_mark` are the releases that may say what was confidential, where there is no base that says
    it.
    """
    days = settings.retirement_days
    try:
        # The incumbents of this very tree: what has landed may be broken, and this what mends it.
        proposal = propose_from(store, session.now().date(), lambda: days, lambda: store)
    except ZumikError:
        if intact:
            raise
        return  # What is live cannot be read, which has its own finding.
    yield from proposal.findings
    if intact:
        yield from _unsaid(store, proposal.authored, may_mark)
    retiring = live_retirements(store, session.now().date())
    yield from below(store.tree, check_live_winners(retiring))
    if intact and not has_errors(proposal.findings) and unreleased(store, proposal):
        directory_of_policy = f"{store.tree.name}/policy"
        yield unreleased_changes(directory_of_policy, has_releases=store.newest is not None)


def _unsaid(store: Store, written: Authored, may_mark: Iterable[ReleaseRef]) -> Iterator[Finding]:
    """Providers that a release marks as confidential, and of which the catalog says nothing."""
    marked = FrozenMarks().marked_in(store.tree, may_mark)
    if not marked:
        return
    said = said_in(store.tree)
    hidden = confidential(marked, said)
    yield from check_disclosure(hidden, said, written.models.values(), written.locate)


def below(tree: Tree, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings of a workspace, with its name before their files."""
    for finding in findings:
        place = finding.location._replace(file=normpath(f"{tree.name}/{finding.location.file}"))
        yield finding._replace(location=place)


def moved(finding: Finding, name: str, place: str) -> Finding:
    """A finding whose file is named from the top of the repository.

    There the workspace that is called `name` lies in the directory `place`.
    """
    file = finding.location.file
    if file.startswith(f"{name}/"):
        file = normpath(f"{place}/{file.removeprefix(f'{name}/')}")
    return finding._replace(location=finding.location._replace(file=file))


def against_schema(schema: str, data: bytes) -> Iterator[str]:
    """Where bytes that are JSON break a schema, one message each."""
    from zumik.yaml_text.schema_check import JsonDocument, check_shape

    document = JsonDocument(schema, json.loads(data))
    return (finding.message for finding in check_shape(document, schema))
