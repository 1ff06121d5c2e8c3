"""The index of ranks: where every alias ranked each model, over all releases of the line.

It is made in one pass. A rank that many releases share is kept once, and ranks below the tenth are
kept as one: a new price moves hundreds of models deep in a ranking, and a line of a thousand
releases would not fit in memory with each of these moves.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId

DEEPEST = 10
"""The last rank that is kept as a number."""

_LOWER = DEEPEST + 1
_NOT_RANKED = 0


class RankSpan(NamedTuple):
    """The rank that releases which follow each other give a model, the `first` to the `last`.

    `releases` counts them. `rank` is None below DEEPEST.
    """

    rank: int | None
    first: ReleaseId
    last: ReleaseId
    releases: int


class RankIndex:
    """The ranks of every model in every alias. Releases are added in the order of their line."""

    def __init__(self) -> None:
        self._releases: list[ReleaseId] = []
        self._rankings: dict[AliasName, Sequence[ModelId]] = {}
        # By model and alias: the place of a release in the line and the rank that begins there, the
        # place and rank of the next change, and so on.
        self._starts: dict[ModelId, dict[AliasName, array[int]]] = {}

    def add(self, release: ReleaseId, rankings: Mapping[AliasName, Sequence[ModelId]]) -> None:
        """Add the next release with the rankings that may be shown."""
        place = len(self._releases)
        self._releases.append(release)
        for alias in {*self._rankings, *rankings}:
            before, after = self._rankings.get(alias, ()), rankings.get(alias, ())
            if before != after:
                self._add_changes(place, alias, before, after)
        self._rankings = dict(rankings)

    def _add_changes(
        self, place: int, alias: AliasName, before: Sequence[ModelId], after: Sequence[ModelId]
    ) -> None:
        was, now = _ranks(before), _ranks(after)
        for model in {*was, *now}:
            rank = now.get(model, _NOT_RANKED)
            if was.get(model, _NOT_RANKED) != rank:
                starts = self._starts.setdefault(model, {}).setdefault(alias, array("I"))
                starts.extend((place, rank))

    def of(self, model: ModelId) -> dict[AliasName, tuple[RankSpan, ...]]:
        """The ranks of a model by alias, newest first."""
        found = self._starts.get(model, {})
        return {alias: tuple(self._spans(found[alias]))[::-1] for alias in sorted(found)}

    def _spans(self, starts: array[int]) -> Iterator[RankSpan]:
        places, ranks = starts[::2], starts[1::2]
        ends = (*places[1:], len(self._releases))
        for place, rank, end in zip(places, ranks, ends, strict=True):
            if rank != _NOT_RANKED:
                yield RankSpan(
                    rank if rank <= DEEPEST else None,
                    self._releases[place],
                    self._releases[end - 1],
                    end - place,
                )


def _ranks(ranking: Sequence[ModelId]) -> dict[ModelId, int]:
    return {model: min(rank, _LOWER) for rank, model in enumerate(ranking, 1)}
