"""Weighing a change on logs: each logged request, asked of what is there and of what would be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from zumik.actions.logs.asked_names import require_known_names
from zumik.actions.logs.replay_logs import of_live, of_release
from zumik.actions.releases.next_draft import next_draft
from zumik.actions.releases.proposal import propose
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName
from zumik.core.facts.catalog import Model
from zumik.core.releases.freeze import freeze
from zumik.core.releases.release import VerifiedRelease, verify
from zumik.core.traffic.audit import JudgedCall
from zumik.core.traffic.impact import Impact
from zumik.core.traffic.logged_call import ReadEntry
from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.selection import EVERY_CALL, Selection
from zumik.core.traffic.token_edges import TokenEdges, token_edges
from zumik.core.traffic.weighed_logs import WeighedLogs
from zumik.errors import UsageError, ZumikError
from zumik.workspace.store import Store


class LoggedRequests(NamedTuple):
    """The requests of logs, and which of them are asked about.

    `calls` reads them: equal ones may come as one value where it gets the limits of all models.
    """

    calls: Callable[[TokenEdges | None], Iterable[ReadEntry]]
    selection: Selection = EVERY_CALL

    def of_aliases(self, aliases: Collection[AliasName]) -> LoggedRequests:
        """Only those that ask for one of these; no aliases are all. Raises UsageError."""
        if not aliases:
            return self
        asked = self.selection.aliases or aliases
        chosen = frozenset(aliases).intersection(asked)
        if not chosen:
            raise UsageError(f"--alias {', '.join(sorted(asked))} is not among the aliases planned")
        return self._replace(selection=self.selection._replace(aliases=chosen))


def weigh_releases(
    logs: LoggedRequests, store: Store, before: VerifiedRelease, after: VerifiedRelease
) -> WeighedLogs:
    """The requests asked of two releases.

    Raises CannotRun where the logs cannot be read, or a name that chooses calls is nowhere known.
    """
    impact = Impact(after.ref.id, of_release(after), before.ref.id, of_release(before))
    weighed = _weighed(logs, impact, [*before.models.values(), *after.models.values()])
    require_known_names(lambda: store, weighed.logs, logs.selection)
    return weighed


def weigh_freezing(
    session: Session, logs: LoggedRequests, now: datetime, aliases: Collection[AliasName] = ()
) -> WeighedLogs:
    """The requests asked of what is live, and of the release that freezing now would make.

    With `aliases`, only those of them. Raises as create_release, and CannotRun where the logs
    cannot be read, or a name that chooses calls is nowhere known.
    """
    proposal = propose(session, now.date())
    proposal.require_freezable()
    content = freeze(proposal.authored.catalog, proposal.authored.policy, proposal.derivations)
    ref, data = next_draft(session, content, now, note=None, backfilled=False)
    draft = verify(ref.file_name, data)
    store = session.store
    impact = Impact("frozen now", of_release(draft), "live", of_live(store))
    models = [*draft.models.values(), *_live_models(store)]
    weighed = _weighed(logs.of_aliases(aliases), impact, models)
    # The aliases to plan are known: only what chooses among the calls may be a slip.
    require_known_names(lambda: store, weighed.logs, logs.selection, [draft])
    return weighed


def weigh_merge(logs: LoggedRequests, base: Store, merged: Store) -> WeighedLogs:
    """The requests asked of what the base has live, and of what merging would make live.

    Raises CannotRun where the logs cannot be read, or a name that chooses calls is nowhere known.
    """
    impact = Impact("merged", of_live(merged), "base", of_live(base))
    models: list[Model] | None = None
    # Where a pointer cannot be read, who the others point to is found alias by alias.
    with suppress(ZumikError):
        models = [*_live_models(base), *_live_models(merged)]
    weighed = _weighed(logs, impact, models)
    require_known_names(lambda: merged, weighed.logs, logs.selection)
    return weighed


def _live_models(store: Store) -> Iterator[Model]:
    """The models of all that is live; of a release that cannot be read nothing is asked."""
    for pointer in store.pointers():
        with suppress(ZumikError):
            yield from store.live_release(pointer.alias).models.values()


def _weighed(logs: LoggedRequests, impact: Impact, models: Iterable[Model] | None) -> WeighedLogs:
    read = LogsRead()
    calls = logs.calls(None if models is None else token_edges(models))
    for call in read.selected(calls, logs.selection):
        impact.add(JudgedCall(call, None))
    impact.end()
    return WeighedLogs(read, impact)
