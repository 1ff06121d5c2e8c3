"""Resolver 1, requiring: every reason why a model is not eligible.

Each requirement looks at all candidates in turn. A needed fact that is unknown excludes the model;
nothing is guessed. Append-only once a release has landed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import chain

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import Alias, Bound, Requirements
from zumik.core.resolvers.facts import Facts, Failure
from zumik.core.resolvers.v1.measure import Value, applying_rate

Found = Iterator[tuple[int, Failure]]
"""Failures, each with the place of the model that failed."""


def failures(
    models: Sequence[Model], alias: Alias, values: Mapping[str, Sequence[Value]], facts: Facts
) -> list[tuple[Failure, ...]]:
    """Every requirement that a model fails, each once.

    `values` holds, for each word that the alias uses, the value for each model.
    """
    require = alias.require
    found: list[dict[Failure, None]] = [{} for _ in models]
    for place, failure in chain(
        lifecycle(models, require, facts),
        _lacking("capabilities", "capability_missing", models, require.capabilities),
        _lacking("input", "input_missing", models, require.input),
        _limits(models, require),
        _prices(models, alias),
        measure_bounds(require, values),
        # A word that only the preferences use has no bound to fail, yet without a value no rank.
        unmeasured(values),
    ):
        found[place][failure] = None
    return [tuple(each) for each in found]


def lifecycle(models: Sequence[Model], require: Requirements, facts: Facts) -> Found:
    """Revisions that may move, days on which it is not served, and weights that are not open."""
    # No further than the calendar goes.
    days = min(require.outlives_days, (date.max - facts.day).days)
    last_day = facts.day + timedelta(days=days)
    for place, model in enumerate(models):
        if not require.floating_allowed:
            if model.pinned is False:
                yield place, Failure("revision_floating", "pinned", "true", "false")
            elif model.revision is None or model.pinned is None:
                field = "pinned" if model.revision else "revision"
                yield place, Failure("revision_unknown", field)
        if model.released_on is not None and model.released_on > facts.day:
            wanted, found = f"by {facts.day}", f"{model.released_on}"
            yield place, Failure("not_yet_released", "released_on", wanted, found)
        if model.retires_on is not None and model.retires_on <= last_day:
            wanted, found = f"after {last_day}", f"{model.retires_on}"
            yield place, Failure("retires_too_soon", "retires_on", wanted, found)
        if require.open_weights and not model.open_weights:
            unknown = model.open_weights is None
            code = "fact_unknown" if unknown else "not_open_weights"
            yield place, Failure(code, "open_weights", "true", "" if unknown else "false")


def _lacking(field: str, code: str, models: Sequence[Model], wanted: tuple[str, ...]) -> Found:
    needed = frozenset(wanted)
    for place, model in enumerate(models) if needed else ():
        known: frozenset[str] | None = getattr(model, field)
        if known is not None and needed <= known:
            continue
        for word in wanted:
            if known is None:
                yield place, Failure("fact_unknown", field, word)
            elif word not in known:
                yield place, Failure(code, field, word, _listed(known))


@lru_cache(maxsize=1024)
def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))


def _limits(models: Sequence[Model], require: Requirements) -> Found:
    for name, least in require.limits.items():
        field, wanted = f"limits.{name}", f"at least {least}"
        for place, model in enumerate(models):
            limit = model.limits.get(name)
            if limit is None:
                yield place, Failure("fact_unknown", field, wanted)
            elif limit < least:
                yield place, Failure("limit_too_small", field, wanted, str(limit))


def _prices(models: Sequence[Model], alias: Alias) -> Found:
    for name, bound in alias.require.price.items():
        rates = [applying_rate(model.price, alias.workload, name) for model in models]
        yield from bounded("price", f"price.{name}", bound, rates)


def measure_bounds(require: Requirements, values: Mapping[str, Sequence[Value]]) -> Found:
    """The bounds on measures that are not met."""
    for word, bound in require.measures.items():
        yield from bounded("measure", word, bound, values[word])


def bounded(kind: str, field: str, bound: Bound, values: Sequence[Value]) -> Found:
    """The values outside a bound, and the reasons of those that are unknown."""
    least, most = bound
    at_least = "" if least is None else f"at least {_text(least)}"
    at_most = "" if most is None else f"at most {_text(most)}"
    for place, value in enumerate(values):
        if isinstance(value, Failure):
            yield place, value
            continue
        if least is not None and value < least:
            yield place, Failure(f"{kind}_too_low", field, at_least, _text(value))
        if most is not None and value > most:
            yield place, Failure(f"{kind}_too_high", field, at_most, _text(value))


def unmeasured(values: Mapping[str, Sequence[Value]]) -> Found:
    """Why a word has no value, of those that have none."""
    for found in values.values():
        for place, value in enumerate(found):
            if isinstance(value, Failure):
                yield place, value


def _text(value: Fraction) -> str:
    try:
        return fraction_to_text(value)
    except ValueError:
        return f"{value.numerator}/{value.denominator}"
