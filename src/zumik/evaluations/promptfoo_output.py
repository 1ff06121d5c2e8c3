"""Outputs of promptfoo, `-o FILE.json`: providers times prompts times tests times repeats.

Its aggregates are sums, and leave failed requests out of some denominators, so they are held
against the rows. The id of an HTTP provider is an address that may hold a key, and that of a
command is its line: neither is ever shown or kept.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from zumik.evaluations.result_json import (
    RERUN,
    count,
    day,
    figure,
    items,
    name,
    rounded_share,
    table,
    text,
)
from zumik.evaluations.run_figures import Doubt, RefusedRun, RunFigure

_PASS = "pass"  # noqa: S105
_NO_MODELS = frozenset({"echo", "default"})
_PRECISION = Context(prec=12)
_ERROR = 2
"""`failureReason` of a row whose request failed."""
_GRADED = frozenset(
    {"llm-rubric", "g-eval", "factuality", "model-graded-closedqa", "answer-relevance"}
)

_Tree = Mapping[str, Any]


class _Rows(NamedTuple):
    """The rows of one provider and prompt, by question."""

    rows: list[_Tree]
    questions: dict[str, list[_Tree]]


def is_promptfoo_output(value: object) -> bool:
    """Whether a value of JSON is such a file."""
    return (
        isinstance(value, dict)
        and "promptfooVersion" in table(value.get("metadata"))
        and isinstance(value.get("results"), dict)
    )


def read_promptfoo(run: _Tree) -> tuple[str, list[RunFigure]]:
    """The figures of every provider and prompt. Raises RefusedRun."""
    results = table(run["results"])
    prompts = [table(prompt) for prompt in items(results.get("prompts"))]
    rows = [table(row) for row in items(results.get("results"))]
    repeat = count(table(run.get("runtimeOptions")).get("repeat")) or 1
    _require_whole(run, results, prompts, rows, repeat)
    figures: list[RunFigure] = []
    providers = [text(prompt.get("provider")) or "" for prompt in prompts]
    for place, prompt in enumerate(prompts):
        mine = [row for row in rows if count(row.get("promptIdx")) == place]
        nth = providers[:place].count(providers[place]) + 1
        prefix = f"prompt{nth}:" if providers.count(providers[place]) > 1 else ""
        figures += _provider(run, prompt, _by_question(mine), repeat, prefix)
    return f"promptfoo {name(table(run.get('metadata')).get('promptfooVersion'))}", figures


def _require_whole(
    run: _Tree, results: _Tree, prompts: list[_Tree], rows: list[_Tree], repeat: int
) -> None:
    tests = table(run.get("config")).get("tests")
    stats = table(results.get("stats"))
    wanted = len(prompts) * len(tests) * repeat if isinstance(tests, list) else None
    if "durationMs" not in stats or (wanted is not None and len(rows) < wanted):
        of = f" after {len(rows):,} of {wanted:,} rows" if wanted and len(rows) < wanted else ""
        raise RefusedRun(f"the run was aborted{of}", RERUN)
    failed = max(
        sum(count(table(p.get("metrics")).get("testErrorCount")) or 0 for p in prompts),
        sum(row.get("failureReason") == _ERROR for row in rows),
    )
    if failed:
        raise RefusedRun(
            f"{failed:,} of {len(rows):,} requests failed and left some denominators",
            "promptfoo eval --filter-errors-only FILE, or run it again",
        )


def _by_question(rows: list[_Tree]) -> _Rows:
    """Rows by their variables: repeats have numbers of their own, and the same variables."""
    questions: dict[str, list[_Tree]] = {}
    for row in rows:
        asked = json.dumps(row.get("vars"), sort_keys=True, default=str)
        digest = hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()
        questions.setdefault(digest, []).append(row)
    return _Rows(rows, questions)


def _provider(
    run: _Tree, prompt: _Tree, found: _Rows, repeat: int, prefix: str
) -> Iterator[RunFigure]:
    metrics, settings = table(prompt.get("metrics")), _settings(run, prompt, found.rows)
    shown, why_none = _shown_model(prompt, found.rows)
    graded, judge = _judge(run, found.rows)
    passes = [count(metrics.get(f"test{end}Count")) or 0 for end in ("Pass", "Fail", "Error")]
    sums = {_PASS: (Fraction(passes[0]), Fraction(sum(passes)))}
    for key, value in table(metrics.get("namedScores")).items():
        of = table(metrics.get("namedScoresCount")).get(key)
        sums[key] = (figure(value, f"namedScores.{name(key)}"), figure(of, "namedScoresCount"))
    doubts = {}
    if any(table(row.get("response")).get("cached") is True for row in found.rows):
        doubts[Doubt.CACHED] = "answers come from a cache, and are older than the run"
    reasoning = table(settings.get("reasoning"))
    effort = text(settings.get("reasoning_effort")) or text(reasoning.get("effort"))
    for key, (total, of) in sums.items():
        value, error, samples, doubtful = _measured(found, key, total, of, repeat)
        yield RunFigure(
            model=shown,
            key=f"{prefix}{name(key)}",
            value=value,
            samples=samples,
            standard_error=error,
            observed_on=day(table(run.get("metadata")).get("evaluationCreatedAt"))
            or day(table(run["results"]).get("timestamp")),
            is_share=key == _PASS,
            effort=effort,
            better="higher" if key == _PASS else None,
            doubts=doubts,
            notes=tuple(_notes(repeat, effort, graded, judge)),
            refused=why_none or _self_graded(graded, judge, settings) or doubtful,
        )


def _measured(
    found: _Rows, key: str, total: Fraction, of: Fraction, repeat: int
) -> tuple[Fraction, Fraction | None, int, tuple[str, str] | None]:
    """A figure, its standard error over questions, their number, and why it cannot be used."""
    scores = [[_score(row, key) for row in rows] for rows in found.questions.values()]
    flat = [score for each in scores for score in each]
    questions = len(scores)
    if of == 0:
        return Fraction(0), None, 0, (f"{name(key)} has no row", RERUN)
    value = rounded_share(total / of)
    if sum(flat) != total and abs(sum(flat) - total) > Fraction(1, 10**6):
        why = f"the sum of {name(key)} is not that of its rows: a weight of 0, or an edited file"
        return value, None, questions, (why, "give the metric a weight, and run it again")
    is_even = questions * repeat == len(flat) and of == len(flat)
    if not is_even:
        return value, None, max(1, int(of) // repeat), None
    return value, _standard_error([_mean(each) for each in scores]), questions, None


def _score(row: _Tree, key: str) -> Fraction:
    if key == _PASS:
        return Fraction(int(row.get("success") is True))
    score = table(row.get("namedScores")).get(key)
    return figure(score, f"namedScores.{name(key)}") if score is not None else Fraction(0)


def _standard_error(means: list[Fraction]) -> Fraction | None:
    """The sample deviation of the questions over the root of their number; None where unknown."""
    if len(means) < 2:
        return None
    mean = _mean(means)
    variance = _mean([(each - mean) ** 2 for each in means]) / (len(means) - 1)
    root = _PRECISION.sqrt(
        _PRECISION.divide(Decimal(variance.numerator), Decimal(variance.denominator))
    )
    return Fraction(root) if root else None


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _settings(run: _Tree, prompt: _Tree, rows: list[_Tree]) -> _Tree:
    """The configuration of a prompt's provider, which is found by its id or label."""
    names = {text(prompt.get("provider"))}
    names |= {text(table(row.get("provider")).get("id")) for row in rows[:1]}
    for provider in items(table(run.get("config")).get("providers")):
        own = {text(table(provider).get("id")), text(table(provider).get("label"))}
        if names & own - {None}:
            return {"id": table(provider).get("id"), **table(table(provider).get("config"))}
    return {}


def _shown_model(prompt: _Tree, rows: list[_Tree]) -> tuple[str, tuple[str, str] | None]:
    """The name of a model that may be shown, and why there is none."""
    given = text(prompt.get("provider")) or ""
    identity = text(table(next(iter(rows), {}).get("provider")).get("id")) or given
    if given in _NO_MODELS:
        return given, (f"{given} is no model", "map another provider of the file")
    is_address = "://" in given or given.startswith(("exec:", "file:", "python:", "http"))
    if is_address and given == identity:
        return "a provider without a label", (
            "a provider that is an address or a command names no model",
            "give it a label in promptfoo's configuration, and run it again",
        )
    return name(given), None


def _judge(run: _Tree, rows: list[_Tree]) -> tuple[bool, str | None]:
    """Whether a model graded, and which, where the file says it."""
    graded = False
    judges = [
        table(table(table(run.get("config")).get("defaultTest")).get("options")).get("provider")
    ]
    for row in rows:
        case = table(row.get("testCase"))
        judges.append(table(case.get("options")).get("provider"))
        for check in map(table, items(case.get("assert"))):
            if str(check.get("type")).removeprefix("not-") in _GRADED:
                graded = True
                judges.insert(0, check.get("provider"))
    found = [text(judge) or text(table(judge).get("id")) for judge in judges]
    return graded, next((judge for judge in found if judge), None) if graded else None


def _self_graded(graded: bool, judge: str | None, settings: _Tree) -> tuple[str, str] | None:
    if graded and judge is not None and judge == settings.get("id"):
        why = "the model graded its own answers"
        return why, "set another provider under defaultTest.options.provider"
    return None


def _notes(repeat: int, effort: str | None, graded: bool, judge: str | None) -> Iterator[str]:
    if graded:
        shown = name(judge) if judge and "://" not in judge else None
        yield f"judged by {shown}" if shown else "judged by a model that the file does not name"
    if repeat > 1:
        yield f"each question asked {repeat:,} times"
    if effort:
        yield "the effort is what was configured; the file does not prove that it was sent"
    yield "the file does not say the version of the tests, nor whether a filter cut them"
