"""Logs of Inspect AI, `.eval` and `.json`: figures of a finished run, or why there are none.

`status: success` alone proves little: samples may have failed or been withdrawn, and left the
denominator. A cancelled run has results that look complete. See the tool's `EvalLog`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zumik.evaluations.inspect_samples import Samples, read_members, read_samples
from zumik.evaluations.result_json import (
    MAX_BYTES,
    RERUN,
    NotANumber,
    count,
    day,
    figure,
    items,
    name,
    parse,
    table,
    text,
)
from zumik.evaluations.run_figures import Doubt, RefusedRun, RunFigure, UnreadableRun
from zumik.evaluations.zip_members import ZipMembers

_HEADER = "header.json"
_ERRORS = ("stderr", "bootstrap_stderr")
_SPREADS = frozenset({*_ERRORS, "std", "var"})
# A standard error belongs to the mean of the answers, by either name.
_MEANS = frozenset({"accuracy", "mean"})
_LIMITS = ("message_limit", "token_limit", "time_limit", "working_limit", "cost_limit")
_NO_MODELS = ("mockllm/", "none/")
_GRADED = "model_graded"

_Tree = Mapping[str, Any]


def is_inspect_log(value: object) -> bool:
    """Whether a value of JSON is such a log, or its header."""
    return isinstance(value, dict) and "eval" in value and "status" in value and "version" in value


def read_inspect_zip(data: bytes) -> tuple[str, list[RunFigure]]:
    """The figures of an `.eval` file. Raises RefusedRun and UnreadableRun."""
    members = ZipMembers(data)
    if _HEADER not in members.by_name:
        if any(member.startswith("_journal/") for member in members.by_name):
            raise RefusedRun("the run did not finish: the log has no header", RERUN)
        raise UnreadableRun("a ZIP that is no log of Inspect AI")
    log = parse(members.read(_HEADER, MAX_BYTES))
    if not is_inspect_log(log):
        raise UnreadableRun("a ZIP that is no log of Inspect AI")
    _require_finished(log)
    return _read(log, read_members(members))


def read_inspect_json(log: _Tree) -> tuple[str, list[RunFigure]]:
    """The figures of a `.json` log. Raises RefusedRun."""
    _require_finished(log)
    return _read(log, read_samples(items(log.get("samples"))))


def _require_finished(log: _Tree) -> None:
    status = log.get("status")
    results = table(log.get("results"))
    done, total = (count(results.get(f"{key}_samples")) for key in ("completed", "total"))
    if status != "success":
        how = {"cancelled": "was cancelled", "error": "ended in an error", "started": "never ended"}
        part = f" after {done:,} of {total:,} samples" if done is not None and total else ""
        raise RefusedRun(f"the run {how.get(str(status), 'did not finish')}{part}", RERUN)
    if log.get("invalidated") not in (None, False):
        raise RefusedRun("the run was invalidated after it ended", RERUN)
    if done is None or total is None:
        raise RefusedRun("the log has no results", "inspect score LOG, and import what it writes")
    if done < total:
        raise RefusedRun(
            f"{total - done:,} of {total:,} samples failed and left the denominator",
            "inspect eval-retry LOG; or count them as wrong: inspect eval --score-on-error",
        )


def _read(log: _Tree, samples: Samples) -> tuple[str, list[RunFigure]]:
    ran = table(log["eval"])
    if samples.withdrawn:
        raise RefusedRun(
            f"samples that were invalidated after the run: {samples.withdrawn:,}", RERUN
        )
    if samples.failed:
        raise RefusedRun(f"samples that failed and left the denominator: {samples.failed:,}", RERUN)
    model = text(ran.get("model")) or ""
    if not model or model.startswith(_NO_MODELS):
        raise RefusedRun("the log names no model: it ran against a mock", RERUN)
    tool = f"inspect_ai {name(table(ran.get('packages')).get('inspect_ai')) or 'unknown'}"
    # Every number is looked at before any is used: a NaN makes the others doubtful.
    for place, score in enumerate(items(table(log.get("results")).get("scores"))):
        for key, metric in table(table(score).get("metrics")).items():
            if isinstance(table(metric).get("value"), NotANumber):
                path = f"results.scores[{place}].metrics.{name(key)}"
                raise RefusedRun(f"{path} is not a number: samples could not be scored", RERUN)
    figures = [
        found
        for place, score in enumerate(items(table(log["results"]).get("scores")))
        for found in _score(log, ran, table(score), place, samples)
    ]
    return tool, figures


def _score(
    log: _Tree, ran: _Tree, score: _Tree, place: int, samples: Samples
) -> Iterator[RunFigure]:
    """The figures of one scorer and reducer."""
    results, config = table(log.get("results")), table(ran.get("config"))
    if (unscored := count(score.get("unscored_samples"))) and unscored:
        raise RefusedRun(
            f"samples that could not be scored and left the denominator: {unscored:,}", RERUN
        )
    judge = _judge(ran, score)
    epochs = count(config.get("epochs")) or 1
    scored = count(score.get("scored_samples"))
    done = count(results.get("completed_samples")) or 0
    metrics = table(score.get("metrics"))
    reducer = text(score.get("reducer"))
    parts = [name(score.get("name")), *([name(reducer)] if reducer else [])]
    error = next((table(metrics[key]).get("value") for key in _ERRORS if key in metrics), None)
    planned = table(table(log.get("plan")).get("config"))
    settings = {**table(ran.get("model_generate_config")), **planned}
    for key, metric in metrics.items():
        if key in _SPREADS:
            continue
        where = f"results.scores[{place}].metrics.{name(key)}"
        of_mean = key in _MEANS and not table(metric).get("group") and error is not None
        yield RunFigure(
            model=name(ran["model"]),
            key="/".join([*parts, name(key)]),
            value=figure(table(metric).get("value"), where),
            samples=scored if scored is not None else done // epochs,
            standard_error=figure(error, f"{where}: its stderr") if of_mean else None,
            observed_on=day(table(log.get("stats")).get("started_at")) or day(ran.get("created")),
            is_share=key == "accuracy",
            effort=text(settings.get("reasoning_effort")) or text(settings.get("effort")),
            thinking_tokens=count(settings.get("reasoning_tokens")),
            served=samples.served,
            setting=_setting(ran),
            doubts=_doubts(ran, config, settings, samples, done // epochs),
            notes=tuple(_notes(ran, config, samples, judge, epochs)),
        )


def _judge(ran: _Tree, score: _Tree) -> str | None:
    """The model that graded. Raises RefusedRun where a model graded itself."""
    role = table(table(ran.get("model_roles")).get("grader")).get("model")
    judge = text(table(score.get("params")).get("model")) or text(role)
    is_graded = str(score.get("scorer") or score.get("name")).split("/")[-1].startswith(_GRADED)
    if is_graded and judge in (None, ran.get("model")):
        raise RefusedRun(
            "the model graded its own answers",
            "inspect eval --model-role grader=PROVIDER/MODEL, with another model",
        )
    return name(judge) if judge else None


def _setting(ran: _Tree) -> str:
    """What was asked: two figures are comparable only where this is equal."""
    version = table(ran.get("task_attribs")).get("version", ran.get("task_version"))
    return f"{name(ran.get('task'))} version {name(version) or 'unknown'}"


def _doubts(
    ran: _Tree, config: _Tree, settings: _Tree, samples: Samples, questions: int
) -> dict[Doubt, str]:
    whole = count(table(ran.get("dataset")).get("samples"))
    limits = [key for key in ("limit", "sample_id") if config.get(key) is not None]
    found = {}
    if limits or (whole is not None and questions < whole):
        of = f"{questions:,} of {whole:,} questions" if whole else "a part of the questions"
        found[Doubt.LIMITED] = f"only {of} ran"
    if samples.cached or settings.get("cache") not in (None, False):
        found[Doubt.CACHED] = "answers may come from a cache, and be older than the run"
    return found


def _notes(
    ran: _Tree, config: _Tree, samples: Samples, judge: str | None, epochs: int
) -> Iterator[str]:
    if judge:
        yield f"judged by {judge}"
    if epochs > 1:
        yield f"each question asked {epochs:,} times"
    if samples.filtered:
        yield f"{samples.filtered:,} answers stopped by a content filter count as wrong"
    if not samples.are_read:
        yield "the samples were not read, so the revision served is unknown"
    if limits := [key for key in _LIMITS if config.get(key) is not None]:
        yield f"with {', '.join(limits)}"
    if table(ran.get("revision")).get("dirty") is True:
        yield "the evaluation's code had uncommitted changes"
