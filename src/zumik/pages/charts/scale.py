"""From a value to its place between 0 and 1, and the round values to mark on the way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol

_ROUND = (1, 2, 5, 10)


class Scale(Protocol):
    """Places for values: a greater value never has a lesser place."""

    @property
    def low(self) -> Fraction:
        """The value at the beginning."""

    @property
    def high(self) -> Fraction:
        """The value at the end."""

    def place(self, value: Fraction) -> float:
        """The place of a value; one beyond an end is put at the end."""

    def ticks(self) -> Sequence[Fraction]:
        """Round values within the scale, the least first."""


class LinearScale(NamedTuple):
    """Equal steps for equal differences; `low` is less than `high`."""

    low: Fraction
    high: Fraction
    most_ticks: int = 5

    def place(self, value: Fraction) -> float:
        """The place of a value; one beyond an end is put at the end."""
        return float((min(max(value, self.low), self.high) - self.low) / (self.high - self.low))

    def ticks(self) -> Sequence[Fraction]:
        """Multiples of 1, 2 or 5 times a power of ten: the finest that are few enough."""
        step = round_step((self.high - self.low) / self.most_ticks)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [step * count for count in range(first, last + 1)]


class LogScale(NamedTuple):
    """Equal steps for equal ratios; `low` is above zero and less than `high`."""

    low: Fraction
    high: Fraction
    most_ticks: int = 5

    def place(self, value: Fraction) -> float:
        """The place of a value; one beyond an end is put at the end."""
        if value <= self.low:
            return 0.0
        low, high = _log(self.low), _log(self.high)
        return min(1.0, max(0.0, (_log(value) - low) / (high - low)))

    def ticks(self) -> Sequence[Fraction]:
        """1, 2 and 5 times powers of ten, else powers of ten alone, and of these as few as fit."""
        first, last = _magnitude(self.low), _magnitude(self.high)
        powers = [Fraction(10) ** power for power in range(first, last + 1)]
        found: list[Fraction] = []
        for digits in ((1, 2, 5), (1, 3), (1,)):
            every = (digit * power for power in powers for digit in digits)
            found = [value for value in every if self.low <= value <= self.high]
            if len(found) <= self.most_ticks:
                return found
        return found[:: -(-len(found) // self.most_ticks)]


def _log(value: Fraction) -> float:
    # The logarithm of an integer is known however great it is; a float is not.
    return math.log10(value.numerator) - math.log10(value.denominator)


def round_step(least: Fraction) -> Fraction:
    """The least of 1, 2 or 5 times a power of ten that is not below a positive value."""
    power = Fraction(10) ** _magnitude(least)
    return next(step for digit in _ROUND if (step := digit * power) >= least)


def _magnitude(value: Fraction) -> int:
    """The power of ten that a positive value begins with; exact, however great or small."""
    guess = len(str(value.numerator)) - len(str(value.denominator))
    return guess if Fraction(10) ** guess <= value else guess - 1


def zero_based(values: Iterable[Fraction]) -> LinearScale:
    """A scale for bars: it has zero, and the least and the greatest value."""
    found = [Fraction(0), *values]
    low, high = min(found), max(found)
    return LinearScale(low, high if high > low else low + 1)
