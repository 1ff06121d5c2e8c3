"""Resolver 1, measuring: what a word of the policy is worth for each model.

A word is looked up once and then measured for all models in turn. Append-only once a release has
landed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from math import lcm

from zumik.core.basics.field_readers import NOTHING
from zumik.core.facts.catalog import Figure, Metric, Model
from zumik.core.facts.policy import COST, LATENCY, Alias, Measure, Workload
from zumik.core.facts.price import Price
from zumik.core.resolvers.facts import Facts, Failure

Value = Fraction | Failure
"""An exact value, or why there is none."""

_PER_MILLION = 1_000_000


def value_of(word: str, model: Model, alias: Alias, facts: Facts) -> Value:
    """The value of a measure for one model; see `values_of`."""
    return values_of(word, [model], alias, facts)[0]


def values_of(word: str, models: Sequence[Model], alias: Alias, facts: Facts) -> list[Value]:
    """A measure under the alias's workload for each model: USD, seconds, or its metric's unit."""
    if word == COST:
        return _costs(models, alias.workload)
    measure = facts.measures.get("latency" if word == LATENCY else word)
    if measure is None:
        return [Failure("fact_unknown", f"measures.{word}")] * len(models)
    if measure.metric is not None:
        return _figures(measure.metric, models, measure, facts)
    return _latencies_from_speed(models, alias.workload, measure, facts)


def _costs(models: Sequence[Model], workload: Workload | None) -> list[Value]:
    """USD per request: tokens times the price that applies to each, cache writes left out.

    The cached share costs `cache_read`; where that is unknown, `input`, which is an upper bound.
    """
    if workload is None:
        return [Failure("fact_unknown", "workload")] * len(models)
    # In parts of a token, as many as make the cached share a whole number.
    parts = workload.cached_input.denominator
    cached = workload.input_tokens * workload.cached_input.numerator
    fresh = workload.input_tokens * parts - cached
    output = workload.output_tokens * parts
    names = [_name(rate, workload) for rate in ("input", "output", "cache_read")]
    name_in, name_out, name_cached = names
    no_input, no_output, _ = [Failure("fact_unknown", f"price.{name}") for name in names]

    def cost(price: Price | None) -> Value:
        rates = NOTHING if price is None else price.rates_at(workload.input_tokens)
        rate_in, rate_out = rates.get(name_in), rates.get(name_out)
        if rate_in is None:
            return no_input
        if rate_out is None:
            return no_output
        rate_cached = rates.get(name_cached, rate_in)
        # Over one denominator, so that there is one fraction to reduce and not one a step.
        over = lcm(rate_in.denominator, rate_out.denominator, rate_cached.denominator)
        total = (
            fresh * rate_in.numerator * (over // rate_in.denominator)
            + cached * rate_cached.numerator * (over // rate_cached.denominator)
            + output * rate_out.numerator * (over // rate_out.denominator)
        )
        return Fraction(total, over * parts * _PER_MILLION)

    return [cost(model.price) for model in models]


def applying_rate(price: Price | None, workload: Workload | None, name: str) -> Value:
    """The price `name` in USD per million tokens, of the tier and service that apply.

    A batch reads its cache at `batch_cache_read`, else at `batch_input`. Without a workload, the
    base price of ordinary service.
    """
    key = _name(name, workload)
    if price is None:
        return Failure("fact_unknown", f"price.{key}")
    rates = price.rates if workload is None else price.rates_at(workload.input_tokens)
    rate = rates.get(key)
    if rate is None and key == "batch_cache_read":
        rate = rates.get("batch_input")
    return Failure("fact_unknown", f"price.{key}") if rate is None else rate


def _name(rate: str, workload: Workload | None) -> str:
    return f"batch_{rate}" if workload is not None and workload.batch else rate


def _latencies_from_speed(
    models: Sequence[Model], workload: Workload | None, measure: Measure, facts: Facts
) -> list[Value]:
    """Seconds: time to the first token, then the output at the measured speed."""
    if workload is None or measure.first_token is None or measure.tokens_per_second is None:
        return [Failure("fact_unknown", "workload")] * len(models)
    firsts = _figures(measure.first_token, models, measure, facts)
    speeds = _figures(measure.tokens_per_second, models, measure, facts)
    stopped = Failure("fact_unknown", f"metrics.{measure.tokens_per_second}", "more than 0")

    def seconds(first: Value, speed: Value) -> Value:
        if isinstance(first, Failure):
            return first
        if isinstance(speed, Failure):
            return speed
        return first + workload.output_tokens / speed if speed > 0 else stopped

    return [seconds(first, speed) for first, speed in zip(firsts, speeds, strict=True)]


def _figures(name: str, models: Sequence[Model], measure: Measure, facts: Facts) -> list[Value]:
    """A metric's figure for each model, unless it is too old on the release's day."""
    metric = facts.metrics.get(name)
    unknown = Failure("fact_unknown", f"metrics.{name}")
    if metric is None:
        return [unknown] * len(models)
    figures = [model.metrics.get(name) for model in models]
    return [
        unknown if figure is None else _unless_too_old(figure, metric, measure, facts.day)
        for figure in figures
    ]


def _unless_too_old(figure: Figure, metric: Metric, measure: Measure, day: date) -> Value:
    most = measure.max_age_days
    if most is None:
        return figure.value
    wanted = f"at most {most} days old"
    dated = metric.dated(figure)
    if dated is None:
        return Failure("fact_unknown", f"metrics.{metric.name}.observed_on", wanted)
    age = (day - dated).days
    if age > most:
        return Failure("fact_too_old", f"metrics.{metric.name}", wanted, f"{age} days old")
    return figure.value
