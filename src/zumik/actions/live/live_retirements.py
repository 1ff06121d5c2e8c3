"""Live retirements: which answers are a model that has retired, or will within the horizon."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.live.live_retirement import LiveRetirement, live_retirement
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import ZumikError
from zumik.workspace.retirement_days import retirement_days
from zumik.workspace.settings_in_text import retirement_days_setting
from zumik.workspace.store import Store

Retirement = Callable[[AliasName | None, VerifiedRelease | None, ModelId], LiveRetirement | None]
"""The retirement of what an alias of a release answers; of a target without the two."""


def retirements_of(store: Store, today: date) -> Retirement:
    """Says whether what an alias of a release answers retires, by the catalog as it is now."""
    return retirements_by(retirement_days(store), today, retirement_days_setting(store.tree))


def retirements_by(
    retires_on: Callable[[ModelId], date | None], today: date, horizon_days: int
) -> Retirement:
    """The same by any source of the days."""

    def found(
        alias: AliasName | None, source: VerifiedRelease | None, model: ModelId
    ) -> LiveRetirement | None:
        ranking = source.aliases[alias].ranking if source is not None and alias else ()
        return live_retirement(alias, model, ranking, retires_on, today, horizon_days)

    return found


def live_retirements(store: Store, today: date) -> Iterator[LiveRetirement]:
    """The retiring winners of all live aliases, by alias."""
    retirement = retirements_of(store, today)
    for live in store.live_releases():
        if not isinstance(live.found, ZumikError):
            alias = live.pointer.alias
            item = retirement(alias, live.found, live.found.aliases[alias].winner)
            if item is not None:
                yield item
