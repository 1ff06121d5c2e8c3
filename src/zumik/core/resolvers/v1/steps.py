"""Resolver 1, narrowing: what each preference left of the eligible models, the best first.

It shows how the choice went and decides nothing: an explanation that says "of these the lowest"
must know which these are. Append-only once a release has landed.
"""

from __future__ import annotations

from fractions import Fraction

from zumik.core.facts.policy import Goal
from zumik.core.resolvers.derivation import Derivation, Step
from zumik.core.resolvers.v1.derive import entry_of
from zumik.core.resolvers.v1.rank import limit


def steps(derivation: Derivation) -> tuple[Step, ...]:
    """One step a preference; empty where no model is eligible.

    The first model of the last step is the best. It has rank 1 unless an incumbent was kept.
    """
    alias = derivation.alias
    left = [entry_of(c, alias) for c in derivation.candidates if c.eligible]
    left.sort(key=lambda entry: (entry.values[-1], entry.tie))
    found: list[Step] = []
    for place, preference in enumerate(alias.prefer if left else ()):
        best = min(entry.values[place] for entry in left)
        is_last = place == len(alias.prefer) - 1
        worst = best if is_last else limit(best, preference.within or Fraction(0))
        left = [entry for entry in left if entry.values[place] <= worst]
        sign = 1 if preference.goal is Goal.MINIMIZE else -1
        models = tuple(entry.model for entry in left)
        found.append(Step(preference, best * sign, worst * sign, models))
    return tuple(found)
