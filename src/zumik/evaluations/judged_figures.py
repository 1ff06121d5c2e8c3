"""A chosen figure, held against the catalog: written, refused, or waiting for an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.facts.catalog import EFFORTS, Catalog, Figure, Metric, Model
from zumik.core.facts.model_identity import Identity, identity_of
from zumik.core.reviews.imported_metrics import Hindered, Hindrance, WrittenFigure
from zumik.evaluations.answers import Answers
from zumik.evaluations.chosen_figures import Chosen
from zumik.evaluations.result_json import RERUN
from zumik.evaluations.run_figures import Doubt, ReadRun, RunFigure

FEW_SAMPLES = 30
_PERCENT = Fraction(100)
_ASKED_BY = re.compile(r"^[a-z][a-z-]*:(?:(?:chat|completion|messages|responses|text):)?(?=.)")


class Judging(NamedTuple):
    """What a figure is held against."""

    run: ReadRun
    answers: Answers
    catalog: Catalog
    today: date


def judged_figure(chosen: Chosen, metric: Metric, by: Judging) -> WrittenFigure | list[Hindered]:
    """The figure as the catalog is to hold it; else every reason why it is not written."""
    found, model = chosen.found, by.catalog.models[chosen.model]
    label = f"{chosen.model} {chosen.metric}"
    if found.refused:
        return [Hindered(Hindrance.REFUSED, *found.refused, label)]
    before = model.metrics.get(chosen.metric)
    day = found.observed_on or by.answers.day
    effort = by.answers.effort or found.effort
    scaled = _scaled(found, metric, by.answers)
    hindered = [
        *_about_run(found, day, model, by),
        *_about_effort(found, effort, model, by),
        *_about_revision(found, model, by.answers),
        *([scaled] if isinstance(scaled, Hindered) else _outside(scaled[0], metric)),
    ]
    revision = _revision(found, model, by.answers)
    if isinstance(scaled, Hindered) or day is None:
        return [each._replace(figure=label) for each in hindered]
    figure = Figure(
        scaled[0],
        source=_source(chosen, by),
        observed_on=day,
        standard_error=scaled[1],
        samples=found.samples or by.answers.samples,
        revision=revision,
        effort=effort,
        run=found.run or by.run.digest,
    )
    hindered += _about_others(figure, before, chosen, by)
    if hindered:
        return [each._replace(figure=label) for each in hindered]
    notes = (*found.notes, *_notes(figure, effort, revision), *_asked(found, model))
    return WrittenFigure(model.id, chosen.metric, metric.unit, figure, before, notes)


def _about_run(found: RunFigure, day: date | None, model: Model, by: Judging) -> Iterator[Hindered]:
    refused, waiting = Hindrance.REFUSED, Hindrance.WAITING
    stated = by.answers.day, by.answers.samples
    if None not in (found.observed_on, stated[0]) and found.observed_on != stated[0]:
        yield Hindered(
            refused, f"the file is of {found.observed_on}, not {stated[0]}", "drop --date"
        )
    if None not in (found.samples, stated[1]) and found.samples != stated[1]:
        why = f"the file counts {found.samples:,} samples, not {stated[1]:,}"
        yield Hindered(refused, why, "drop --samples")
    if day is None:
        yield Hindered(waiting, "the file does not say when it was measured", "--date YYYY-MM-DD")
    elif day > by.today + timedelta(days=1):
        yield Hindered(refused, f"measured on {day}, which is in the future", RERUN)
    elif model.released_on is not None and day < model.released_on:
        why = f"measured on {day}, before {model.id} was released on {model.released_on}"
        yield Hindered(refused, why, "map it to the model that was measured: --model")
    if found.samples == 0:
        yield Hindered(refused, "no sample was scored", RERUN)
    elif found.samples is None and by.answers.samples is None:
        yield Hindered(waiting, "the file does not say how many questions ran", "--samples N")
    for doubt, what in found.doubts.items():
        if doubt not in by.answers.accepted:
            yield Hindered(waiting, what, f"--accept {doubt}, if that is what you want to compare")


def _about_effort(
    found: RunFigure, effort: str | None, model: Model, by: Judging
) -> Iterator[Hindered]:
    """A figure belongs to the variant of its effort, and an effort that is not known is asked."""
    sends = model.upstream.params.get("reasoning_effort")
    budget = model.upstream.params.get("thinking_budget_tokens")
    if found.effort and by.answers.effort and found.effort != by.answers.effort:
        why = f"the file records another effort than --effort {by.answers.effort}"
        yield Hindered(Hindrance.REFUSED, why, "drop --effort")
    elif effort is not None and effort not in EFFORTS:
        why = f"the file records an effort that is not {', '.join(EFFORTS)}"
        yield Hindered(Hindrance.REFUSED, why, RERUN)
    elif effort != sends and effort is not None:
        meant = _variant(model, effort, by.catalog)
        hint = (
            f"--model '{meant}={found.model}'"
            if meant
            else f"add a variant with reasoning_effort: {effort}"
        )
        why = f"it was measured with effort {effort}, and {model.id} sends "
        yield Hindered(Hindrance.WAITING, why + (f"{sends}" if sends else "none"), hint)
    elif effort != sends:
        why = f"{model.id} sends effort {sends}, and the file records none"
        yield Hindered(Hindrance.WAITING, why, f"--effort {sends}, if that was sent")
    if found.thinking_tokens is not None and found.thinking_tokens != budget:
        why = f"it was measured with {found.thinking_tokens:,} tokens of thinking, and {model.id}"
        ends = f" sends {budget:,}" if isinstance(budget, int) else " sends no such budget"
        yield Hindered(Hindrance.REFUSED, why + ends, "map it to the variant that was measured")


def _variant(model: Model, effort: str, catalog: Catalog) -> str | None:
    base = model.variant_of or model.id
    for other in catalog.models.values():
        same = other.variant_of == base or other.id == base
        if same and other.upstream.params.get("reasoning_effort") == effort:
            return other.id
    return None


def _about_revision(found: RunFigure, model: Model, answers: Answers) -> Iterator[Hindered]:
    """The figure of one revision says nothing of another."""
    if len(found.served) > 1:
        why = f"{len(found.served)} revisions answered: {', '.join(sorted(found.served)[:4])}"
        yield Hindered(Hindrance.REFUSED, why, RERUN)
        return
    for said in (*_telling(found), *([answers.revision] if answers.revision else [])):
        how = _identity(said, model)
        if how is Identity.OTHER_REVISION or (how is Identity.OTHER_MODEL and model.revision):
            why = f"'{said}' answered, and {model.id} is {model.revision or 'another revision'}"
            hint = "map it to the model that answered, or correct its revision in the catalog"
            yield Hindered(Hindrance.REFUSED, why, hint)
            return
    if not _telling(found) and _identity(_last(found.model), model) is Identity.OTHER_REVISION:
        why = f"it asked for '{_last(found.model)}', and {model.id} is {model.revision}"
        yield Hindered(Hindrance.REFUSED, why, "map it to the model that was asked")


def _telling(found: RunFigure) -> tuple[str, ...]:
    """The revision that answered; none where only the name that was asked came back."""
    return tuple(said for said in found.served if said not in (found.model, _last(found.model)))


def _last(name: str) -> str:
    """The model in a tool's name: `openai:chat:NAME` and `openai-api/service/NAME` ask for NAME."""
    return _ASKED_BY.sub("", name.rsplit("/", 1)[-1])


def _identity(said: str, model: Model) -> Identity:
    whole = model._replace(id=model.variant_of or model.id)
    return Identity.SAME if said == model.revision else identity_of(said, whole)


def _revision(found: RunFigure, model: Model, answers: Answers) -> str | None:
    """The revision that was measured, where the run shows it or a person says it."""
    telling = _telling(found)
    if telling:
        return telling[0]
    return model.revision if _last(found.model) == model.revision else answers.revision


def _scaled(
    found: RunFigure, metric: Metric, answers: Answers
) -> tuple[Fraction, Fraction | None] | Hindered:
    """Value and error in the metric's unit; only a scale that is known is converted."""
    scale = answers.scale or ("fraction" if found.is_share else None)
    factor = Fraction(1)
    if scale is not None and metric.unit in ("fraction", "percent") and scale != metric.unit:
        factor = _PERCENT if metric.unit == "percent" else 1 / _PERCENT
    if scale is None and metric.unit == "percent" and 0 < found.value <= 1:
        why = f"{_number(found.value)} may be a share or a percentage, and the file has no unit"
        return Hindered(Hindrance.WAITING, why, "--scale fraction or --scale percent")
    error = found.standard_error
    if error is not None and error < 0:
        return Hindered(Hindrance.REFUSED, "a standard error below 0", RERUN)
    # One answer, or answers that are all alike, have a deviation of 0, which is no certainty.
    known = error if error and found.samples != 1 else None
    return found.value * factor, None if known is None else known * factor


def _outside(value: Fraction, metric: Metric) -> Iterator[Hindered]:
    low, high = metric.at_least, metric.at_most
    if (low is not None and value < low) or (high is not None and value > high):
        ends = " to ".join("…" if end is None else _number(end) for end in (low, high))
        why = f"{_number(value)} is outside the range of {metric.name}, {ends} ({metric.unit})"
        is_percent = metric.unit == "fraction" and 1 < value <= _PERCENT
        hint = "--scale percent, if it is one" if is_percent else "name the metric that it is of"
        yield Hindered(Hindrance.REFUSED, why, hint)


def _number(value: Fraction) -> str:
    return fraction_to_text(round(value, 6))


def _source(chosen: Chosen, by: Judging) -> str:
    """How a figure is cited: tool, task and version, name in the file, judge, what is accepted."""
    found = chosen.found
    judge = [note for note in found.notes if note.startswith("judged by ")]
    key = [] if found.is_named else [found.key]
    parts = [by.run.tool, found.setting, *key, *judge, *found.doubts.values()]
    return ", ".join(part for part in parts if part)[:300]


def _about_others(
    figure: Figure, before: Figure | None, chosen: Chosen, by: Judging
) -> Iterator[Hindered]:
    """What the catalog has already: the figure itself, and figures of other models beside it."""
    accepted, setting = by.answers.accepted, chosen.found.setting
    older = before is not None and before.run is not None and _not_after(before, figure)
    if before not in (None, figure) and not older and Doubt.REPLACE not in accepted:
        how = "is of a later day" if before and before.run else "was not imported from a run"
        why = f"the catalog has {_number(before.value if before else figure.value)}, which {how}"
        yield Hindered(Hindrance.WAITING, why, f"--accept {Doubt.REPLACE} replaces it")
    for model in by.catalog.models.values():
        other = model.metrics.get(chosen.metric)
        is_other = other is not None and other.run is not None and model.id != chosen.model
        if other and is_other and setting and setting not in (other.source or ""):
            if Doubt.DATASET not in accepted:
                why = f"{model.id} was measured on another task or version than {setting}"
                hint = f"--accept {Doubt.DATASET}, or a metric of its own"
                yield Hindered(Hindrance.WAITING, why, hint)
            return


def _not_after(before: Figure, figure: Figure) -> bool:
    return (
        before.observed_on is None
        or figure.observed_on is None
        or before.observed_on <= figure.observed_on
    )


def _notes(figure: Figure, effort: str | None, revision: str | None) -> Iterator[str]:
    if figure.samples is not None and figure.samples < FEW_SAMPLES:
        yield f"only {figure.samples} samples"
    if figure.standard_error is None:
        yield "its standard error is unknown"
    if effort is None:
        yield "no effort is recorded: the provider's default"
    if revision is None:
        yield "the file does not say which revision answered"


def _asked(found: RunFigure, model: Model) -> Iterator[str]:
    """That the run asked for a name which the catalog does not know the model by."""
    if found.model == model.id:
        # A list of one's own names the catalog's id, which may be a variant that no provider knows.
        return
    if _identity(_last(found.model), model) is Identity.OTHER_MODEL:
        yield f"it asked for '{_last(found.model)}', which is no name that {model.id} is known by"
