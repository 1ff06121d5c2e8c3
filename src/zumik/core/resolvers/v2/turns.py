"""Resolver 2, turns: the days on which what it finds of a candidate changes, facts being the same.

Those of resolver 1, the day since which a model is not served, and those from which a price holds.
Append-only once a release has landed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from zumik.core.facts.policy import Alias
from zumik.core.resolvers.derivation import Turn
from zumik.core.resolvers.facts import Facts
from zumik.core.resolvers.v1.turns import turns as first_turns


def turns(alias: Alias, facts: Facts) -> Iterator[Turn]:
    """Every turn of the models, all of which count as candidates."""
    yield from first_turns(alias, facts)
    outlives = timedelta(days=min(alias.require.outlives_days, (date.max - date.min).days))
    for model in facts.models.values():
        ended = model.lifecycle.not_served_since if model.lifecycle else None
        if ended is not None:
            yield Turn(ended - min(outlives, ended - date.min), model.id, True)
        for price in model.price.dated if model.price else ():
            if price.effective_from is not None:
                yield Turn(price.effective_from, model.id, None)
