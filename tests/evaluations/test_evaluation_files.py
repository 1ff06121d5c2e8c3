"""Result files: what is read of them, what is refused and why, and that no text of one gets out."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from tests.evaluations.runs import (
    CSV,
    INSPECT,
    LM_EVAL,
    PROMPTFOO,
    QUESTION,
    SECRET,
    TOOLS,
    changed,
    eval_bytes,
    json_bytes,
)

from zumik.evaluations.formats import read_run
from zumik.evaluations.run_figures import Doubt, ReadRun, RefusedRun, RunFigure, UnreadableRun

WHOLE = {
    "inspect": json_bytes(INSPECT),
    "inspect eval": eval_bytes(INSPECT),
    "lm_eval": json_bytes(LM_EVAL),
    "promptfoo": json_bytes(PROMPTFOO),
    "own": CSV.encode(),
}


def first(data: bytes) -> RunFigure:
    return read_run(data).figures[0]


@pytest.mark.parametrize("tool", WHOLE)
def test_a_whole_run_gives_value_error_samples_and_the_day_in_utc(tool: str) -> None:
    found = first(WHOLE[tool])
    assert found.value == Fraction(3, 4)
    assert found.standard_error == Fraction(1, 4)
    assert found.samples == 4
    assert found.observed_on == date(2026, 5, 3)
    assert not found.doubts


@pytest.mark.parametrize("tool", WHOLE)
def test_no_text_of_a_file_is_kept(tool: str) -> None:
    kept = repr(read_run(WHOLE[tool]))
    assert SECRET not in kept
    assert QUESTION not in kept


def test_the_revision_that_was_served_is_read_from_samples() -> None:
    assert first(WHOLE["inspect"]).served == {"small-2026-03-15"}
    assert first(WHOLE["inspect eval"]).served == {"small-2026-03-15"}


GRADED = {
    "name": "model_graded_qa",
    "scorer": "model_graded_qa",
    "scored_samples": 4,
    "params": {},
    "metrics": {"accuracy": {"value": 1.0}},
}
ONE = "results/scores/0"
ROWS = PROMPTFOO["results"]["results"]
REFUSED: dict[str, tuple[str, str, Any, str]] = {
    "cancelled with results": ("inspect", "status", "cancelled", "the run was cancelled after 4"),
    "ended in an error": ("inspect", "status", "error", "ended in an error"),
    "killed": ("inspect", "status", "started", "never ended"),
    "withdrawn": ("inspect", "invalidated", True, "invalidated"),
    "lost samples": ("inspect", "results/completed_samples", 3, "1 of 4 samples failed"),
    "a withdrawn sample": (
        "inspect",
        "samples/0/invalidation",
        {"author": "x"},
        "invalidated after the run: 1",
    ),
    "a failed sample": ("inspect", "samples/0/error", {"message": SECRET}, "denominator: 1"),
    "unscored": (
        "inspect",
        f"{ONE}/unscored_samples",
        2,
        "could not be scored and left the denominator: 2",
    ),
    "graded itself": ("inspect", ONE, GRADED, "the model graded its own answers"),
    "named itself as judge": (
        "inspect",
        ONE,
        {**GRADED, "params": {"model": "openai-api/desk/small"}},
        "the model graded its own answers",
    ),
    "not a number": ("inspect", f"{ONE}/metrics/accuracy/value", float("nan"), "is not a number"),
    "infinite": ("lm_eval", "results/tickets/exact_match,none", float("inf"), "Infinity"),
    "text for a number": ("lm_eval", "results/tickets/exact_match,none", SECRET, "not a number"),
    "a mock": ("inspect", "eval/model", "mockllm/model", "names no model"),
    "no model": ("lm_eval", "config/model_args", {}, "names no model"),
    "aborted": ("promptfoo", "results/stats", {}, "aborted"),
    "lost rows": ("promptfoo", "results/results", ROWS[:3], "aborted after 3 of 4 rows"),
    "failed requests": (
        "promptfoo",
        "results/prompts/0/metrics/testErrorCount",
        1,
        "1 of 4 requests failed",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_looks_finished_and_is_not_is_refused_with_its_reason(case: str) -> None:
    tool, path, value, reason = REFUSED[case]
    with pytest.raises(RefusedRun) as error:
        read_run(json_bytes(changed(tool, path, value)))
    assert reason in error.value.reason
    assert SECRET not in error.value.reason + error.value.hint


def test_a_log_without_its_header_did_not_finish() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as members:
        members.writestr("_journal/start.json", "{}")
    with pytest.raises(RefusedRun, match="did not finish"):
        read_run(file.getvalue())


@pytest.mark.parametrize(
    ("tool", "path", "value", "doubt"),
    [
        ("inspect", "eval/config/limit", 4, Doubt.LIMITED),
        ("inspect", "eval/dataset/samples", 9, Doubt.LIMITED),
        ("inspect", "eval/model_generate_config/cache", True, Doubt.CACHED),
        ("inspect", "samples/0/events", [{"cache": "read"}], Doubt.CACHED),
        ("lm_eval", "n-samples/tickets/original", 9, Doubt.LIMITED),
        ("lm_eval", "config/limit", 0.5, Doubt.LIMITED),
        ("lm_eval", "config/use_cache", "db", Doubt.CACHED),
        ("promptfoo", "results/results/0/response/cached", True, Doubt.CACHED),
    ],
)
def test_a_part_of_the_questions_or_a_cache_is_asked_about(
    tool: str, path: str, value: object, doubt: Doubt
) -> None:
    assert set(first(json_bytes(changed(tool, path, value))).doubts) == {doubt}


def test_a_sum_that_is_not_that_of_its_rows_is_refused() -> None:
    run = changed("promptfoo", "results/prompts/0/metrics/namedScores/right", 0)
    right = next(each for each in read_run(json_bytes(run)).figures if each.key == "right")
    assert right.refused is not None
    assert "a weight of 0" in right.refused[0]


def test_repeats_are_no_more_questions() -> None:
    run = changed("promptfoo", "runtimeOptions/repeat", 2)
    rows = [row for row in ROWS for _ in range(2)]
    run["results"]["results"] = rows
    run["results"]["prompts"][0]["metrics"] |= {"testPassCount": 6, "testFailCount": 2}
    run["results"]["prompts"][0]["metrics"]["namedScores"] = {}
    found = first(json_bytes(run))
    assert (found.samples, found.value, found.standard_error) == (4, Fraction(3, 4), Fraction(1, 4))


@pytest.mark.parametrize("provider", [f"https://desk.example/?key={SECRET}", f"exec: x {SECRET}"])
def test_an_address_or_a_command_is_no_name_of_a_model(provider: str) -> None:
    run = changed("promptfoo", "results/prompts/0/provider", provider)
    for row in run["results"]["results"]:
        row["provider"] = {"id": provider, "label": ""}
    found = read_run(json_bytes(run))
    assert all(figure.refused for figure in found.figures)
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"promptIdx": 0}\n{"promptIdx": 1}\n', "rows of promptfoo"),
        ('{"doc_id": 0, "resps": []}\n{"doc_id": 1, "resps": []}\n', "samples of lm_eval"),
        ('{"eval_name": "x", "errors": ["y"]}\n', "without scores"),
        ('{"experiment_name": "x", "scores": {}}\n', "no sample size, no date, no model"),
        ('{"metricsScores": [{"errors": 1}]}', "left the denominator: 1"),
        ("user_input,response,score\na,b,1\n", "no model, no date"),
        ("question,[small] x,Status,Score\n", "columns of one name"),
        ("evalId: eval-1\nresults: {}\n", "promptfoo's YAML"),
        ("model,value,value\na,1,2\n", "two columns have one name"),
        ("model,value,prompt\na,1,2\n", "column 3 of the first line"),
        ("model,value\na,NaN\n", "value is not a number"),
        ("model,value,samples\na,1,0\n", "samples is not a whole number"),
        ("model,value,run\na,1,http://x\n", "run is not"),
        ("model,value,date\na,1,yesterday\n", "date is not YYYY-MM-DD"),
        ("model,value\na\n", "1 cells for 2 columns"),
    ],
)
def test_a_format_that_holds_too_little_is_refused_by_what_it_lacks(
    content: str, reason: str
) -> None:
    with pytest.raises(RefusedRun) as error:
        read_run(content.encode())
    assert reason in error.value.reason


def zip_of(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as into:
        for name, data in members:
            into.writestr(name, data)
    return file.getvalue()


def _damaged(data: bytes) -> bytes:
    """A ZIP in which one bit of the first member's data is another."""
    return data[:80] + bytes([data[80] ^ 1]) + data[81:]


HEADER = ("header.json", json_bytes({**INSPECT, "samples": []}))
HOSTILE = {
    "nothing": b"",
    "no text": b"\xff\xfe\x00",
    "no ZIP": b"PK\x03\x04 and then something else",
    "no log": zip_of(("../../etc/passwd", b"x")),
    "a bomb": zip_of(("header.json", b" " * (65 * 1024 * 1024))),
    "a damaged member": _damaged(eval_bytes(INSPECT)),
    "deep": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a key twice": b'{"version": 2, "version": 2}',
    "other JSON": b'{"a": 1}',
    "half a surrogate": b'{"a": "\\ud800"}',
    "a sample that is a list": zip_of(HEADER, ("samples/x.json", b"[]")),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_not_readable_and_nothing_worse(case: str) -> None:
    with pytest.raises(UnreadableRun):
        read_run(HOSTILE[case])


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_not_readable() -> None:
    with pytest.raises(UnreadableRun, match="two members of one name"):
        read_run(zip_of(HEADER, HEADER))


def test_names_of_a_file_are_shown_on_one_line_and_without_keys() -> None:
    found = first(json_bytes(changed("inspect", "eval/model", f"desk/small\n\x1b[31m {SECRET}")))
    assert found.model == "desk/small\\n\\x1b[31m masked-key"
    long = first(json_bytes(changed("inspect", "eval/model", "x" * 10_000)))
    assert len(long.model) < 200


def test_a_log_packed_with_zstandard_is_read() -> None:
    zstandard = pytest.importorskip("zstandard", reason="needs the extra evaluations")
    plain = zip_of(("header.json", json_bytes(INSPECT)), method=zipfile.ZIP_STORED)
    packed = zstandard.ZstdCompressor().compress(json_bytes(INSPECT))
    assert first(_as_zstandard(plain, packed)).value == Fraction(3, 4)


def _as_zstandard(plain: bytes, packed: bytes) -> bytes:
    """A ZIP of one stored member, with its bytes packed by method 93."""
    (info,) = zipfile.ZipFile(io.BytesIO(plain)).infolist()
    size, start = info.compress_size, 30 + len(info.filename)
    local, data, rest = plain[:start], packed, plain[start + size :]
    short = len(packed).to_bytes(4, "little")
    local = local[:8] + b"\x5d\x00" + local[10:18] + short + local[22:]
    central, end = rest[:-22], rest[-22:]
    central = central[:10] + b"\x5d\x00" + central[12:20] + short + central[24:]
    offset = (len(local) + len(data)).to_bytes(4, "little")
    return local + data + central + end[:16] + offset + end[20:]


ODD = [None, [], {}, [{}], {"a": 1}, True, -1, 0.5, 10**300, float("nan"), "", "\x00", {"id": []}]


def places(tree: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The path of every value in a tree; of a list only the first item."""
    found = [path] if path else []
    first_only = dict(enumerate(tree[:1])) if isinstance(tree, list) else {}
    inside = tree if isinstance(tree, dict) else first_only
    for step, value in inside.items():
        found += places(value, (*path, step))
    return found


def outcome(data: bytes) -> str:
    """All that is known of a file, or why nothing is."""
    try:
        return repr(read_run(data))
    except (RefusedRun, UnreadableRun) as error:
        return str(error)


@pytest.mark.parametrize("tool", ["inspect", "lm_eval", "promptfoo"])
def test_a_value_of_any_kind_in_any_place_gives_figures_or_a_reason(tool: str) -> None:
    for path in places(TOOLS[tool]):
        for odd in ODD:
            run = changed(tool, "/".join(map(str, path)), odd)
            assert SECRET not in outcome(json_bytes(run)), path


def test_the_digest_is_that_of_the_file() -> None:
    import hashlib

    found: ReadRun = read_run(WHOLE["own"])
    assert found.digest == f"sha256:{hashlib.sha256(CSV.encode()).hexdigest()}"


def test_json_of_numbers_too_long_keeps_the_rest_readable() -> None:
    text = json.dumps(LM_EVAL).replace("71.5", "7" * 60 + ".5")
    with pytest.raises(RefusedRun, match="a number too long"):
        read_run(text.encode())
