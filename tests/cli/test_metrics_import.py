"""`zumik metrics import`: what is written, what is asked and refused, and that a run can decide."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conversation import Desk, Turn
from tests.evaluations.runs import CSV, QUESTION, SECRET, changed, eval_bytes, json_bytes

POLICY = """\
measures:
  quality.tickets: {metric: own.tickets}
aliases:
  tickets.best:
    candidates: [acme/small, acme/large]
    prefer:
      - maximize: quality.tickets
"""


@pytest.fixture
def desk(desk_after: Callable[[str], Desk]) -> Desk:
    return desk_after("small")


def run_of(model: str, value: float, error: float, **more: object) -> dict[str, Any]:
    """A log of Inspect in which a model was asked 400 questions on 5 January."""
    log = changed("inspect", "stats/started_at", "2026-01-05T09:00:00+00:00")
    log["eval"] |= {"model": f"openai-api/desk/{model}", "dataset": {"samples": 400}, **more}
    log["results"] |= {"total_samples": 400, "completed_samples": 400}
    score = log["results"]["scores"][0]
    score |= {"scored_samples": 400}
    score["metrics"] = {"accuracy": {"value": value}, "stderr": {"value": error}}
    for sample in log["samples"]:
        sample["output"]["model"] = {
            "small": "small-2025-11-01",
            "large": "large-2025-10-15",
        }[model]
    return log


def imported(desk: Desk, log: object, *options: str, name: str = "run.json") -> Turn:
    file = desk.root / name
    file.write_bytes(log if isinstance(log, bytes) else json_bytes(log))
    return desk.zumik("metrics", "import", str(file), *options)


SMALL = ("--model", "acme/small", "--metric", "own.tickets")
LARGE = ("--model", "acme/large", "--metric", "own.tickets")


def test_an_imported_run_decides_an_alias_and_the_plan_says_what_its_error_means(
    desk: Desk,
) -> None:
    first = imported(desk, run_of("small", 0.62, 0.0243), *SMALL)
    assert first.exit_code == 0, first
    assert "acme/small own.tickets: 0.62 ±0.04763 (95 %), 400 samples, 2026-01-05" in first.out
    second = imported(desk, eval_bytes(run_of("large", 0.648, 0.0239)), *LARGE, name="run.eval")
    assert second.exit_code == 0, second
    (desk.releases / "policy" / "tickets.yaml").write_text(POLICY)
    assert desk.zumik("validate").exit_code == 0
    plan = desk.zumik("plan")
    assert plan.exit_code == 0, plan
    assert (
        "leads acme/small (rank 2) by 0.028 of quality.tickets; the two cannot be told apart "
        "(95 % intervals: ±0.04684 and ±0.04763): the order is the policy's tie-break, not evidence"
    ) in " ".join(plan.out.split())


WITHIN_ERROR = """\
measures:
  quality.tickets: {metric: own.tickets}
aliases:
  tickets.best:
    candidates: [acme/small, acme/large]
    workload: {input_tokens: 1000, output_tokens: 100}
    prefer:
      - {maximize: quality.tickets, within: error}
      - minimize: expected_cost
"""


@pytest.mark.parametrize(
    ("large", "error", "winner"),
    [("0.648", "0.0239", "acme/small"), ("0.9", "0.015", "acme/large")],
)
def test_the_error_of_a_run_decides_from_the_import_to_the_live_alias(
    desk: Desk, large: str, error: str, winner: str
) -> None:
    """Of two that cannot be told apart the cheaper answers, and of two that can the better."""
    for log, options, name in (
        (run_of("small", 0.62, 0.0243), SMALL, "small.json"),
        (run_of("large", float(large), float(error)), LARGE, "large.json"),
    ):
        assert imported(desk, log, *options, name=name).exit_code == 0
    (desk.releases / "policy" / "tickets.yaml").write_text(WITHIN_ERROR)
    desk.git("add", "--all")
    desk.git("commit", "--quiet", "--message", "Choose by our own tickets")
    plan = desk.zumik("plan", "tickets.best", "--format", "json")
    assert plan.exit_code == 0, plan
    (planned,) = json.loads(plan.out)["plans"]
    assert planned["winner_after"] == winner, planned
    created = desk.zumik("release", "create", "--note", "Own tickets", "--format", "json")
    assert created.exit_code == 0, created
    moved = desk.zumik("alias", "promote", "tickets.best", "--latest", "--reason", "Own runs")
    assert moved.exit_code == 0, moved
    desk.git("push", "--quiet", "origin", "main")
    decision = json.loads(desk.zumik("resolve", "tickets.best", "--format", "json").out)
    assert decision["resolved_model"] == winner
    why = "lowest_expected_cost_within_quality_tickets_band_under_policy"
    assert decision["resolution_reason"] == why
    explained = desk.zumik("explain", "tickets.best")
    assert explained.exit_code == 0, explained
    assert "standard error" in explained.out


def test_the_catalog_holds_what_is_known_of_the_run(desk: Desk) -> None:
    turn = imported(desk, run_of("small", 0.62, 0.0243), *SMALL, "--format", "json")
    (figure,) = json.loads(turn.out)["files"][0]["figures"]
    text = (desk.releases / "catalog" / "acme.yaml").read_text()
    for part in (
        "own.tickets:",
        "value: 0.62, samples: 400, standard_error: 0.0243",
        "revision: small-2025-11-01",
        'source: "inspect_ai 0.3.285, tickets version 3, match/accuracy"',
        "observed_on: 2026-01-05",
        f"run: {figure['run']}",
    ):
        assert part in text
    assert "bench.general: 61.5" in text
    shown = desk.zumik("catalog", "show", "acme/small").out
    assert "0.62 ±0.04763 (95 %), 400 samples" in shown


def test_a_dry_run_writes_nothing(desk: Desk) -> None:
    turn = imported(desk, run_of("small", 0.62, 0.0243), *SMALL, "--dry-run")
    assert (turn.exit_code, "1 figure to write" in turn.out) == (0, True)
    assert desk.git("status", "--porcelain") == ""


def test_the_same_run_again_changes_nothing(desk: Desk) -> None:
    imported(desk, run_of("small", 0.62, 0.0243), *SMALL)
    again = imported(desk, run_of("small", 0.62, 0.0243), *SMALL)
    assert (again.exit_code, "0 files changed" in again.out) == (0, True), again


OTHER_DAY = "2026-01-04T09:00:00+00:00"
ASKED: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "no model": ({}, ["--metric", "own.tickets"], "which model of the catalog is"),
    "no metric": ({}, ["--model", "acme/small"], "which metric of the catalog is"),
    "another figure": (
        {},
        ["--model", "acme/small", "--metric", "own.tickets=match/mean"],
        "no figure 'match/mean': the file has 'match/accuracy'",
    ),
    "limited": ({"config": {"limit": 400}}, [*SMALL], "only 400 of 400 questions ran"),
    "effort of a variant": (
        {"model_generate_config": {"reasoning_effort": "high"}},
        [*LARGE],
        "measured with effort high, and acme/large sends none",
    ),
    "no effort for a variant": (
        {},
        ["--model", "acme/large:deep", "--metric", "own.tickets"],
        "acme/large:deep sends effort high, and the file records none",
    ),
    "a fact of another": (
        {},
        ["--model", "acme/small", "--metric", "bench.coding"],
        "the catalog has 0.55, which was not imported from a run",
    ),
    "a unit": (
        {},
        ["--model", "acme/small", "--metric", "bench.general"],
        "the catalog has 61.5",
    ),
}


@pytest.mark.parametrize("case", ASKED)
def test_what_a_file_does_not_say_is_asked(desk: Desk, case: str) -> None:
    more, options, reason = ASKED[case]
    model = "large" if "acme/large" in " ".join(options) else "small"
    turn = imported(desk, run_of(model, 0.62, 0.0243, **more), *options)
    assert turn.exit_code == 3, turn
    assert f"waits: {reason}" in turn.out or reason in turn.out, turn
    assert "0 files changed" in turn.out


REFUSED: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "another revision": (run_of("large", 0.6, 0.02), [*SMALL], "'large-2025-10-15' answered"),
    "the future": (
        {**run_of("small", 0.6, 0.02), "stats": {"started_at": "2027-01-05T09:00:00+00:00"}},
        [*SMALL],
        "measured on 2027-01-05, which is in the future",
    ),
    "before it was released": (
        {**run_of("small", 0.6, 0.02), "stats": {"started_at": "2025-01-05T09:00:00+00:00"}},
        [*SMALL],
        "before acme/small was released on 2025-11-01",
    ),
    "out of range": (
        run_of("small", 62, 2),
        ["--model", "acme/small", "--metric", "bench.coding", "--accept", "replace"],
        "62 is outside the range of bench.coding, 0 to 1 (fraction)",
    ),
    "another day": (run_of("small", 0.6, 0.02), [*SMALL, "--date", "2026-01-04"], "not 2026-01-04"),
    "several figures": (
        changed("lm_eval", "date", 1767600000.5),
        [*SMALL],
        "2 figures, and one name for them: 'tickets:exact_match,none', 'tickets:chrf,none'",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_must_not_count_is_refused_with_its_reason(desk: Desk, case: str) -> None:
    log, options, reason = REFUSED[case]
    turn = imported(desk, log, *options)
    assert turn.exit_code == 3, turn
    assert reason in turn.out, turn
    assert "0 files changed" in turn.out


def test_a_percentage_is_written_in_the_unit_of_its_metric(desk: Desk) -> None:
    options = ["--model", "acme/small", "--metric", "bench.general", "--accept", "replace"]
    turn = imported(desk, run_of("small", 0.62, 0.0243), *options)
    assert turn.exit_code == 0, turn
    assert "bench.general: 62" in turn.out


def test_one_unreadable_file_stops_no_other_and_gives_4(desk: Desk) -> None:
    (desk.root / "bad.eval").write_bytes(b"PK\x03\x04")
    (desk.root / "good.json").write_bytes(json_bytes(run_of("small", 0.62, 0.0243)))
    files = [str(desk.root / name) for name in ("bad.eval", "missing.json", "good.json")]
    turn = desk.zumik("metrics", "import", *files, *SMALL)
    assert turn.exit_code == 4, turn
    assert "3 files: 1 figure written, 2 not readable" in turn.out
    assert "Traceback" not in turn.err


def test_one_model_is_not_taken_for_the_names_of_several_runs(desk: Desk) -> None:
    for model in ("small", "large"):
        (desk.root / f"{model}.json").write_bytes(json_bytes(run_of(model, 0.6, 0.02)))
    files = [str(desk.root / name) for name in ("small.json", "large.json")]
    turn = desk.zumik("metrics", "import", *files, *SMALL)
    assert (turn.exit_code, turn.out.count("which model of the catalog is")) == (3, 2), turn
    names = ["acme/small=openai-api/desk/small", "acme/large=openai-api/desk/large"]
    named = [part for name in names for part in ("--model", name)]
    turn = desk.zumik("metrics", "import", *files, *named, "--metric", "own.tickets")
    assert (turn.exit_code, "2 files: 2 figures written" in turn.out) == (0, True), turn


def test_a_list_of_ones_own_names_the_catalogs_models(desk: Desk) -> None:
    rows = CSV.replace("desk/small", "acme/small").replace("2026-05-03", "2026-01-03")
    rows = rows.replace("small-2026-03-15", "small-2025-11-01")
    turn = imported(desk, rows.encode(), "--unit", "fraction", "--better", "higher", name="x.csv")
    assert turn.exit_code == 0, turn
    assert "acme/small own.tickets: 0.75 ±0.49 (95 %), 4 samples" in turn.out


def test_two_runs_of_one_figure_are_not_averaged_nor_is_one_chosen(desk: Desk) -> None:
    for name, value in (("a.json", 0.6), ("b.json", 0.7)):
        (desk.root / name).write_bytes(json_bytes(run_of("small", value, 0.02)))
    files = [str(desk.root / name) for name in ("a.json", "b.json")]
    turn = desk.zumik("metrics", "import", *files, *SMALL)
    assert turn.exit_code == 3, turn
    assert "another file or row of this import gives this figure" in turn.out


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_text_of_a_file_is_shown_or_written(desk: Desk, form: str) -> None:
    log = run_of("small", 0.62, 0.0243, model_base_url=f"https://desk.example/{SECRET}")
    turns = [
        imported(desk, log, *SMALL, "--format", form, "--all"),
        imported(desk, log, "--format", form),
        imported(desk, changed("promptfoo", "evalId", SECRET), *SMALL, "--format", form),
    ]
    catalog = "".join(file.read_text() for file in (desk.releases / "catalog").iterdir())
    for text in (*(turn.out + turn.err for turn in turns), catalog):
        assert SECRET not in text
        assert QUESTION not in text


def test_a_page_holds_what_many_files_say(desk: Desk) -> None:
    for number in range(60):
        (desk.root / f"{number}.json").write_bytes(json_bytes(run_of("small", 0.6, 0.02)))
    files = [str(desk.root / f"{number}.json") for number in range(60)]
    turn = desk.zumik("metrics", "import", *files, *SMALL)
    assert len(turn.out.splitlines()) <= 50
    assert "and 50 other files (--all)" in turn.out


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--model", "acme/smal"], "no model acme/smal in the catalog"),
        (["--metric", "Own Tickets"], "is no name of a metric"),
        (["--date", "yesterday"], "is no day"),
    ],
)
def test_an_answer_that_cannot_be_is_no_answer(
    desk: Desk, options: list[str], problem: str
) -> None:
    turn = imported(desk, run_of("small", 0.6, 0.02), *options)
    assert turn.exit_code in (2, 4), turn
    assert problem in turn.err


def test_files_are_named_without_their_folder(desk: Desk) -> None:
    turn = imported(desk, b"{", name="odd\x1b[31m.json")
    assert "odd\\x1b[31m.json" in turn.out
    assert str(Path(desk.root)) not in turn.out


def test_what_is_frozen_of_a_run_can_be_read_again_or_is_not_frozen(desk: Desk) -> None:
    imported(desk, run_of("small", 0.62, 0.0243), *SMALL)
    policy = POLICY.replace("[acme/small, acme/large]", "[acme/small]")
    (desk.releases / "policy" / "tickets.yaml").write_text(policy)
    made = desk.zumik("release", "create", "--note", "Tickets")
    assert made.exit_code in (0, 4), made
    listed = desk.zumik("release", "list")
    assert (listed.exit_code, "unknown key" in listed.out + listed.err) == (0, False), listed
    if made.exit_code == 0:
        release = made.out.split()[0]
        shown = desk.zumik("release", "show", release)
        assert (shown.exit_code, "standard_error" in shown.err) == (0, False), shown
    else:
        assert "so it cannot be frozen yet" in made.err, made


def test_a_row_of_an_own_list_that_names_a_variant_is_of_that_variant(desk: Desk) -> None:
    header = "model,metric,value,standard_error,samples,date,effort\n"
    rows = "acme/large:deep,own.k,0.8,0.01,400,2026-01-05,high\n"
    other = "acme/large,own.k,0.8,0.01,400,2026-01-05,high\n"
    options = ("--metric", "own.k", "--unit", "fraction", "--better", "higher", "--dry-run")
    named = imported(desk, (header + rows).encode(), *options, name="own.csv")
    assert "1 figure to write" in named.out
    assert "no name that" not in named.out
    waits = imported(desk, (header + other).encode(), *options, name="own.csv")
    assert "--model 'acme/large:deep=acme/large'" in waits.out
    said = ("--model", "acme/large:deep=acme/large")
    assert (
        "1 figure to write"
        in imported(desk, (header + other).encode(), *options, *said, name="own.csv").out
    )
