"""A live model that retires: its release, frozen before that was known, goes on naming it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.times import days_after


class LiveRetirement(NamedTuple):
    """What an alias answers and since when, or from when, its provider does not serve that.

    `following` is the next in the ranking that is still served; None: no other is.
    `following_day` is when that retires, where it is within the horizon after `day`. `alias` is
    None for a concrete target, which has no ranking.
    """

    alias: AliasName | None
    model: ModelId
    day: date
    is_over: bool
    following: ModelId | None
    following_day: date | None = None

    @property
    def successor(self) -> str:
        """Who the ranking gives next, in words; a successor that retires soon too is no way out."""
        name = self.following or "none that is still served"
        ends = f", which retires on {self.following_day}" if self.following_day else ""
        return f"next in the ranking: {name}{ends}"


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

    following = next((model for model in ranking if model != answers and served(model)), None)
    ends = retires_on(following) if following is not None else None
    soon = ends is not None and ends <= days_after(max(today, day), horizon_days)
    return LiveRetirement(alias, answers, day, day <= today, following, ends if soon else None)
