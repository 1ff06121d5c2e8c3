"""Results of lm-evaluation-harness, `results_*.json`: one model, many tasks, metrics by filter.

The file has no unit: shares and scores from 0 to 100 stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zumik.evaluations.result_json import (
    RERUN,
    count,
    day,
    figure,
    name,
    table,
    text,
)
from zumik.evaluations.run_figures import Doubt, RefusedRun, RunFigure

_SHARES = frozenset({"acc", "acc_norm", "exact_match", "f1", "em"})
_NO_FIGURES = frozenset({"alias", "name", "sample_len", "sample_count", "samples"})
_PLACEHOLDER = "bypass"

_Tree = Mapping[str, Any]


def is_lm_eval_results(value: object) -> bool:
    """Whether a value of JSON is such a file."""
    return isinstance(value, dict) and "lm_eval_version" in value and "results" in value


def read_lm_eval(run: _Tree) -> tuple[str, list[RunFigure]]:
    """The figures of every task and group. Raises RefusedRun."""
    config = table(run.get("config"))
    model = _model(config)
    if model is None:
        raise RefusedRun(
            "the file names no model: model_name is a random text where no model was given",
            "lm_eval --model_args model=NAME",
        )
    version = name(run.get("lm_eval_version"))
    figures = [
        found
        for task, results in table(run.get("results")).items()
        for found in _task(run, config, name(model), task, table(results))
    ]
    return f"lm_eval {version}", figures


def _model(config: _Tree) -> str | None:
    arguments = config.get("model_args")
    if isinstance(arguments, str):
        pairs = (part.partition("=") for part in arguments.split(","))
        arguments = {key.strip(): value.strip() for key, _, value in pairs}
    if config.get("model") == "dummy":
        return None
    return text(table(arguments).get("model")) or text(table(arguments).get("pretrained"))


def _task(run: _Tree, config: _Tree, model: str, task: str, results: _Tree) -> Iterator[RunFigure]:
    better = table(table(run.get("higher_is_better")).get(task))
    settings = table(table(table(run.get("configs")).get(task)).get("generation_kwargs"))
    given = table(config.get("gen_kwargs"))
    for key, value in results.items():
        metric, _, chosen = key.partition(",")
        if key in _NO_FIGURES or metric.endswith("_stderr"):
            continue
        error = results.get(f"{metric}_stderr,{chosen}")
        where = f"results.{name(task)}[{name(key)}]"
        samples, doubts = _samples(run, config, task, key, results)
        direction = better.get(metric)
        yield RunFigure(
            model=model,
            key=f"{name(task)}:{name(key)}",
            value=figure(value, where),
            samples=samples,
            standard_error=None
            if error is None or isinstance(error, str)
            else figure(error, f"{where}: its stderr"),
            observed_on=day(run.get("date")),
            is_share=metric in _SHARES,
            effort=text(settings.get("reasoning_effort")) or text(given.get("reasoning_effort")),
            better={True: "higher", False: "lower"}.get(direction)
            if isinstance(direction, bool)
            else None,
            setting=_setting(run, task),
            doubts=doubts,
            notes=_notes(run, task, settings),
            refused=(f"{where} is a placeholder of --predict_only, and no figure", RERUN)
            if metric == _PLACEHOLDER
            else None,
        )


def _samples(
    run: _Tree, config: _Tree, task: str, key: str, results: _Tree
) -> tuple[int | None, dict[Doubt, str]]:
    """How many questions are behind a figure, and what of it a person has to answer."""
    counted = table(table(run.get("n-samples")).get(task))
    whole, samples = count(counted.get("original")), count(counted.get("effective"))
    if samples is None:
        samples = count(table(results.get("sample_count")).get(key))
        samples = count(results.get("sample_len")) if samples is None else samples
    doubts = {}
    is_cut = None not in (whole, samples) and whole != samples
    if is_cut or config.get("limit") is not None:
        of = f"{samples:,} of {whole:,}" if is_cut else "a part of the"
        doubts[Doubt.LIMITED] = f"only {of} questions ran"
    if config.get("use_cache") is not None:
        doubts[Doubt.CACHED] = "answers may come from a cache, and be older than the run"
    return samples, doubts


def _setting(run: _Tree, task: str) -> str:
    """What was asked: two figures are comparable only where this is equal."""
    version = name(table(run.get("versions")).get(task)) or "unknown"
    shots = count(table(run.get("n-shot")).get(task))
    template = text(run.get("chat_template_sha"))
    return (
        f"{name(task)} version {version}"
        + (f", {shots}-shot" if shots is not None else "")
        + (f", chat template {name(template)[:12]}" if template else "")
    )


def _notes(run: _Tree, task: str, settings: _Tree) -> tuple[str, ...]:
    repeats = count(table(table(run.get("configs")).get(task)).get("repeats")) or 1
    found = ["the file does not say which answers were empty or refused: they count as wrong"]
    if repeats > 1:
        found.append(f"each question asked {repeats:,} times; the filter says which answers count")
    return tuple(found)
