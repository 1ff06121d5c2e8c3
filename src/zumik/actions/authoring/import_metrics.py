"""Importing evaluation runs: figures of the files that teams' own tools wrote, into the catalog."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from zumik.actions.authoring.authored_edit import write_edited
from zumik.actions.authoring.catalog_models import catalog_model, read_catalog
from zumik.actions.authoring.imported_files import imported_files
from zumik.actions.authoring.metric_files import metric_files
from zumik.actions.session import Session
from zumik.bounded_file import read_bounded
from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.display import shown
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Figure, Metric, metric_to_json
from zumik.core.reviews.changes import FieldChange
from zumik.core.reviews.import_changes import ImportPlan, Update
from zumik.core.reviews.imported_metrics import (
    Hindered,
    Hindrance,
    ImportedMetrics,
    ImportedRun,
    WrittenFigure,
)
from zumik.errors import UsageError, ZumikError
from zumik.evaluations.answers import ANY, Answers
from zumik.evaluations.chosen_figures import Chosen, chosen_figures
from zumik.evaluations.formats import read_run
from zumik.evaluations.judged_figures import Judging, judged_figure
from zumik.evaluations.run_figures import ReadRun, RefusedRun
from zumik.workspace.target_facts import names_meant

if TYPE_CHECKING:
    from zumik.transaction.file_plan import NewBytes
    from zumik.workspace.authored_files import Authored

MAX_BYTES = 256 * 1024 * 1024
_METRIC = re.compile(r"[a-z][a-z0-9]*([._][a-z0-9]+)*")
_MAX_METRIC = 128
_SOURCE = "evaluations, zumik metrics import"


def import_metrics(
    session: Session,
    files: Sequence[Path],
    answers: Answers,
    *,
    models: Sequence[str] = (),
    metrics: Sequence[str] = (),
    dry_run: bool = False,
) -> ImportedMetrics:
    """Write the figures of evaluation runs that nothing keeps out; commit nothing.

    `models` and `metrics` are answers as a person writes them: NAME, or NAME=NAME IN THE FILE.
    Raises UsageError, Invalid where the catalog is not valid, CannotRun and IntegrityError.
    """
    authored = read_catalog(session.store)
    answers = answers._replace(
        models=_models(session, authored, models),
        metrics={key: _metric_name(name) for name, key in map(_pair, metrics)},
    )
    today = session.now().date()
    declared: dict[str, Metric] = {}
    written: dict[tuple[str, str], WrittenFigure] = {}
    read = [_read(file) for file in files]
    found = [figure.model for run in read if isinstance(run, ReadRun) for figure in run.figures]
    if len(set(found)) > 1:
        # One model for several names would give one model what another was measured with.
        answers = answers._replace(
            models={inside: model for inside, model in answers.models.items() if inside != ANY}
        )
    runs = [
        run
        if isinstance(run, ImportedRun)
        else _imported(file.name, Judging(run, answers, authored.catalog, today), declared, written)
        for file, run in zip(files, read, strict=True)
    ]
    used = {figure.metric for figure in written.values()}
    new = {name: metric for name, metric in declared.items() if name in used}
    changed = _edited(session, authored, new, list(written.values()), today)
    names = write_edited(session, changed, dry_run=dry_run)
    return ImportedMetrics(tuple(runs), tuple(new), names, dry_run)


def _pair(given: str) -> tuple[str, str]:
    name, _, inside = given.partition("=")
    return name.strip(), inside.strip() or ANY


def _models(session: Session, authored: Authored, given: Sequence[str]) -> Mapping[str, ModelId]:
    """Catalog models by the name in a file. Raises CannotRun for one that is not there."""
    found = {}
    for text in given:
        model, inside = _pair(text)
        with names_meant(session.store, model):
            name = ModelId(model)
        found[inside] = catalog_model(authored, name).id
    return found


def _metric_name(name: str) -> str:
    if len(name) > _MAX_METRIC or not _METRIC.fullmatch(name):
        raise UsageError(
            f"--metric {shown(name)} is no name of a metric",
            hint="lowercase words joined by '.' or '_', as in --metric own.tickets=match/accuracy",
        )
    return name


def _read(file: Path) -> ReadRun | ImportedRun:
    """What a file holds, or why nothing of it is used. Nothing of a bad file stops another."""
    try:
        return read_run(read_bounded(file.resolve(), MAX_BYTES))
    except RefusedRun as error:
        return ImportedRun(
            file.name, hindered=(Hindered(Hindrance.REFUSED, error.reason, error.hint),)
        )
    except ZumikError as error:
        hint = error.hint or "zumik metrics import --help names the formats"
        unreadable = Hindered(Hindrance.UNREADABLE, error.message, hint)
        return ImportedRun(file.name, hindered=(unreadable,))


def _imported(
    file: str,
    by: Judging,
    declared: dict[str, Metric],
    written: dict[tuple[str, str], WrittenFigure],
) -> ImportedRun:
    """One file that was read; its figures are added to `written`."""
    chosen, hindered, left = chosen_figures(by.run, by.answers, by.catalog)
    figures = []
    for each in chosen:
        judged = _judged(each, by, declared)
        if isinstance(judged, list):
            hindered += judged
        elif (judged.model, judged.metric) in written:
            why = "another file or row of this import gives this figure"
            hint = "import the run that counts alone"
            label = f"{judged.model} {judged.metric}"
            hindered.append(Hindered(Hindrance.REFUSED, why, hint, label))
        else:
            written[judged.model, judged.metric] = judged
            figures.append(judged)
    return ImportedRun(file, by.run.tool, tuple(figures), tuple(hindered), tuple(left))


def _judged(
    chosen: Chosen, by: Judging, declared: dict[str, Metric]
) -> WrittenFigure | list[Hindered]:
    metric = by.catalog.metrics.get(chosen.metric) or declared.get(chosen.metric)
    if metric is None:
        metric = _declaration(chosen, by.run, by.answers)
        if metric is None:
            label = f"{chosen.model} {chosen.metric}"
            why = f"the catalog does not declare {chosen.metric}"
            hint = "--unit fraction --better higher, or what it is"
            return [Hindered(Hindrance.WAITING, why, hint, label)]
        declared[chosen.metric] = metric
    return judged_figure(chosen, metric, by)


def _declaration(chosen: Chosen, run: ReadRun, answers: Answers) -> Metric | None:
    """The declaration of a new metric; None where its unit or direction is not known.

    A share of right answers is a fraction, and more is better: its tool says so. Nothing else is
    taken from a name.
    """
    found = chosen.found
    unit = answers.unit or ("fraction" if found.is_share else None)
    better = answers.better or found.better or ("higher" if found.is_share else None)
    if unit is None or better is None:
        return None
    most = {"fraction": Fraction(1), "percent": Fraction(100)}.get(unit)
    what = " of ".join(part for part in (found.key, found.setting) if part)
    return Metric(
        name=chosen.metric,
        unit=unit,
        better=better,
        description=f"{what or chosen.metric}, measured with {run.tool}.",
        at_least=None if most is None else Fraction(0),
        at_most=most,
        source=_SOURCE,
    )


def _edited(
    session: Session,
    authored: Authored,
    declared: Mapping[str, Metric],
    written: Sequence[WrittenFigure],
    today: date,
) -> list[NewBytes]:
    updates = tuple(_updates(authored, [figure for figure in written if figure.is_new]))
    plan = ImportPlan(_SOURCE, today, updates, (), (), len(updates), (), ())
    trees = {name: _numbers(metric_to_json(metric)) for name, metric in declared.items()}
    return [
        *(metric_files(session.store, trees) if trees else ()),
        *imported_files(session.store, authored, plan),
    ]


def _numbers(tree: Mapping[str, object]) -> dict[str, object]:
    """A declaration as YAML holds it: its bounds are numbers there, and texts in a release."""
    bounds = tree.get("range")
    if not isinstance(bounds, dict):
        return dict(tree)
    return {**tree, "range": {end: Decimal(value) for end, value in bounds.items()}}


def _updates(authored: Authored, written: Sequence[WrittenFigure]) -> list[Update]:
    from zumik.yaml_text.writer import Block

    by_model: dict[str, list[WrittenFigure]] = {}
    for figure in written:
        by_model.setdefault(figure.model, []).append(figure)
    updates = []
    for figures in by_model.values():
        model = figures[0].model
        trees = {each.metric: figure_to_yaml(each.figure) for each in figures}
        changes = tuple(
            FieldChange(
                f"metrics.{each.metric}",
                None if each.before is None else fraction_to_text(each.before.value),
                fraction_to_text(each.figure.value),
                "metric",
            )
            for each in figures
        )
        known = authored.models[model].metrics
        edits = tuple((("metrics", name), tree) for name, tree in trees.items())
        whole = ((("metrics",), Block(trees)),)
        updates.append(Update(model, model, changes, (), edits if known else whole))
    return updates


def figure_to_yaml(figure: Figure) -> dict[str, object]:
    """A figure as a catalog file holds it; what is unknown is absent."""
    error = figure.standard_error
    tree = {
        "value": Decimal(fraction_to_text(figure.value)),
        "samples": figure.samples,
        "standard_error": None if error is None else Decimal(fraction_to_text(error)),
        "effort": figure.effort,
        "revision": figure.revision,
        "source": figure.source,
        "observed_on": None if figure.observed_on is None else figure.observed_on.isoformat(),
        "run": figure.run,
    }
    return {name: value for name, value in tree.items() if value is not None}
