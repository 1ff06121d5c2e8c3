"""The use of a model: which aliases it answers now, which it served before, and where it ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.live.live_spans import ServedSpan
from zumik.core.releases.rank_index import RankSpan


class LivePlace(NamedTuple):
    """Where the release that an alias is live at ranks a model: its rank among `ranked` models.

    `answers` says that the model answers now: rank 1, or the next while that is drained.
    """

    release: ReleaseId
    rank: int
    ranked: int
    answers: bool


class ModelUse(NamedTuple):
    """An alias that ranks a model, or did.

    `live` is None where what is live does not rank it. `served` are the times in which it was first
    in what was live, None where nothing is known of what was; `ranks` is its rank in each release.
    Both are newest first.
    """

    alias: AliasName
    live: LivePlace | None
    served: tuple[ServedSpan, ...] | None
    ranks: tuple[RankSpan, ...]

    @property
    def answers(self) -> bool:
        """Whether the alias answers with the model now."""
        return self.live is not None and self.live.answers

    @property
    def drained(self) -> bool:
        """Whether the model is first in what is live, and only a drain lets another answer."""
        return self.live is not None and self.live.rank == 1 and not self.live.answers

    @property
    def served_before(self) -> bool:
        """Whether the model served the alias, and is no longer first in what is live.

        Where nothing is known of what was live, a release that ranked it first counts.
        """
        if self.answers or self.drained:
            return False
        if self.served is None:
            return any(span.rank == 1 for span in self.ranks)
        return bool(self.served)


def live_places(live: Mapping[AliasName, LiveAlias]) -> dict[ModelId, dict[AliasName, LivePlace]]:
    """The place of every model in everything that is live and may be shown."""
    found: dict[ModelId, dict[AliasName, LivePlace]] = {}
    for alias, item in live.items():
        table, answers = item.known_table, item.answers
        if table is None or answers is None or item.pointer.is_retired:
            continue
        for rank, row in enumerate(table.ranked, 1):
            model = row.model.id
            found.setdefault(model, {})[alias] = LivePlace(
                item.pointer.target.id, rank, len(table.ranked), model == answers.model.id
            )
    return found


def model_uses(
    model: ModelId,
    live: Mapping[AliasName, LivePlace],
    served: Mapping[AliasName, Sequence[ServedSpan]],
    ranks: Mapping[AliasName, tuple[RankSpan, ...]],
) -> tuple[ModelUse, ...]:
    """The aliases that rank a model or did: those that it answers first, then by its rank now.

    `served` has what served each alias, whichever model that was.
    """
    uses = [
        ModelUse(
            alias,
            live.get(alias),
            tuple(span for span in served[alias] if span.model == model)
            if served.get(alias)
            else None,
            ranks.get(alias, ()),
        )
        for alias in {*live, *ranks}
    ]
    return tuple(sorted(uses, key=_order))


def _order(use: ModelUse) -> tuple[bool, bool, int, bool, str]:
    rank = use.live.rank if use.live else 0
    return not use.answers, use.live is None, rank, not use.served_before, use.alias
