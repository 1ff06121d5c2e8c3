"""Resolver 1, ranking: the eligible models in order of preference, by repeated selection.

Among those left, each preference in order keeps the best, or all within its band of the best; the
winner takes the next rank and leaves. Rank 2 is therefore who would win without rank 1. Append-only
once a release has landed.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby
from math import lcm
from operator import itemgetter
from typing import NamedTuple

from zumik.core.basics.names import ModelId


class Entry(NamedTuple):
    """An eligible model: one value a preference, turned so that lower is better.

    `tie` decides what the preferences leave equal: the exact values in preference order, then the
    id by its UTF-8 bytes.
    """

    model: ModelId
    values: tuple[Fraction, ...]

    @property
    def tie(self) -> tuple[tuple[Fraction, ...], bytes]:
        """The order of entries that are equal by every preference."""
        return self.values, self.model.encode()


Bands = tuple[Fraction | None, ...]
"""How far from the best each preference lets a model be; None keeps only the best."""


def limit(best: Fraction, within: Fraction) -> Fraction:
    """The worst value that is within a share of the best, lower being better."""
    return best + within * abs(best)


def first(entries: Sequence[Entry], bands: Bands) -> Entry:
    """The first of the ranking, without ranking the rest."""
    return min(survivors(entries, bands), key=lambda entry: (entry.values[-1], entry.tie))


def survivors(entries: Sequence[Entry], bands: Bands) -> list[Entry]:
    """Those that every preference but the last keeps."""
    left = list(entries)
    for place, within in enumerate(bands[:-1]):
        worst = limit(min(entry.values[place] for entry in left), within or Fraction(0))
        left = [entry for entry in left if entry.values[place] <= worst]
    return left


_Row = tuple[int, ...]
"""An entry in whole numbers: a value a preference, and last its place in tie order."""


def rank(entries: Sequence[Entry], bands: Bands) -> list[Entry]:
    """All entries, best first."""
    columns = zip(*(entry.values for entry in entries), strict=True)
    values = zip(*map(_in_whole_numbers, columns), strict=True)
    ids = [entry.model.encode() for entry in entries]
    tied = sorted(zip(values, ids, entries, strict=True))
    rows = [(*whole, place) for place, (whole, _, _) in enumerate(tied)]
    return [tied[row[-1]][-1] for row in _rank(rows, bands, 0)]


def _in_whole_numbers(values: Sequence[Fraction]) -> list[int]:
    """The values times a common denominator.

    No order changes by it and, as bands are shares, no band; and whole numbers compare much faster.
    """
    scale = lcm(*(value.denominator for value in values))
    return [value.numerator * (scale // value.denominator) for value in values]


def _limit(best: int, within: Fraction | None) -> int:
    """As `limit`, rounded down: no whole number is between the two."""
    if within is None:
        return best
    return best + abs(best) * within.numerator // within.denominator


def _rank(rows: list[_Row], bands: Bands, depth: int) -> list[_Row]:
    """`rows` in tie order, ranked by the preferences from `depth` on."""
    if depth == len(bands) or len(rows) < 2:
        return rows
    value = itemgetter(depth)
    ordered = sorted(rows, key=value)
    if bands[depth] is None:
        # The best group stays the best until it is used up, so groups follow one another.
        groups = [_rank(list(group), bands, depth + 1) for _, group in groupby(ordered, value)]
        return [row for group in groups for row in group]
    if any(within is not None for within in bands[depth + 1 :]):
        return _rank_nested_bands(ordered, bands, depth)
    return _rank_one_band(ordered, bands, depth)


def _rank_one_band(ordered: list[_Row], bands: Bands, depth: int) -> list[_Row]:
    """With one band left, the limit only moves outwards as winners leave: a heap suffices."""
    heap: list[tuple[_Row, int]] = []
    gone = [False] * len(ordered)
    ranked: list[_Row] = []
    best = entered = 0
    while len(ranked) < len(ordered):
        while gone[best]:
            best += 1
        worst = _limit(ordered[best][depth], bands[depth])
        while entered < len(ordered) and ordered[entered][depth] <= worst:
            heapq.heappush(heap, (ordered[entered][depth + 1 :], entered))
            entered += 1
        _, winner = heapq.heappop(heap)
        gone[winner] = True
        ranked.append(ordered[winner])
    return ranked


def _rank_nested_bands(ordered: list[_Row], bands: Bands, depth: int) -> list[_Row]:
    """A band inside a band moves both ways as winners leave, so each rank is selected afresh."""
    left = list(ordered)
    ranked: list[_Row] = []
    while left:
        kept = left
        for place in range(depth, len(bands) - 1):
            worst = _limit(min(row[place] for row in kept), bands[place])
            kept = [row for row in kept if row[place] <= worst]
        winner = min(kept, key=itemgetter(-2, -1))
        ranked.append(winner)
        left.remove(winner)
    return ranked
