"""Refreshing the catalog: every source of the settings imported, and what that would change.

One source that cannot be read never keeps the others back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zumik.actions.authoring.compare_catalog import compare_catalog
from zumik.actions.authoring.import_facts import import_facts
from zumik.actions.publishing.own_work_tree import own_work_tree
from zumik.actions.publishing.publish import PublishOptions, publish
from zumik.actions.publishing.uncommitted_sources import uncommitted_policy_and_catalog
from zumik.actions.session import Session, Waiting
from zumik.core.reviews.refreshed_catalog import ReadSource, RefreshedCatalog
from zumik.errors import CannotRun, UsageError, ZumikError


def refresh_catalog(
    session: Session,
    *,
    branch: str | None,
    dry_run: bool,
    message_of: Callable[[RefreshedCatalog], str],
    waiting: Callable[[str], None],
    watch: Waiting,
) -> RefreshedCatalog:
    """Import from every source of the settings in order, and compare with the newest release.

    With a `branch` it is done in a work tree of its own and committed there, with the message that
    `message_of` gives; a dry run is done there too, and leaves nothing. Otherwise the files of the
    checkout are edited. `watch` shows which source is read. Raises UsageError where no source is
    set, Invalid and CannotRun.
    """
    sources = session.settings.sources
    if not sources:
        raise UsageError(
            "no sources are set",
            hint="in zumik.yaml: sources: [litellm, genai-prices]; or: "
            "zumik catalog import --from litellm",
        )
    if branch is None and not dry_run:
        return _refreshed(session, sources, watch)
    options = PublishOptions(branch=branch)
    if branch is not None:
        options.require_possible(session)
    with own_work_tree(session, "catalog refresh", waiting) as inner:
        found = _refreshed(inner, sources, watch)._replace(dry_run=dry_run)
        edited = uncommitted_policy_and_catalog(inner)
        if dry_run or not edited:
            return found
        done = publish(inner, (), message_of(found), options, along=edited)
        return found._replace(commit=done.commit, branch=branch)


def _refreshed(session: Session, sources: Sequence[str], watch: Waiting) -> RefreshedCatalog:
    read = tuple(_read(session, source, watch) for source in sources)
    if all(one.problem is not None for one in read):
        raise CannotRun(
            "no source could be read: " + "; ".join(str(one.problem) for one in read),
            hint="zumik catalog import --from SOURCE says more of each",
        )
    return RefreshedCatalog(read, compare_catalog(session, None))


def _read(session: Session, source: str, watch: Waiting) -> ReadSource:
    today = session.now().date().isoformat()
    try:
        with watch(f"reading {source}"):
            return ReadSource(source, import_facts(session, source, observed_on=today))
    except ZumikError as error:
        return ReadSource(source, problem=error.message)
