"""The drained decision: what an alias answers while models are drained.

One function decides, for all callers, which models a drain removes. It never leaves an alias
without a model. The decision's request names the removed models, so that a replay needs no list of
drains. The time is passed in.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.decisions.decision import Decision, NoCandidate, resolve
from zumik.core.facts.request import NOTHING_ASKED, Request
from zumik.core.live.drains import LONGEST, Drain, Drains, drained
from zumik.core.releases.release import VerifiedRelease


class DrainedDecision(NamedTuple):
    """What an alias answers at a time to a request: one that asks nothing, or the one explained.

    `drains` are those in force that name any model that it ranks, whether they change the answer
    or not.
    """

    decision: Decision
    drains: tuple[Drain, ...]
    at: datetime


class DrainEffect(NamedTuple):
    """What an alias answers before the list of drains changes, and after."""

    alias: AliasName
    before: Decision
    after: Decision


def resolve_under(
    drains: Drains,
    source: VerifiedRelease,
    alias: AliasName,
    request: Request,
    now: datetime,
    *,
    requested: str | None = None,
) -> Decision:
    """The decision of a release for an alias, without the models that are drained at a time.

    Raises as `resolve`, and only where that would without any drain.
    """
    out_of_use = drained_models(drains, source, alias, now)
    return resolve_without(out_of_use, source, alias, request, requested=requested)


def drained_models(
    drains: Drains, source: VerifiedRelease, alias: AliasName, now: datetime
) -> tuple[ModelId, ...]:
    """The models that an alias ranks and a drain takes away at a time, by rank."""
    frozen = source.aliases.get(alias)
    if frozen is None or not drains.drains:
        return ()
    return drained(drains.drains, frozen.ranking, now)


def resolve_without(
    out_of_use: Collection[ModelId],
    source: VerifiedRelease,
    alias: AliasName,
    request: Request = NOTHING_ASKED,
    *,
    requested: str | None = None,
) -> Decision:
    """The decision without the drained models; with them where no other can answer.

    `drain_ignored` then names those of them that the request itself could have used. Raises as
    `resolve`.
    """
    own = request.unavailable
    taken = tuple(model for model in out_of_use if model not in own) if out_of_use else ()
    if not taken:
        return resolve(source, alias, request, requested=requested)
    with suppress(NoCandidate):
        without = request._replace(unavailable=(*own, *taken))
        return resolve(source, alias, without, requested=requested)
    decision = resolve(source, alias, request, requested=requested)
    return decision._replace(drain_ignored=_answering(taken, source, request))


def _answering(
    models: Collection[ModelId], source: VerifiedRelease, request: Request
) -> tuple[ModelId, ...]:
    """Those of the models that a request could use: each is walked alone."""
    walk = source.release.made_by.walk
    return tuple(model for model in models if walk((model,), source.models, request)[0] == 0)


def in_force(drains: Drains, now: datetime) -> tuple[Drain, ...]:
    """The drains that take something away at a time."""
    return tuple(drain for drain in drains.drains if drain.in_force(now))


def taking(drains: Drains, models: Collection[ModelId], now: datetime) -> tuple[Drain, ...]:
    """The drains in force at a time that name any of these models."""
    return tuple(drain for drain in drains.drains if drained((drain,), models, now))


def drains_behind(
    decision: Decision, request: Request, drains: Drains, now: datetime
) -> tuple[Drain, ...]:
    """The drains that took a model away from a decision, or were ignored, at a time.

    `request` is what was asked: a model that it names as unavailable was not taken by a drain.
    """
    taken = {*decision.request.unavailable, *decision.drain_ignored} - {*request.unavailable}
    return taking(drains, taken, now)


def steady(drains: Drains, now: datetime) -> tuple[datetime | None, datetime | None]:
    """The time around `now` in which no drain begins or ends, from the first up to the second.

    None for no bound. Within it the answer to a request stays the same.
    """
    moments = [moment for drain in drains.drains for moment in (drain.since, drain.until)]
    before = max((moment for moment in moments if moment <= now), default=None)
    after = min((moment for moment in moments if moment > now), default=None)
    return before, after


def answered(
    drains: Drains, source: VerifiedRelease, alias: AliasName, now: datetime
) -> DrainedDecision:
    """What an alias answers at a time. Raises CannotRun where the release does not hold it."""
    decision = resolve_under(drains, source, alias, NOTHING_ASKED, now)
    return DrainedDecision(decision, taking(drains, source.aliases[alias].ranking, now), now)


def effects(
    live: Iterable[tuple[AliasName, VerifiedRelease]],
    before: Drains,
    after: Drains,
    now: datetime,
) -> tuple[DrainEffect, ...]:
    """What each alias answers before and after a change of the list, to who asks nothing."""
    return tuple(
        DrainEffect(
            alias,
            resolve_under(before, source, alias, NOTHING_ASKED, now),
            resolve_under(after, source, alias, NOTHING_ASKED, now),
        )
        for alias, source in live
    )


# The list


def with_drain(drains: Drains, drain: Drain, now: datetime) -> Drains:
    """The list with a drain in the place of the one with the same glob, without those over.

    One that is in force goes on: since when it was so is not forgotten, unless it would then be
    longer than a drain may be.
    """
    before = next((d for d in drains.drains if d.models == drain.models), None)
    if before is not None and before.in_force(now) and drain.until - before.since <= LONGEST:
        drain = drain._replace(since=before.since)
    kept = [d for d in drains.drains if now < d.until and d.models != drain.models]
    return Drains(drains.generation + 1, (*kept, drain))


def without_drains(drains: Drains, models: str | None, now: datetime) -> Drains:
    """The list without the drain of a glob, or without any, and without those over."""
    kept = [d for d in drains.drains if models is not None and now < d.until and d.models != models]
    return Drains(drains.generation + 1, tuple(kept))
