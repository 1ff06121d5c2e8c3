"""Resolver 2, requiring: every reason why a model is not eligible, each once.

A needed fact that is unknown excludes the model; what is known to suffice does not. Append-only
once a release has landed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain

from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import Alias, Requirements
from zumik.core.resolvers.facts import Facts, Failure
from zumik.core.resolvers.v1.measure import Value
from zumik.core.resolvers.v1.require import Found, bounded, measure_bounds, unmeasured
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
    for place, model in enumerate(models):
        for failure in chain(
            _revision(model, require),
            _lifecycle(model, require, facts.day),
            _words(model, require),
            _kind(model, require),
            _where(model, require),
            _limits(model, require),
        ):
            found[place][failure] = None
    for place, failure in chain(
        _prices(models, alias, facts.day), measure_bounds(require, kept), unmeasured(kept)
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
    first: dict[tuple[int, str], Failure] = {}
    kept: dict[str, list[Value]] = {word: list(row) for word, row in values.items()}
    for word in sorted(values, key=lambda word: ages.get(word, 0)):
        for place, value in enumerate(values[word]):
            if isinstance(value, Failure) and value.code == "fact_too_old":
                kept[word][place] = first.setdefault((place, value.field), value)
    return kept


def _revision(model: Model, require: Requirements) -> Iterator[Failure]:
    if require.floating_allowed:
        return
    if model.pinned is False:
        yield Failure("revision_floating", "pinned", "true", "false")
    elif model.revision is None or model.pinned is None:
        yield Failure("revision_unknown", "pinned" if model.revision else "revision")


def _lifecycle(model: Model, require: Requirements, day: date) -> Iterator[Failure]:
    # No further than the calendar goes.
    last_day = day + timedelta(days=min(require.outlives_days, (date.max - day).days))
    after = f"after {last_day}"
    if model.released_on is not None and model.released_on > day:
        yield Failure("not_yet_released", "released_on", f"by {day}", f"{model.released_on}")
    if model.retires_on is not None and model.retires_on <= last_day:
        yield Failure("retires_too_soon", "retires_on", after, f"{model.retires_on}")
    ended = model.lifecycle.not_served_since if model.lifecycle else None
    if ended is not None and ended <= last_day:
        yield Failure("no_longer_served", "lifecycle.not_served_since", after, f"{ended}")
    if require.open_weights and not model.open_weights:
        unknown = model.open_weights is None
        code = "fact_unknown" if unknown else "not_open_weights"
        yield Failure(code, "open_weights", "true", "" if unknown else "false")


def _words(model: Model, require: Requirements) -> Iterator[Failure]:
    for field, code in _LISTS.items():
        for word in getattr(require, field):
            has = model.has_word(field, word)
            if has is None:
                yield Failure("fact_unknown", field, word)
            elif not has:
                yield Failure(code, field, word, ", ".join(sorted(getattr(model, field) or ())))


def _kind(model: Model, require: Requirements) -> Iterator[Failure]:
    """Another API: without a required mode only what is known to be another than chat."""
    if model.mode is None and require.mode:
        yield Failure("fact_unknown", "mode", _one_of(require.mode))
    elif model.mode is not None and model.mode not in (require.mode or (_CHAT,)):
        yield Failure("mode_differs", "mode", _one_of(require.mode or (_CHAT,)), model.mode)


def _where(model: Model, require: Requirements) -> Iterator[Failure]:
    for field, code, known, wanted in (
        ("region", "region_differs", model.region, require.region),
        ("data_residency", "residency_differs", model.data_residency, require.data_residency),
    ):
        if wanted and known is None:
            yield Failure("fact_unknown", field, _one_of(wanted))
        elif wanted and known not in wanted:
            yield Failure(code, field, _one_of(wanted), known or "")
    for label in require.labels:
        if label not in (model.labels or ()):
            found = ", ".join(sorted(model.labels or ()))
            yield Failure("label_missing", "labels", label, found)


def _one_of(words: Sequence[str]) -> str:
    return " or ".join(words)


def _limits(model: Model, require: Requirements) -> Iterator[Failure]:
    for name, least in require.limits.items():
        known, at_least = model.limits.get(name), limit_of(model.limits, name)
        if not least or (at_least is not None and at_least >= least):
            continue
        field, wanted = f"limits.{name}", f"at least {least}"
        if known is None:
            yield Failure("fact_unknown", field, wanted)
        else:
            yield Failure("limit_too_small", field, wanted, str(known))


def _prices(models: Sequence[Model], alias: Alias, day: date) -> Found:
    for name, bound in alias.require.price.items():
        prices = [model.price and model.price.on(day) for model in models]
        rates: list[Value] = []
        for price in prices:
            rate = rates_that_apply(price, alias.workload).get(name)
            field = rate_field(name, price, alias.workload)
            rates.append(Failure("fact_unknown", field) if rate is None else rate)
        yield from bounded("price", f"price.{name}", bound, rates)
