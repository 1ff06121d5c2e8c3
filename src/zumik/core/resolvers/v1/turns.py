"""Resolver 1, turns: the days on which what it finds of a candidate changes, facts being the same.

It derives nothing. Two days without a turn between them give the same derivation of the same facts,
but for failures that name the day itself. Append-only once a release has landed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from zumik.core.facts.policy import LATENCY, Alias, Measure
from zumik.core.resolvers.derivation import Turn
from zumik.core.resolvers.facts import Facts


def turns(alias: Alias, facts: Facts) -> Iterator[Turn]:
    """Every turn of the models, all of which count as candidates; the day of the facts is not read.

    Latency is measured where no preference names it, too, because every table shows it.
    """
    aged = [
        (measure, True if word in alias.words else None)
        for word in dict.fromkeys((*alias.words, LATENCY))
        if (measure := facts.measures.get("latency" if word == LATENCY else word))
        and measure.max_age_days is not None
    ]
    outlives = timedelta(days=min(alias.require.outlives_days, (date.max - date.min).days))
    for model in facts.models.values():
        if model.released_on is not None:
            yield Turn(model.released_on, model.id, fails_after=False)
        if model.retires_on is not None:
            # As early as the calendar goes.
            reach = min(outlives, model.retires_on - date.min)
            yield Turn(model.retires_on - reach, model.id, fails_after=True)
        for measure, fails in aged:
            for name in measure.metrics:
                metric, figure = facts.metrics.get(name), model.metrics.get(name)
                dated = metric.dated(figure) if metric and figure else None
                first = _first_too_old(dated, measure) if dated else None
                if first:
                    yield Turn(first, model.id, fails)


def _first_too_old(dated: date, measure: Measure) -> date | None:
    """The first day on which a figure is too old; None where the calendar ends before."""
    most = measure.max_age_days or 0
    left = (date.max - dated).days
    return dated + timedelta(days=most + 1) if most < left else None
