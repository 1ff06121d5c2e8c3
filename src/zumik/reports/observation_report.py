"""An observation as text and JSON: each model's figures with samples, interval and time."""

from __future__ import annotations

from fractions import Fraction

from zumik.core.basics.times import moment_text
from zumik.core.traffic.observation import (
    ERRORS,
    OBSERVED_METRICS,
    Estimate,
    Observation,
    ObservedMetric,
    ObservedModel,
    unlogged_notes,
)
from zumik.reports.blocks import Column, Fields, Report, Section, Table, doubtful, strong
from zumik.reports.logs_read_report import logs_read_rows, logs_read_to_json, unreadable_section
from zumik.reports.text import figure, plural, safe, share_text

_HEADS = {
    "first_token_p50": "first token",
    "tokens_per_second_p50": "tokens a second",
    "latency_p50": "latency",
    "latency_p95": "latency p95",
    ERRORS: "errors",
}


def observation_report(seen: Observation) -> Report:
    """A section for each model, and what was not measured and why."""
    calls = sum(seen.logs.formats.values())
    models = [_model(seen, model) for model in seen.models if _rows(seen, model)]
    head = strong(f"{plural(calls, 'call')}, {plural(len(models), 'model')} observed")
    rows = logs_read_rows(seen.logs)
    top: Section = [head, Fields(rows)] if rows else [head]
    return [top, *models, *filter(None, (_notes(seen), unreadable_section(seen.logs)))]


def _model(seen: Observation, model: ObservedModel) -> Section:
    name = strong(model.model)
    if model.served_other:
        name += doubtful(", where another revision or model was served: not used")
    columns = (
        Column(""),
        Column("", number=True),
        Column("95 % interval", whole=True),
        Column("calls", number=True),
        Column(""),
    )
    attempts = f"{name}  {plural(model.attempts, 'call')}"
    return [attempts, Table(columns, _rows(seen, model), 2)]


def _rows(seen: Observation, model: ObservedModel) -> list[tuple[str, ...]]:
    return [
        _row(seen, metric, model.figures[metric.name])
        for metric in OBSERVED_METRICS
        if metric.name in model.figures
    ]


def _row(seen: Observation, metric: ObservedMetric, estimate: Estimate) -> tuple[str, ...]:
    few = not seen.is_enough(estimate)
    return (
        _HEADS[metric.name],
        _value(metric, estimate.value),
        _interval(metric, estimate),
        f"{estimate.samples:,}",
        doubtful(f"too few: fewer than {seen.min_samples:,}") if few else "",
    )


def _value(metric: ObservedMetric, value: float) -> str:
    exact = Fraction(repr(value))
    return share_text(exact) if metric.unit == "fraction" else figure(exact, metric.unit)


def _interval(metric: ObservedMetric, estimate: Estimate) -> str:
    low, high = estimate.low, estimate.high
    if low is not None and high is not None:
        return f"{_value(metric, low)} to {_value(metric, high)}"
    if low is not None:
        return f"from {_value(metric, low)}"
    return "unknown" if high is None else f"up to {_value(metric, high)}"


def _notes(seen: Observation) -> Section:
    formats = [name for name, calls in seen.logs.formats.items() if calls]
    lines = [f"{name} {why}" for name, why in unlogged_notes(formats)]
    without = [model for model in seen.models if not _rows(seen, model)]
    if without:
        calls = plural(sum(model.attempts for model in without), "call")
        models = plural(len({model.model for model in without}), "model")
        lines.append(f"{calls} of {models} have nothing to measure: --format json lists them")
    if seen.unknown:
        lines.append(f"{plural(seen.unknown, 'call')} of a model that is not known here")
    return ["not measured", *(f"  {safe(line)}" for line in lines)] if lines else []


def observation_to_json(seen: Observation) -> dict[str, object]:
    """Every figure as it was measured, and whether it was measured on enough calls."""
    return {
        **logs_read_to_json(seen.logs),
        "min_samples": seen.min_samples,
        "calls_of_unknown_models": seen.unknown,
        "not_logged": [
            {"format": name, "what": why} for name, why in unlogged_notes(seen.logs.formats)
        ],
        "models": [
            {
                "model": model.model,
                "served_other": model.served_other,
                "calls": model.attempts,
                "first_at": moment_text(model.first_at) if model.first_at else None,
                "last_at": moment_text(model.last_at) if model.last_at else None,
                "metrics": {
                    metric.name: {
                        "value": estimate.value,
                        "low": estimate.low,
                        "high": estimate.high,
                        "calls": estimate.samples,
                        "unit": metric.unit,
                        "enough": seen.is_enough(estimate),
                    }
                    for metric in OBSERVED_METRICS
                    if (estimate := model.figures.get(metric.name)) is not None
                },
            }
            for model in seen.models
        ],
    }
