"""Weighing a change on logs: each logged request, asked of what is there and of what would be."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from zumik.actions.next_draft import next_draft
from zumik.actions.proposal import propose
from zumik.actions.replay_logs import of_live, of_release
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName
from zumik.core.releases.freeze import freeze
from zumik.core.releases.release import VerifiedRelease, verify
from zumik.core.traffic.audit import JudgedCall
from zumik.core.traffic.impact import Impact
from zumik.core.traffic.logged_call import ReadEntry
from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.selection import EVERY_CALL, Selection
from zumik.core.traffic.weighed_logs import WeighedLogs
from zumik.workspace.store import Store

Entries = Iterable[ReadEntry]


def weigh_releases(
    entries: Entries, before: VerifiedRelease, after: VerifiedRelease
) -> WeighedLogs:
    """The requests asked of two releases. Raises CannotRun where the logs cannot be read."""
    impact = Impact(after.ref.id, of_release(after), before.ref.id, of_release(before))
    return _weighed(entries, impact)


def weigh_freezing(
    session: Session, entries: Entries, now: datetime, aliases: Collection[AliasName] = ()
) -> WeighedLogs:
    """The requests asked of what is live, and of the release that freezing now would make.

    Raises as create_release, and CannotRun where the logs cannot be read.
    """
    proposal = propose(session, now.date())
    proposal.require_freezable()
    content = freeze(proposal.authored.catalog, proposal.authored.policy, proposal.derivations)
    ref, data = next_draft(session, content, now, note=None, backfilled=False)
    draft = verify(ref.file_name, data)
    impact = Impact("frozen now", of_release(draft), "live", of_live(session.store))
    return _weighed(entries, impact, Selection(aliases=aliases))


def weigh_merge(entries: Entries, base: Store, merged: Store) -> WeighedLogs:
    """The requests asked of what the base has live, and of what merging would make live."""
    return _weighed(entries, Impact("merged", of_live(merged), "base", of_live(base)))


def _weighed(
    entries: Entries,
    impact: Impact,
    selection: Selection = EVERY_CALL,
) -> WeighedLogs:
    logs = LogsRead()
    for call in logs.selected(entries, selection):
        impact.add(JudgedCall(call, None))
    impact.end()
    return WeighedLogs(logs, impact)
