"""Which tool wrote a file, by its content; and what is known of formats that hold too little."""

from __future__ import annotations

import hashlib
from typing import Any

from zumik.errors import CannotRun
from zumik.evaluations.inspect_log import is_inspect_log, read_inspect_json, read_inspect_zip
from zumik.evaluations.lm_eval_results import is_lm_eval_results, read_lm_eval
from zumik.evaluations.own_figures import HINT, read_own_figures
from zumik.evaluations.promptfoo_output import is_promptfoo_output, read_promptfoo
from zumik.evaluations.result_json import items, parse, table
from zumik.evaluations.run_figures import ReadRun, RefusedRun, RunFigure, UnreadableRun

_PROMPTFOO = "promptfoo export eval ID -o FILE.json, and import that"


def read_run(data: bytes) -> ReadRun:
    """The figures of one file. Raises RefusedRun and UnreadableRun."""
    tool, figures = _read(data)
    if not figures:
        raise RefusedRun("the file holds no figure", HINT)
    return ReadRun(tool, f"sha256:{hashlib.sha256(data).hexdigest()}", tuple(figures))


def _read(data: bytes) -> tuple[str, list[RunFigure]]:
    if data[:4] == b"PK\x03\x04":
        return read_inspect_zip(data)
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableRun(f"not UTF-8 at byte {error.start}") from None
    if not content.strip():
        raise UnreadableRun("an empty file")
    if content.lstrip()[:1] not in "{[":
        return _read_text(content)
    lines = content.split("\n", 2)
    try:
        value = parse(data)
    except CannotRun:
        first = _first_line(lines[0])
        if first is None:
            raise
        raise _too_little(first, is_lines=True) from None
    return _read_json(value)


def _first_line(line: str) -> Any:
    """The value of a first line that is whole JSON: then each line is one; else None."""
    try:
        return parse(line.encode())
    except CannotRun:
        return None


def _read_json(value: Any) -> tuple[str, list[RunFigure]]:
    if is_inspect_log(value):
        return read_inspect_json(value)
    if is_lm_eval_results(value):
        return read_lm_eval(value)
    if is_promptfoo_output(value):
        return read_promptfoo(value)
    raise _too_little(value, is_lines=False)


def _too_little(value: Any, *, is_lines: bool) -> RefusedRun | UnreadableRun:
    """Why a format cannot be imported: it lacks what a figure needs, and no figure is guessed."""
    found = table(value)
    if "promptIdx" in found or "testCase" in found:
        why = "rows of promptfoo: no version, no date, and no end of the run"
        return RefusedRun(why, _PROMPTFOO)
    if "doc_id" in found and "resps" in found:
        hint = "import its results_*.json"
        return RefusedRun("samples of lm_eval, a line for each question and filter", hint)
    if "errors" in found and "eval_name" in found:
        return RefusedRun("a Braintrust run with errors, and so without scores", HINT)
    if "experiment_name" in found and "scores" in found:
        return RefusedRun("a Braintrust summary: no sample size, no date, no model", HINT)
    if "metricsScores" in found or "testCases" in found:
        failed = sum(
            int(errors)
            for score in items(found.get("metricsScores"))
            if isinstance(errors := table(score).get("errors"), int)
        )
        lost = f", and metrics that failed and left the denominator: {failed:,}" if failed else ""
        return RefusedRun(f"a DeepEval run: no date and no version of the tool{lost}", HINT)
    if is_lines or isinstance(value, list):
        return RefusedRun("rows without a model, a date or a sample size", HINT)
    return UnreadableRun("not a result of Inspect AI, lm_eval or promptfoo", hint=HINT)


def _read_text(content: str) -> tuple[str, list[RunFigure]]:
    head = content[:4000]
    first = head.split("\n", 1)[0]
    if "promptfooVersion" in content or first.startswith(("evalId:", "results:")):
        raise RefusedRun("promptfoo's YAML", _PROMPTFOO)
    if ",Status," in first or "Named Scores" in first:
        raise RefusedRun(
            "promptfoo's CSV: columns of one name for each model, rounded scores, no date",
            _PROMPTFOO,
        )
    if "user_input" in first and "response" in first:
        raise RefusedRun("rows of Ragas: no model, no date, no sample size", HINT)
    return read_own_figures(content)
