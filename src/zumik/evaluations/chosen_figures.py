"""Which figures of a run are meant, by the model and the metric that a person names: no guess."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Catalog
from zumik.core.facts.meant_name import meant_name
from zumik.core.reviews.imported_metrics import Hindered, Hindrance
from zumik.evaluations.answers import ANY, Answers
from zumik.evaluations.own_figures import OWN_LIST
from zumik.evaluations.run_figures import ReadRun, RunFigure

_MAX_NAMED = 6


class Chosen(NamedTuple):
    """A figure of a run, the model and the metric of the catalog that it is for."""

    found: RunFigure
    model: ModelId
    metric: str


def chosen_figures(
    run: ReadRun, answers: Answers, catalog: Catalog
) -> tuple[list[Chosen], list[Hindered], list[str]]:
    """The figures that are meant, what keeps others out, and the models that were not asked for."""
    by_model: dict[str, list[RunFigure]] = {}
    for found in run.figures:
        by_model.setdefault(found.model, []).append(found)
    # Only a list of one's own writes the catalog's own ids; a tool's names are never read as one.
    ids = {str(model): model for model in catalog.models} if run.tool == OWN_LIST else {}
    models = {
        name: answers.models.get(name)
        or (answers.models.get(ANY) if len(by_model) == 1 else None)
        or ids.get(name)
        for name in by_model
    }
    some = any(models.values())
    chosen: list[Chosen] = []
    hindered: list[Hindered] = []
    for name, model in models.items():
        if model is None:
            if not some:
                hindered.append(_which_model(name, by_model[name][0], catalog))
            continue
        for each in _metrics_of(by_model[name], answers, model):
            (chosen if isinstance(each, Chosen) else hindered).append(each)  # type: ignore[arg-type]
    left = [name for name, model in models.items() if model is None and some]
    return chosen, hindered, left


def _which_model(name: str, found: RunFigure, catalog: Catalog) -> Hindered:
    if found.refused:
        return Hindered(Hindrance.REFUSED, *found.refused, name)
    near = meant_name(name, (), catalog.models, "zumik catalog list shows the models")
    return Hindered(
        Hindrance.WAITING,
        f"which model of the catalog is '{name}'?",
        f"--model 'PROVIDER/MODEL={name}'; {near}",
    )


def _metrics_of(
    figures: Sequence[RunFigure], answers: Answers, model: ModelId
) -> Iterator[Chosen | Hindered]:
    """The figures of one model that the named metrics mean."""
    named = {key: metric for key, metric in answers.metrics.items() if key != ANY}
    keys = list(dict.fromkeys(found.key for found in figures))
    if not named and ANY in answers.metrics:
        if len(figures) > 1:
            yield Hindered(
                Hindrance.REFUSED,
                f"{len(figures)} figures, and one name for them: {_listed(keys)}",
                f"name the one that is meant: --metric '{answers.metrics[ANY]}={keys[0]}'",
            )
        else:
            yield Chosen(figures[0], model, answers.metrics[ANY])
        return
    if not named:
        yield from _own_names(figures, model, keys)
        return
    for key, metric in named.items():
        meant = [found for found in figures if found.key == key]
        if len(meant) == 1:
            yield Chosen(meant[0], model, metric)
        elif meant:
            why = f"{len(meant)} figures of the one name '{key}'"
            yield Hindered(Hindrance.REFUSED, why, "give each a name of its own in the tool")
        else:
            why = f"no figure '{key}': the file has {_listed(keys)}"
            yield Hindered(Hindrance.WAITING, why, f"--metric '{metric}={keys[0]}'")


def _own_names(
    figures: Sequence[RunFigure], model: ModelId, keys: Sequence[str]
) -> Iterator[Chosen | Hindered]:
    """Without a named metric only a list of one's own says which metric each figure is of."""
    if all(found.is_named for found in figures):
        if len(keys) == len(figures):
            yield from (Chosen(found, model, found.key) for found in figures)
        else:
            why = "two rows of one model and metric"
            yield Hindered(Hindrance.REFUSED, why, "keep the row that counts")
        return
    yield Hindered(
        Hindrance.WAITING,
        f"which metric of the catalog is {_listed(keys)}?",
        f"--metric 'NAME={keys[0]}', as in --metric 'own.tickets={keys[0]}'",
    )


def _listed(keys: Sequence[str]) -> str:
    more = len(keys) - _MAX_NAMED
    named = ", ".join(f"'{key}'" for key in keys[:_MAX_NAMED])
    return f"{named} and {more} more" if more > 0 else named
