"""Resolver 2, requiring: every reason why a model is not eligible, each once.

A needed fact that is unknown excludes the model; what is known to suffice does not. Append-only
once a release has landed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import chain

from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import Alias, Requirements
from zumik.core.resolvers.facts import Facts, Failure
from zumik.core.resolvers.v1.measure import Value
from zumik.core.resolvers.v1.require import (
    Found,
    bounded,
    lifecycle,
    measure_bounds,
    unmeasured,
)
from zumik.core.resolvers.v2.limits import limit_of
from zumik.core.resolvers.v2.measure import rate_field, rates_that_apply

_CHAT = "chat"
_LISTS = {
    "capabilities": "capability_missing",
    "input": "input_missing",
    "output": "output_missing",
}


def failures(
    models: Sequence[Model], alias: Alias, values: Mapping[str, Sequence[Value]], facts: Facts
) -> list[tuple[Failure, ...]]:
    """Every requirement that a model fails, each once.

    `values` holds, for each word that the alias uses, the value for each model.
    """
    require = alias.require
    kept = _strictest_ages(values, facts)
    found: list[dict[Failure, None]] = [{} for _ in models]
    for place, failure in chain(
        lifecycle(models, require, facts),
        _ended(models, require, facts.day),
        _words(models, require),
        _kinds(models, require),
        _places(models, require),
        _labels(models, require),
        _limits(models, require),
        _prices(models, alias, facts.day),
        measure_bounds(require, kept),
        unmeasured(kept),
    ):
        found[place][failure] = None
    return [tuple(each) for each in found]


def _strictest_ages(
    values: Mapping[str, Sequence[Value]], facts: Facts
) -> Mapping[str, Sequence[Value]]:
    """The values, of reasons that call one figure too old only the one that wants the least age."""
    ages = {
        word: facts.measures[name].max_age_days or 0
        for word in values
        if (name := "latency" if word == "expected_latency" else word) in facts.measures
    }
    if not any(ages.values()):
        return values
    first: dict[tuple[int, str], Failure] = {}
    kept: dict[str, list[Value]] = {word: list(row) for word, row in values.items()}
    for word in sorted(values, key=lambda word: ages.get(word, 0)):
        for place, value in enumerate(values[word]):
            if isinstance(value, Failure) and value.code == "fact_too_old":
                kept[word][place] = first.setdefault((place, value.field), value)
    return kept


def _ended(models: Sequence[Model], require: Requirements, day: date) -> Found:
    # No further than the calendar goes.
    last_day = day + timedelta(days=min(require.outlives_days, (date.max - day).days))
    for place, model in enumerate(models):
        if model.lifecycle is None:
            continue
        ended = model.lifecycle.not_served_since
        if ended is not None and ended <= last_day:
            field, wanted = "lifecycle.not_served_since", f"after {last_day}"
            yield place, Failure("no_longer_served", field, wanted, f"{ended}")


def _words(models: Sequence[Model], require: Requirements) -> Found:
    for field, code in _LISTS.items():
        wanted: tuple[str, ...] = getattr(require, field)
        needed = frozenset(wanted)
        for place, model in enumerate(models) if needed else ():
            known: frozenset[str] | None = getattr(model, field)
            if known is not None and needed <= known:
                continue
            for word in wanted:
                has = model.has_word(field, word)
                if has is None:
                    yield place, Failure("fact_unknown", field, word)
                elif not has:
                    yield place, Failure(code, field, word, ", ".join(sorted(known or ())))


def _kinds(models: Sequence[Model], require: Requirements) -> Found:
    """Another API: without a required mode only what is known to be another than chat."""
    wanted = require.mode or (_CHAT,)
    for place, model in enumerate(models):
        if model.mode is None and require.mode:
            yield place, Failure("fact_unknown", "mode", _one_of(wanted))
        elif model.mode is not None and model.mode not in wanted:
            yield place, Failure("mode_differs", "mode", _one_of(wanted), model.mode)


def _places(models: Sequence[Model], require: Requirements) -> Found:
    for field, code in (("region", "region_differs"), ("data_residency", "residency_differs")):
        wanted: tuple[str, ...] = getattr(require, field)
        for place, model in enumerate(models) if wanted else ():
            known: str | None = getattr(model, field)
            if known is None:
                yield place, Failure("fact_unknown", field, _one_of(wanted))
            elif known not in wanted:
                yield place, Failure(code, field, _one_of(wanted), known)


def _labels(models: Sequence[Model], require: Requirements) -> Found:
    for label in require.labels:
        for place, model in enumerate(models):
            if label not in (model.labels or ()):
                found = ", ".join(sorted(model.labels or ()))
                yield place, Failure("label_missing", "labels", label, found)


def _one_of(words: Sequence[str]) -> str:
    return " or ".join(words)


def _limits(models: Sequence[Model], require: Requirements) -> Found:
    for name, least in require.limits.items():
        field, wanted = f"limits.{name}", f"at least {least}"
        for place, model in enumerate(models) if least else ():
            at_least = limit_of(model.limits, name)
            if at_least is not None and at_least >= least:
                continue
            known = model.limits.get(name)
            if known is None:
                yield place, Failure("fact_unknown", field, wanted)
            else:
                yield place, Failure("limit_too_small", field, wanted, str(known))


def _prices(models: Sequence[Model], alias: Alias, day: date) -> Found:
    for name, bound in alias.require.price.items():
        prices = [model.price and model.price.on(day) for model in models]
        rates: list[Value] = []
        for price in prices:
            rate = rates_that_apply(price, alias.workload).get(name)
            field = rate_field(name, price, alias.workload)
            rates.append(Failure("fact_unknown", field) if rate is None else rate)
        yield from bounded("price", f"price.{name}", bound, rates)
