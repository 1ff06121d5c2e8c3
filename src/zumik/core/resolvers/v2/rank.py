"""Resolver 2, ranking: as in resolver 1, and bands by the error of figures.

Two figures do not differ at 95 % where their distance is at most 1.96 times the standard
error of their difference. All of it is squared, so that it stays exact. Append-only once a release
has landed.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple, cast

from zumik.core.basics.names import ModelId
from zumik.core.facts.policy import Preference
from zumik.core.resolvers.v1 import rank as first_rank
from zumik.core.resolvers.v1.rank import limit

_SQUARED_QUANTILE = Fraction(196, 100) ** 2


class Entry(NamedTuple):
    """An eligible model: per preference a value, lower being better, and its error squared.

    `variances` is empty where no preference asks for errors.
    """

    model: ModelId
    values: tuple[Fraction, ...]
    variances: tuple[Fraction, ...] = ()

    @property
    def tie(self) -> tuple[tuple[Fraction, ...], bytes]:
        """The order of entries that are equal by every preference."""
        return self.values, self.model.encode()


def first(entries: Sequence[Entry], prefer: Sequence[Preference]) -> Entry:
    """The first of the ranking, without ranking the rest."""
    return min(survivors(entries, prefer), key=lambda entry: (entry.values[-1], entry.tie))


def survivors(entries: Sequence[Entry], prefer: Sequence[Preference]) -> list[Entry]:
    """Those that every preference but the last keeps."""
    left = list(entries)
    for place, preference in enumerate(prefer[:-1]):
        left = kept(left, place, preference)
    return left


def kept(entries: Sequence[Entry], place: int, preference: Preference) -> list[Entry]:
    """Those that one preference keeps."""
    best = min(entry.values[place] for entry in entries)
    if not preference.within_error:
        worst = limit(best, preference.within or Fraction(0))
        return [entry for entry in entries if entry.values[place] <= worst]
    error = max(entry.variances[place] for entry in entries if entry.values[place] == best)
    return [
        entry
        for entry in entries
        if (entry.values[place] - best) ** 2 <= _SQUARED_QUANTILE * (entry.variances[place] + error)
    ]


def rank(entries: Sequence[Entry], prefer: Sequence[Preference]) -> list[Entry]:
    """All entries, best first."""
    if not any(preference.within_error for preference in prefer):
        # It reads model and values, and gives back the entries that it got.
        bands = tuple(preference.within for preference in prefer)
        return cast(list[Entry], first_rank.rank(cast(Any, entries), bands))
    left, ranked = list(entries), []
    while left:
        winner = first(left, prefer)
        ranked.append(winner)
        left.remove(winner)
    return ranked
