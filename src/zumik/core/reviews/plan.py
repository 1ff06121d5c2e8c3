"""Plans: what freezing now would change for each alias, against the release that is live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.decisions.alias_table import AliasTable
from zumik.core.decisions.resolver_before import RankingBefore
from zumik.core.live.pointer_pair import PointerPair
from zumik.core.live.taken_back import TakenBack


class LiveView(NamedTuple):
    """What an alias answers now, explained from its release."""

    release: ReleaseId
    table: AliasTable


class AliasPlan(NamedTuple):
    """One alias before and after. Absent `before`: not live; absent `after`: no longer wanted.

    `before` is what the pointer here says; `beside` is what has landed, where that is another.
    `taken_back` says that people took the new winner back before. `history_from` is where a shallow
    clone cuts the history off, so that this is not known. `resolver_before` is what the resolver of
    the live release gives otherwise from the same facts, where a newer one decides now.
    """

    alias: AliasName
    before: LiveView | None
    after: AliasTable | None
    beside: PointerPair | None = None
    taken_back: TakenBack | None = None
    resolver_before: RankingBefore | None = None
    history_from: datetime | None = None

    @property
    def winner_before(self) -> ModelId | None:
        """Who answers now."""
        return (
            self.before.table.winner.model.id if self.before and self.before.table.winner else None
        )

    @property
    def winner_after(self) -> ModelId | None:
        """Who would answer."""
        return self.after.winner.model.id if self.after and self.after.winner else None

    @property
    def changes_winner(self) -> bool:
        """Whether another model would answer; what is no longer wanted stays as it is."""
        return self.after is not None and self.winner_before != self.winner_after

    def difference(self, word: str) -> tuple[Fraction, Fraction] | None:
        """A figure of the winner before and after, each under its own policy; None if unknown."""
        if not (self.before and self.before.table.winner and self.after and self.after.winner):
            return None
        before = self.before.table.winner.figures.get(word)
        after = self.after.winner.figures.get(word)
        return None if before is None or after is None else (before, after)

    @property
    def newly_excluded(self) -> tuple[ModelId, ...]:
        """Models that the live ranking has and the new one has not."""
        if not (self.before and self.after):
            return ()
        left = {row.model.id for row in self.after.ranked}
        ranked = (row.model.id for row in self.before.table.ranked)
        return tuple(model for model in ranked if model not in left)


def plan_of(
    live: Mapping[AliasName, LiveView], proposed: Mapping[AliasName, AliasTable]
) -> tuple[AliasPlan, ...]:
    """Every alias that is live or wanted, by name."""
    return tuple(
        AliasPlan(alias, live.get(alias), proposed.get(alias))
        for alias in sorted({*live, *proposed})
    )
