"""The routing mix: who answered how many requests of which alias, with tokens and cost.

A request is counted once, however many attempts it took: the one that answered counts for its
model, tokens and cost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.decisions.cost_gaps import CostGap
from zumik.core.traffic.logs_read import LogsRead

ALIAS, BY_NAME, UNKNOWN, NO_DECISION = "alias", "model_by_name", "unknown", "no_decision"
"""What decided a call: an alias of a release that is known here, a caller who named the model, an
alias or release that nothing here knows, or nothing that the log shows."""


class MixKey(NamedTuple):
    """What requests have in common. `day` is in UTC; what is not known is None."""

    decided_by: str
    alias: AliasName | None = None
    release: ReleaseId | None = None
    model: ModelId | None = None
    day: str | None = None


DIMENSIONS = ("alias", "model", "release", "day")


@dataclass
class MixCounts:
    """How many requests, and what they took. Costs are in USD.

    `failed` requests had no answer; the log of `ended` says whether. `fell_back` counts those that
    a model of a lower rank answered, because a better one had failed or was unavailable. The log of
    `served_known` requests says what the provider served: for `served_other` of them another model
    or revision than was resolved. Tokens are those of `counted` requests; `cached_known` of these
    log what came from a cache, of `cached_of` tokens of input.
    `logged_usd` is the cost of the `logged` requests whose log has it; `frozen_usd` that of the
    `priced` ones by the release's own prices, no exact figure where it has `gaps`. The `both_`
    fields are of the `both` requests that have either cost. `failed_usd` is what was logged as the
    cost of attempts that failed, which is in no other sum.
    """

    requests: int = 0
    attempts: int = 0
    ended: int = 0
    failed: int = 0
    fell_back: int = 0
    served_known: int = 0
    served_other: int = 0
    counted: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cached_known: int = 0
    cached_of: int = 0
    logged: int = 0
    logged_usd: Fraction = Fraction(0)
    priced: int = 0
    frozen_usd: Fraction = Fraction(0)
    both: int = 0
    both_logged_usd: Fraction = Fraction(0)
    both_frozen_usd: Fraction = Fraction(0)
    failed_usd: Fraction = Fraction(0)
    gaps: frozenset[CostGap] = frozenset()

    def add(self, other: MixCounts) -> None:
        """Add what others took."""
        for name in _SUMMED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.gaps |= other.gaps

    def without_costs(self) -> MixCounts:
        """The same counts, with no cost known."""
        none = Fraction(0)
        return replace(
            self,
            logged=0,
            logged_usd=none,
            priced=0,
            frozen_usd=none,
            both=0,
            both_logged_usd=none,
            both_frozen_usd=none,
            failed_usd=none,
            gaps=frozenset(),
        )

    @property
    def difference_usd(self) -> Fraction | None:
        """Logged less frozen cost, of the requests that have both."""
        return self.both_logged_usd - self.both_frozen_usd if self.both else None


_SUMMED = tuple(item.name for item in fields(MixCounts) if item.name != "gaps")


@dataclass
class Mix:
    """The counts by all that is known of requests."""

    logs: LogsRead
    cells: dict[MixKey, MixCounts] = field(default_factory=dict)

    def add(self, key: MixKey, counts: MixCounts) -> None:
        """Add requests that have all of the key in common."""
        self.cells.setdefault(key, MixCounts()).add(counts)

    def by(self, dimensions: Sequence[str]) -> list[tuple[MixKey, MixCounts]]:
        """The counts by some of the dimensions alone: days in order, else the most frequent first.

        What decided a request is kept apart where the alias or the release is asked for.
        """
        merged = Mix(self.logs)
        apart = "alias" in dimensions or "release" in dimensions
        for key, counts in self.cells.items():
            named = {name: getattr(key, name) for name in dimensions}
            merged.add(MixKey(key.decided_by if apart else "", **named), counts)
        rows = sorted(merged.cells.items(), key=lambda item: _order(item[0]))
        if tuple(dimensions) == ("day",):
            return rows
        return sorted(rows, key=lambda item: -item[1].requests)

    def total(self) -> MixCounts:
        """All requests."""
        return summed(self.cells.values())


def summed(counts: Iterable[MixCounts]) -> MixCounts:
    """The sum of some counts."""
    total = MixCounts()
    for each in counts:
        total.add(each)
    return total


def _order(key: MixKey) -> tuple[str, ...]:
    return tuple(part or "~" for part in key)
