"""What deriving an alias yields: the whole table, not only the winner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.field_readers import NOTHING
from zumik.core.basics.names import ModelId
from zumik.core.facts.policy import Alias, Preference
from zumik.core.resolvers.facts import Failure, Incumbent


class Candidate(NamedTuple):
    """A model that the policy selects: the values that are known, and what it failed.

    `errors` are the standard errors of the values that a band by error keeps.
    """

    model: ModelId
    failures: tuple[Failure, ...]
    values: Mapping[str, Fraction]
    errors: Mapping[str, Fraction] = NOTHING

    @property
    def eligible(self) -> bool:
        """Whether it meets every requirement."""
        return not self.failures

    @property
    def not_compared(self) -> bool:
        """Whether it was left out only because facts are unknown."""
        return bool(self.failures) and all(failure.unknown for failure in self.failures)


class Derivation(NamedTuple):
    """One alias derived."""

    alias: Alias
    candidates: tuple[Candidate, ...]
    ranking: tuple[ModelId, ...]
    reason: str
    incumbent: Incumbent | None

    @property
    def winner(self) -> ModelId | None:
        """Rank 1; None where no candidate is eligible."""
        return self.ranking[0] if self.ranking else None

    def candidate(self, model: ModelId) -> Candidate:
        """The candidate with this id. Raises KeyError."""
        for candidate in self.candidates:
            if candidate.model == model:
                return candidate
        raise KeyError(model)


class Step(NamedTuple):
    """What one preference left of the eligible models: those no worse than `worst`, the best first.

    `best` is the best figure that it met among those that the preferences before it left.
    """

    preference: Preference
    best: Fraction
    worst: Fraction
    left: tuple[ModelId, ...]


class Flip(NamedTuple):
    """How far one figure of the winner can worsen before another model wins.

    `at` is the last value that keeps it, or with `inclusive` the first that loses it. `to` is who
    would win then; None where no candidate is left. `bound` marks a requirement, not a preference.
    """

    word: str
    now: Fraction
    at: Fraction
    inclusive: bool
    to: ModelId | None
    bound: bool = False

    @property
    def by(self) -> Fraction:
        """The distance, in the measure's unit."""
        return abs(self.at - self.now)


class Turn(NamedTuple):
    """A day from which something of a candidate is otherwise, although no fact changed.

    From it on the candidate fails (`fails_after`), or no longer does; or (None) a figure that it
    need not have is too old to be shown.
    """

    day: date
    model: ModelId
    fails_after: bool | None
