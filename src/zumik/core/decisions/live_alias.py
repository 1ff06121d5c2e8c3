"""A live alias: its pointer, the table of the release that it points to, and what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from zumik.core.basics.unknown import Unknown

if TYPE_CHECKING:
    from datetime import date

    from zumik.core.decisions.alias_table import AliasTable, CandidateRow
    from zumik.core.decisions.drained_decision import DrainedDecision
    from zumik.core.facts.policy import Deprecation
    from zumik.core.live.live_retirement import LiveRetirement
    from zumik.core.live.pointer import Pointer
    from zumik.core.live.pointer_pair import PointerPair
    from zumik.core.releases.withdrawal import Withdrawal


class LiveAlias(NamedTuple):
    """An alias's pointer and the table behind it.

    `is_known` says that git knows what landed, and `beside` is both pointers, where the one that
    landed is another. `withdrawal` is the mark of the release that it points
    to, where that is withdrawn; `overdue` says that its policy wanted it to have ended by now.
    `answered` is what it answers now, None where nothing is known of drains. `retirement` is there
    where that model has retired or soon will, `new_price_on` where its price changes soon.
    """

    pointer: Pointer
    table: AliasTable | Unknown
    is_known: bool = False
    beside: PointerPair | None = None
    withdrawal: Withdrawal | None = None
    overdue: bool = False
    answered: DrainedDecision | None = None
    retirement: LiveRetirement | None = None
    new_price_on: date | None = None

    @property
    def landed(self) -> bool | None:
        """Whether the pointer is what `live_ref` has; None where git cannot say."""
        return self.beside is None if self.is_known else None

    @property
    def known_table(self) -> AliasTable | None:
        """The table, where it is known."""
        return None if isinstance(self.table, Unknown) else self.table

    @property
    def problem(self) -> str | None:
        """Why the table is not known."""
        return self.table.why if isinstance(self.table, Unknown) else None

    @property
    def answers(self) -> CandidateRow | None:
        """The candidate that answers now: the winner, or the next where the winner is drained."""
        table = self.known_table
        if table is None:
            return None
        if self.answered is None:
            return table.winner
        model = self.answered.decision.model
        return next((row for row in table.ranked if row.model.id == model), table.winner)

    @property
    def deprecated(self) -> Deprecation | None:
        """What its policy says of its end, while it answers."""
        table = self.known_table
        return table.alias.deprecated if table else None

    @property
    def ignores_drains(self) -> bool:
        """Whether models are drained that it answers with all the same."""
        return self.answered is not None and bool(self.answered.decision.drain_ignored)
