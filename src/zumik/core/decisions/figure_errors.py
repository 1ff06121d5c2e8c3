"""The errors of figures: what a known standard error lets one say of two figures.

Nothing here decides: a resolver compares the figures as they are, and this says what their order
is worth.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import NamedTuple

from zumik.core.facts.catalog import Figure, Model
from zumik.core.facts.policy import LATENCY
from zumik.core.resolvers.facts import Facts

QUANTILE_95 = Fraction(196, 100)
"""The 97.5 % quantile of the normal distribution: so many standard errors to each side are 95 %."""


class PairErrors(NamedTuple):
    """Half of the 95 % interval of each of two figures, and whether the two can be told apart."""

    one: Fraction
    other: Fraction
    distinct: bool


def half_interval(figure: Figure) -> Fraction | None:
    """Half of a figure's 95 % interval; None where no standard error is known.

    A standard error of 0 is unknown: it comes from a single answer, or from answers all alike.
    """
    error = figure.standard_error
    return QUANTILE_95 * error if error is not None and error > 0 else None


def half_intervals(model: Model, words: Collection[str], facts: Facts) -> dict[str, Fraction]:
    """Half of the 95 % interval by word, of the words that are one metric with a known error."""
    found = {}
    for word in words:
        measure = facts.measures.get("latency" if word == LATENCY else word)
        item = model.metrics.get(measure.metric or "") if measure else None
        half = half_interval(item) if item else None
        if half is not None:
            found[word] = half
    return found


def pair_errors(apart: Fraction, one: Fraction | None, other: Fraction | None) -> PairErrors | None:
    """What two half intervals say of figures that are `apart`; None where one is unknown.

    The two are told apart where their difference is more than the 95 % interval of a difference,
    whose variance is the sum of both: the runs count as independent. All is squared and exact.
    """
    if one is None or other is None:
        return None
    return PairErrors(one, other, apart**2 > one**2 + other**2)
