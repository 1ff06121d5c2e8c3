"""Observing logs: how quick and how reliable each model was, and those figures in the catalog."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from zumik.actions.authoring.authored_edit import write_edited
from zumik.actions.authoring.catalog_models import read_catalog
from zumik.actions.authoring.imported_files import imported_files
from zumik.actions.authoring.metric_files import metric_files
from zumik.actions.logs.ranked_values import ranked_values
from zumik.actions.logs.tabled_calls import tabled_calls
from zumik.actions.session import Session
from zumik.core.basics.names import ModelId
from zumik.core.basics.times import moment_from_micros
from zumik.core.facts.catalog import Figure, Metric, Model
from zumik.core.reviews.changes import FieldChange
from zumik.core.reviews.import_changes import ImportPlan, Update
from zumik.core.reviews.outcomes import WrittenObservation
from zumik.core.traffic.intervals import share_interval
from zumik.core.traffic.observation import (
    ERRORS,
    OBSERVED_METRICS,
    Estimate,
    Observation,
    ObservedMetric,
    ObservedModel,
    is_error_rate_too_low,
)
from zumik.core.traffic.selection import Selection
from zumik.errors import CannotRun
from zumik.logs.call_table import TableOf

if TYPE_CHECKING:
    from ibis import Table

SOURCE = "own logs, zumik logs observe"

_Group = tuple[ModelId, bool]


def observe(
    session: Session,
    table_of: TableOf,
    selection: Selection,
    min_samples: int,
) -> Observation:
    """What the logs say of each model's speed and errors. Raises CannotRun without the extra."""
    with tabled_calls(session, table_of, selection) as (logs, table):
        models = observed_models(table)
    total = sum(logs.formats.values())
    return Observation(logs, models, total - sum(m.attempts for m in models), min_samples)


def observed_models(table: Table) -> tuple[ObservedModel, ...]:
    """Each model of a table of calls, in DuckDB or in another engine, by its id."""
    from zumik.logs.call_questions import observed_attempts

    figures = _quantiles(table)
    found = []
    for row in observed_attempts(table).to_pyarrow().to_pylist():
        group = (ModelId(row["model"]), row["served_other"])
        if row["ended"]:
            failed = row["failed"] or 0
            ends = share_interval(failed, row["ended"])
            figures[group][ERRORS] = Estimate(failed / row["ended"], *ends, row["ended"])
        times = (_moment(row["first_at"]), _moment(row["last_at"]))
        named = {metric.name: figures[group].get(metric.name) for metric in OBSERVED_METRICS}
        seen = {name: estimate for name, estimate in named.items() if estimate is not None}
        found.append(ObservedModel(*group, row["attempts"], *times, seen))
    return tuple(sorted(found, key=lambda model: (model.model, model.served_other)))


def _quantiles(table: Table) -> dict[_Group, dict[str, Estimate]]:
    """Every quantile that is observed, by model and metric."""
    from zumik.logs.call_questions import OBSERVED_KEYS, observed_values

    def metrics_of(measure: str) -> list[tuple[str, float]]:
        return [
            (metric.name, metric.quantile)
            for metric in OBSERVED_METRICS
            if metric.measure == measure and metric.quantile is not None
        ]

    ranked = ranked_values(
        observed_values(table),
        OBSERVED_KEYS,
        lambda group: [quantile for _, quantile in metrics_of(group[-1])],
    )
    figures: dict[_Group, dict[str, Estimate]] = defaultdict(dict)
    for ((model, served_other, measure), share), found in ranked.items():
        for name, quantile in metrics_of(measure):
            if quantile == share:
                figures[ModelId(model), served_other][name] = Estimate(*found)
    return figures


def _moment(micros: int | None) -> datetime | None:
    return None if micros is None else moment_from_micros(micros)


# Writing


def write_observation(
    session: Session, observation: Observation, prefix: str, *, dry_run: bool
) -> WrittenObservation:
    """Declare the metrics and write each model's figures, all in place; commit nothing.

    Raises Invalid where the catalog is not valid, CannotRun where a metric of the name means
    something else.
    """
    authored = read_catalog(session.store)
    today = session.now().date()
    figures = _figures(observation, prefix, today)
    updates = tuple(
        update
        for model, named in figures.items()
        if model in authored.models and (update := _update(authored.models[model], named))
    )
    used = {name for named in figures.values() for name in named}
    metrics = {f"{prefix}.{metric.name}": metric for metric in OBSERVED_METRICS}
    new = {
        name: _declaration(metric, today)
        for name, metric in metrics.items()
        if name in used and _is_new(authored.metrics, name, metric)
    }
    plan = ImportPlan(SOURCE, today, updates, (), (), len(updates), (), ())
    files = [
        *(metric_files(session.store, new) if new else ()),
        *imported_files(session.store, authored, plan),
    ]
    return WrittenObservation(
        tuple(new),
        updates,
        tuple(model for model in figures if model not in authored.models),
        write_edited(session, files, dry_run=dry_run),
        dry_run,
    )


def _figures(
    observation: Observation, prefix: str, today: date
) -> dict[ModelId, dict[str, dict[str, Any]]]:
    """The figures to write by model and metric, as a catalog file holds them."""
    too_low = is_error_rate_too_low(observation.logs.formats)
    figures: dict[ModelId, dict[str, dict[str, Any]]] = {}
    for seen in observation.models:
        # What another revision did is no fact of this one.
        if seen.served_other:
            continue
        named = {
            f"{prefix}.{name}": _figure(seen, estimate, today, too_low and name == ERRORS)
            for name, estimate in seen.figures.items()
            if observation.is_enough(estimate)
        }
        if named:
            figures[seen.model] = named
    return figures


def _figure(seen: ObservedModel, estimate: Estimate, today: date, too_low: bool) -> dict[str, Any]:
    last = seen.last_at.date() if seen.last_at else today
    window = f"{seen.first_at:%Y-%m-%d} to {last}" if seen.first_at else "no times logged"
    ends = [str(rounded_figure(end)) for end in (estimate.low, estimate.high) if end is not None]
    error = f", 95 % {ends[0]} to {ends[1]}" if len(ends) == 2 else ""
    low = ", too low: not every failure is logged" if too_low else ""
    return {
        "value": rounded_figure(estimate.value),
        "source": f"own logs {window} ({estimate.samples} calls{error}{low})",
        "observed_on": min(last, today).isoformat(),
    }


def rounded_figure(value: float) -> Decimal:
    """A measured value to four significant digits, as it is written."""
    short = Context(prec=4).create_decimal(repr(value))
    return Decimal(f"{short:f}").normalize() + 0 if short else Decimal(0)


def _update(known: Model, named: Mapping[str, dict[str, Any]]) -> Update | None:
    from zumik.yaml_text.writer import Block

    changes, new = [], {}
    for name, figure in named.items():
        before = known.metrics.get(name)
        value = Fraction(figure["value"])
        if before is not None and _is_same(before, figure):
            continue
        old = None if before is None else _text(before.value)
        changes.append(FieldChange(f"metrics.{name}", old, _text(value), "metric"))
        new[name] = figure
    if not new:
        return None
    edits = tuple((("metrics", name), figure) for name, figure in new.items())
    whole = ((("metrics",), Block(new)),)
    return Update(known.id, known.id, tuple(changes), (), edits if known.metrics else whole)


def _is_same(before: Figure, figure: Mapping[str, Any]) -> bool:
    day = before.observed_on and before.observed_on.isoformat()
    written = (figure["value"], figure["source"], figure["observed_on"])
    return (before.value, before.source, day) == written


def _text(value: Fraction) -> str:
    from zumik.core.basics.decimals import fraction_to_text

    return fraction_to_text(value)


def _is_new(known: Mapping[str, Metric], name: str, metric: ObservedMetric) -> bool:
    declared = known.get(name)
    if declared is not None and (declared.unit, declared.better) != (metric.unit, metric.better):
        raise CannotRun(
            f"metric {name} is declared in {declared.unit}, {declared.better} is better",
            hint="zumik logs observe --write --prefix NAME takes names of its own",
        )
    return declared is None


def _declaration(metric: ObservedMetric, today: date) -> dict[str, object]:
    bounds = {"at_least": 0, "at_most": 1} if metric.unit == "fraction" else {"at_least": 0}
    return {
        "description": metric.description,
        "unit": metric.unit,
        "range": bounds,
        "better": metric.better,
        "source": SOURCE,
        "collected_on": today.isoformat(),
    }
