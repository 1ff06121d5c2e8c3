"""Intervals of 95 % that assume nothing of how the values are distributed.

A quantile lies between two of the ordered samples with the chance that a binomial gives; a share
lies in Wilson's interval.
"""

from __future__ import annotations

from math import ceil, exp, floor, lgamma, log, log1p, sqrt
from typing import NamedTuple

_Z = 1.959963984540054
"""The 97.5 % point of the normal distribution."""

_TAIL = 0.025

# Above that the normal approximation differs by a rank at most, which no figure shows.
_MAX_EXACT = 5_000


class Ranks(NamedTuple):
    """Which of the ordered samples, from 1: the quantile, and the ends of its interval.

    An end is None where there are too few samples for it.
    """

    value: int
    low: int | None
    high: int | None


def quantile_ranks(samples: int, share: float) -> Ranks:
    """The ranks for the value that `share` of the samples do not exceed; at least one sample."""
    value = max(1, ceil(samples * share - 1e-9))
    below, above = _binomial_ends(samples, share)
    return Ranks(value, below if below >= 1 else None, above if above <= samples else None)


def _binomial_ends(samples: int, share: float) -> tuple[int, int]:
    """The greatest rank with at most 2.5 % below it, and the least with at most 2.5 % above it."""
    if samples > _MAX_EXACT:
        middle, spread = samples * share, _Z * sqrt(samples * share * (1 - share))
        return floor(middle - spread), ceil(middle + spread) + 1
    low, reached = 0, 0.0
    for count in range(samples + 1):
        reached += _chance(samples, count, share)
        if reached <= _TAIL:
            low = count + 1
        if reached >= 1 - _TAIL:
            return low, count + 1
    return low, samples + 1


def _chance(samples: int, count: int, share: float) -> float:
    ways = lgamma(samples + 1) - lgamma(count + 1) - lgamma(samples - count + 1)
    return exp(ways + count * log(share) + (samples - count) * log1p(-share))


def share_interval(count: int, samples: int) -> tuple[float, float]:
    """Wilson's interval of a share; at least one sample."""
    share, square = count / samples, _Z * _Z
    middle = (share + square / (2 * samples)) / (1 + square / samples)
    spread = sqrt(share * (1 - share) / samples + square / (4 * samples * samples))
    spread *= _Z / (1 + square / samples)
    # At none and at all the ends are 0 and 1 exactly, which the difference of floats misses.
    low = 0.0 if count == 0 else max(0.0, middle - spread)
    return low, 1.0 if count == samples else min(1.0, middle + spread)
