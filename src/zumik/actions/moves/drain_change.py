"""A change of the list of drains: what is live, what each alias then answers, and the new file.

`drain_models` and `undrain_models` decide how the list changes.
"""

from __future__ import annotations

from typing import NamedTuple

from zumik.actions.publishing.publish import PublishOptions, publish
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.decisions.drained_decision import effects
from zumik.core.live.drains import Drains, drains_to_bytes
from zumik.core.live.published import AnswerChange
from zumik.core.releases.release import VerifiedRelease
from zumik.core.reviews.outcomes import ChangedDrains
from zumik.errors import ZumikError
from zumik.transaction.file_plan import NewBytes


class LiveSources(NamedTuple):
    """The live aliases that can be read, and those that cannot, with why."""

    sources: tuple[tuple[AliasName, VerifiedRelease], ...]
    unread: tuple[str, ...]

    @property
    def ranked(self) -> dict[ModelId, list[AliasName]]:
        """Every model that any of them ranks, with those that do."""
        found: dict[ModelId, list[AliasName]] = {}
        for alias, source in self.sources:
            for model in source.aliases[alias].ranking:
                found.setdefault(model, []).append(alias)
        return found


def live_sources(session: Session) -> LiveSources:
    """What is live. One alias that cannot be read must not hold up a drain."""
    sources, unread = [], []
    for live in session.store.live_releases():
        alias = live.pointer.alias
        if isinstance(live.found, ZumikError):
            unread.append(f"{alias}: {live.found.message}")
        else:
            sources.append((alias, live.found))
    return LiveSources(tuple(sources), tuple(unread))


def change_drains(
    session: Session,
    live: LiveSources,
    after: Drains,
    what: ChangedDrains,
    message: str,
    options: PublishOptions,
) -> ChangedDrains:
    """`what`, with the new list published and what each live alias answers by it.

    Raises as `publish`.
    """
    found = effects(live.sources, session.store.drains, after, what.at)
    file = NewBytes(session.store.drains_path, drains_to_bytes(after))
    answers = [AnswerChange(each.alias, each.before.model, each.after.model) for each in found]
    return what._replace(
        published=publish(session, [file], message, options, answers=answers),
        drains=after,
        effects=tuple(found),
        unread=live.unread,
    )
