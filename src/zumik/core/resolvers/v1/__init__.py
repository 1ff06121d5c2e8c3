"""Resolver 1: freezing does the thinking, resolving is a walk.

`derive` selects, requires, measures and ranks; `walk` takes the first ranked model that a request
can use; `request_reaching` asks which request gives a rank. Exact rationals throughout, no I/O, no
clock. Append-only once a release has landed.
"""

from zumik.core.resolvers.v1.defects import KNOWN_DEFECTS, known_defects
from zumik.core.resolvers.v1.derive import derive
from zumik.core.resolvers.v1.flip import flips, would_win
from zumik.core.resolvers.v1.measure import value_of
from zumik.core.resolvers.v1.reach import request_reaching
from zumik.core.resolvers.v1.steps import steps
from zumik.core.resolvers.v1.turns import turns
from zumik.core.resolvers.v1.walk import walk

__all__ = [
    "KNOWN_DEFECTS",
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
