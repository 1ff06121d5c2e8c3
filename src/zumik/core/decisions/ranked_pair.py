"""Two models that an alias ranks, and the preference that parts them."""

from __future__ import annotations

from typing import NamedTuple

from zumik.core.basics.names import ModelId
from zumik.core.decisions.alias_table import AliasTable, CandidateRow
from zumik.core.facts.policy import Goal, Preference


class RankedPair(NamedTuple):
    """The better of two models, the other, and the preference that parts them.

    `in_band` says that this preference lets in all within a band, and the worse is outside. `kept`
    says that the better one has the worse figure, and is first as the incumbent within its margin.
    """

    table: AliasTable
    better: CandidateRow
    worse: CandidateRow
    preference: Preference
    in_band: bool = False
    kept: bool = False


def ranked_pair(table: AliasTable, one: ModelId, other: ModelId) -> RankedPair | None:
    """How an alias ranks two models; None where it does not rank both."""
    pair = [row for row in table.ranked if row.model.id in (one, other)]
    if len(pair) != 2:
        return None
    better, worse = pair
    for step in table.steps[:-1]:
        if better.model.id in step.left and worse.model.id not in step.left:
            return RankedPair(table, better, worse, step.preference, in_band=True)
    deciding = table.deciding
    mine, its = (row.figures[deciding.word] for row in pair)
    is_behind = mine > its if deciding.goal is Goal.MINIMIZE else mine < its
    kept = table.kept is not None and better.rank == 1 and is_behind
    return RankedPair(table, better, worse, deciding, kept=kept)
