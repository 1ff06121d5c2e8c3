"""Resolver 2: what resolver 1 answers, with its known defects mended and more facts read.

It takes from resolver 1 what is the same. It reads prices by day, service and fee, explicit noes,
modes, regions, labels and errors of figures; it asks for no fact that nothing needs, and calls a
cost with a part missing what it is, a lower bound. Append-only once a release has landed.
"""

from zumik.core.resolvers.derivation import Candidate, Derivation, Flip
from zumik.core.resolvers.facts import Facts
from zumik.core.resolvers.v1.flip import Choice
from zumik.core.resolvers.v1.flip import flips as flips_of
from zumik.core.resolvers.v1.flip import would_win as would_win_of
from zumik.core.resolvers.v2.derive import derive, entry_of, first_of, steps
from zumik.core.resolvers.v2.measure import cost_of, value_of
from zumik.core.resolvers.v2.turns import turns
from zumik.core.resolvers.v2.walk import request_reaching, walk

__all__ = [
    "cost_of",
    "derive",
    "flips",
    "known_defects",
    "request_reaching",
    "steps",
    "turns",
    "value_of",
    "walk",
    "would_win",
]


def flips(derivation: Derivation) -> tuple[Flip, ...]:
    """For each figure of the winner, how far it can worsen; the deciding preference comes first."""
    return flips_of(derivation, _choice(derivation))


def would_win(derivation: Derivation) -> tuple[Candidate, ...]:
    """The excluded candidates that would take rank 1 if what they failed were waived."""
    errors = {p.word for p in derivation.alias.prefer if p.within_error}
    found = would_win_of(derivation, _choice(derivation))
    return tuple(candidate for candidate in found if errors <= candidate.errors.keys())


def known_defects(derivation: Derivation, facts: Facts) -> tuple[str, ...]:
    """The known defects that a derived alias shows: none is known of this resolver."""
    return ()


def _choice(derivation: Derivation) -> Choice:
    by_error = any(preference.within_error for preference in derivation.alias.prefer)
    return Choice(entry_of, first_of, has_edges=not by_error)
