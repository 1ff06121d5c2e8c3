"""A live model that retires: its release, frozen before that was known, goes on naming it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.times import days_after


class LiveRetirement(NamedTuple):
    """What an alias answers and since when, or from when, its provider does not serve that.

    `following` is the next in the ranking that is still served; None: no other is. `alias`
    is None for a concrete target, which has no ranking.
    """

    alias: AliasName | None
    model: ModelId
    day: date
    is_over: bool
    following: ModelId | None


def live_retirement(
    alias: AliasName | None,
    answers: ModelId,
    ranking: Sequence[ModelId],
    retires_on: Callable[[ModelId], date | None],
    today: date,
    horizon_days: int,
) -> LiveRetirement | None:
    """The retirement of what an alias answers, where that is over or within the horizon."""
    day = retires_on(answers)
    if day is None or day > days_after(today, horizon_days):
        return None

    def served(model: ModelId) -> bool:
        last = retires_on(model)
        return last is None or last > max(today, day)

    others = [model for model in ranking if model != answers and served(model)]
    return LiveRetirement(alias, answers, day, day <= today, others[0] if others else None)
