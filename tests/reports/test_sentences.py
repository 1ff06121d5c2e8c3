"""The law of sentences: none contradicts the table above which it stands."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from tests.core.builders import FIRST, alias, facts, model, scored
from tests.core.strategies import World, eligible_worlds, few_examples

from zumik.core.basics.names import ModelId
from zumik.core.decisions.alias_table import AliasTable, CandidateRow, table_of
from zumik.core.decisions.cost_gaps import CostGap
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import LISTED, Alias, Goal, Preference
from zumik.core.resolvers.facts import Incumbent
from zumik.core.resolvers.latest import LATEST
from zumik.reports import sentences
from zumik.reports.ranking_table import flips_to_text, not_compared_to_text, table_to_json
from zumik.reports.text import figure

HAIR = Fraction(1, 10**12)


def seen(world: World) -> AliasTable:
    return table_of(world.derive(), world.facts, LATEST)


def better(goal: Goal, one: Fraction, other: Fraction) -> bool:
    return one < other if goal is Goal.MINIMIZE else one > other


def kept_by(prefer: Preference, rows: list[CandidateRow]) -> list[CandidateRow]:
    """Those that a preference leaves, worked out from the figures of the table alone."""
    figures = [row.figures[prefer.word] for row in rows]
    best = min(figures) if prefer.goal is Goal.MINIMIZE else max(figures)
    reach = abs(best) * (prefer.within or 0)
    return [row for row in rows if abs(row.figures[prefer.word] - best) <= reach]


def number(text: str) -> Fraction:
    return Fraction(text.replace(",", ""))


@given(eligible_worlds(repeats=True))
def test_what_is_said_to_be_lowest_is_the_lowest(world: World) -> None:
    table = seen(world)
    text = sentences.why(table)
    left = list(table.ranked)
    for prefer in table.alias.prefer[:-1]:
        before, left = left, kept_by(prefer, left)
        if len(before) > 1:
            count = "the only one" if len(left) == 1 else f"{len(left):,}"
            assert f": {count} of {len(before):,}" in text
    assert table.winner is not None
    assert table.winner in left
    last = table.alias.prefer[-1]
    best = kept_by(last, left)[0].figures[last.word]
    shown = figure(best, "points")
    if table.reason.startswith("incumbent_"):
        assert "the incumbent is kept: " in text
        assert figure(table.winner.figures[last.word], "points") in text
        assert f"of the best, {shown} (" in text
    else:
        assert "incumbent" not in text
        assert table.winner.figures[last.word] == best
        if "of these the" in text or len(table.alias.prefer) == 1:
            assert text.endswith(f": {shown}")


@given(eligible_worlds(repeats=True))
def test_the_best_beside_a_kept_incumbent_is_who_wins_without_it(world: World) -> None:
    table = seen(world)
    assert (table.kept is not None) == table.reason.startswith("incumbent_")
    if table.kept is None:
        return
    assert table.kept.best == LATEST.derive(world.alias, world.facts, None).winner
    assert table.kept.best in sentences.why(table)
    assert table.kept.best in sentences.margin(table)


@given(eligible_worlds(repeats=True))
def test_the_lead_is_the_difference_of_the_figures_in_the_table(world: World) -> None:
    table = seen(world)
    text = sentences.margin(table)
    if len(table.ranked) == 1:
        assert text == "no other candidate is eligible"
        return
    first, second = table.ranked[:2]
    led = re.fullmatch(r"leads (\S+) \(rank 2\) by (\S+) of (\S+)", text)
    outside = re.fullmatch(
        r"(\S+) \(rank 2\) has (\S+) (\S+), and the band needs at (?:most|least) (\S+)", text
    )
    if led:
        assert led[1] == second.model.id
        mine, theirs = first.figures[led[3]], second.figures[led[3]]
        assert led[2] == figure(abs(mine - theirs), "points")
        goals = [item.goal for item in table.alias.prefer if item.word == led[3]]
        assert any(better(goal, mine, theirs) for goal in goals)
    elif outside:
        assert outside[1] == second.model.id
        assert outside[3] == figure(second.figures[outside[2]], "points")
    elif table.kept is None:
        assert text.startswith(f"ties with {second.model.id} (rank 2)")
        assert all(first.figures[p.word] == second.figures[p.word] for p in table.alias.prefer[-1:])


@given(eligible_worlds(bands=0))
def test_at_the_figure_that_a_flip_names_the_other_model_wins(world: World) -> None:
    table = seen(world)
    winner = table.winner
    assert winner is not None
    for line in flips_to_text(table):
        said = re.fullmatch(
            r"(\S+) (?:at (\S+) or )?(above|below)(?: (\S+))?: (\S+) would win", line
        )
        if said is None:
            assert "any worse than" in line or "if it were eligible" in line
            continue
        word, inclusive, side, beyond, to = said.groups()
        step = HAIR if side == "above" else -HAIR
        at = number(inclusive) if inclusive else number(beyond) + step
        changed = world.with_figure(winner.model.id, word, at)
        assert changed.derive().winner == to


@few_examples
@given(eligible_worlds())
def test_who_would_win_if_eligible_wins_when_it_is(world: World) -> None:
    for line in flips_to_text(seen(world)):
        if " would win if it were eligible: " not in line:
            continue
        other = ModelId(line.split(" ")[0])
        freed = world.with_models(world.facts.models[other]._replace(pinned=True))
        assert freed.derive().winner == other


def table(policy: Alias, *models: Model, incumbent: Incumbent | None = None) -> AliasTable:
    known = facts(*models)
    return table_of(LATEST.derive(policy, known, incumbent), known, LATEST)


def test_a_kept_incumbent_is_said_to_be_kept_with_its_figure_and_the_best() -> None:
    workload = {"input_tokens": 1000, "output_tokens": 0}
    policy = alias("minimize expected_cost", workload=workload, incumbent_margin="10%")
    found = table(
        policy,
        model("a/old", input="31.2", output="0"),
        model("a/new", input="29.6", output="0"),
        incumbent=Incumbent(ModelId("a/old"), FIRST),
    )
    assert sentences.why(found) == (
        "the incumbent is kept: its expected_cost, $0.0312, is within 10 % of the best, $0.0296 "
        "(a/new)"
    )
    assert sentences.margin(found) == (
        "$0.0016 of expected_cost behind a/new, which would be first without the incumbent's margin"
    )
    assert table_to_json(found)["incumbent_kept"] == {
        "model": "a/old",
        "release": FIRST,
        "measure": "expected_cost",
        "figure": "0.0312",
        "margin": "0.1",
        "best": "a/new",
        "best_figure": "0.0296",
    }


def test_a_lower_figure_outside_the_band_is_not_contradicted() -> None:
    policy = alias("maximize q within 10%", "minimize c")
    found = table(policy, scored("a/good", q="100", c="5"), scored("a/cheap", q="50", c="1"))
    assert sentences.why(found) == "highest q, within 10 % of the best: the only one of 2"
    assert sentences.margin(found) == "a/cheap (rank 2) has q 50, and the band needs at least 90"


def test_a_list_has_no_distance() -> None:
    found = table(alias("listed", candidates=["a/y", "a/x"]), model("a/x"), model("a/y"))
    assert found.deciding.word == LISTED
    assert sentences.why(found) == "first in the list"
    assert sentences.margin(found) == "a/x (rank 2) comes later in the list"


CACHED = {"input_tokens": 1000, "output_tokens": 0, "cached_input": "50%"}


@pytest.mark.parametrize(
    ("price", "gaps", "shown"),
    [
        ({"cache_read": "1"}, (), "$0.0055"),
        ({}, (CostGap.CACHED_AT_INPUT_PRICE,), "≤ $0.01"),
        ({"cache_read": "1", "cache_write": "12"}, (CostGap.CACHE_WRITES_LEFT_OUT,), "≥ $0.0055"),
        (
            {"cache_write": "12"},
            (CostGap.CACHED_AT_INPUT_PRICE, CostGap.CACHE_WRITES_LEFT_OUT),
            "≈ $0.01",
        ),
        (
            {"cache_read": "1", "also_charged": ["search 0.01"]},
            (CostGap.OTHER_CHARGES_LEFT_OUT,),
            "≥ $0.0055",
        ),
        (
            {"also_charged": ["search 0.01"]},
            (CostGap.CACHED_AT_INPUT_PRICE, CostGap.OTHER_CHARGES_LEFT_OUT),
            "≈ $0.01",
        ),
    ],
)
def test_a_cost_that_is_no_exact_figure_says_so(
    price: dict[str, Any], gaps: tuple[CostGap, ...], shown: str
) -> None:
    allowed = {"incomplete_cost_allowed": True}
    policy = alias("minimize expected_cost", workload=CACHED, require=allowed)
    found = table(policy, model("a/x", input="10", output="0", **price))
    assert found.winner is not None
    assert found.winner.cost_gaps == gaps
    assert sentences.why(found) == f"lowest expected_cost: {shown}"
    note = sentences.cost_note(found.ranked)
    assert (note is None) == (not gaps)
    if note:
        assert note.startswith(f"expected_cost: {shown[0]} ")


def test_what_is_charged_besides_is_named_by_model() -> None:
    load = {"input_tokens": 1000, "output_tokens": 0}
    models = [
        model(f"a/x{n}", input="10", output="0", also_charged=["search 0.01", f"audio {n}"])
        for n in range(5)
    ]
    allowed = {"incomplete_cost_allowed": True}
    found = table(alias("minimize expected_cost", workload=load, require=allowed), *models)
    assert sentences.cost_note(found.ranked) == (
        "expected_cost: ≥ leaves out other charges; other charges: "
        "a/x0 search 0.01, audio 0 · a/x1 search 0.01, audio 1 · a/x2 search 0.01, audio 2 "
        "· and 2 other models"
    )
    assert sentences.cost_note(found.ranked[:1]) == (
        "expected_cost: ≥ leaves out other charges; other charges: a/x0 search 0.01, audio 0"
    )


def test_a_cost_without_a_cached_share_has_no_gap() -> None:
    load = {"input_tokens": 1000, "output_tokens": 0}
    priced = model("a/x", input="10", output="0", cache_write="12")
    found = table(alias("minimize expected_cost", workload=load), priced)
    assert found.winner is not None
    assert found.winner.cost_gaps == ()


def test_a_batch_that_has_no_price_of_cache_reads_is_an_upper_bound() -> None:
    load = {**CACHED, "tier": "batch"}
    priced = model("a/x", input="10", output="1", cache_read="1", batch_input="5", batch_output="1")
    found = table(alias("minimize expected_cost", workload=load), priced)
    assert found.winner is not None
    assert found.winner.cost_gaps == (CostGap.CACHED_AT_INPUT_PRICE,)


def test_a_figure_that_is_too_old_for_two_measures_is_listed_once() -> None:
    old = model("a/x", metrics={"q": {"value": "1", "observed_on": "2026-01-01"}})
    known = facts(
        old,
        lax={"metric": "q", "max_age_days": 100},
        strict={"metric": "q", "max_age_days": 30},
    )
    policy = alias("maximize lax", "maximize strict", "maximize q")
    row = table_of(LATEST.derive(policy, known, None), known, LATEST).excluded[0]
    assert sentences.failures(row.failures) == (
        "metrics.q 159 days old, wanted at most 30 days old"
    )


def test_an_unknown_fact_is_listed_once_for_all_that_need_it() -> None:
    policy = alias("listed", require={"capabilities": ["tools", "reasoning"]})
    row = table(policy, model("a/x")).excluded[0]
    assert sentences.failures(row.failures) == "capabilities unknown"


def measured(name: str, value: str, error: str | None = None) -> Model:
    figure_of = {"value": value, **({} if error is None else {"standard_error": error})}
    return model(name, metrics={"q": figure_of})


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        # 1.96 times 0.005 is 0.0098, and 0.0098² + 0.0098² is 0.01386² and a little.
        (("0.6", "0.005"), ("0.58", "0.005"), "the two can be told apart"),
        (("0.6", "0.005"), ("0.59", "0.005"), "the two cannot be told apart"),
        # 1.96 times 0.3 and 0.4 are the legs of a triangle whose third side is exactly 0.98.
        (("1", "0.3"), ("0.02", "0.4"), "the two cannot be told apart"),
        (("1.0000000001", "0.3"), ("0.02", "0.4"), "the two can be told apart"),
    ],
)
def test_a_lead_is_evidence_only_beyond_both_errors(
    one: tuple[str, str], other: tuple[str, str], said: str
) -> None:
    text = sentences.margin(
        table(alias("maximize q"), measured("a/x", *one), measured("a/y", *other))
    )
    assert f"; {said} (95 % intervals: ±" in text
    is_evidence = "cannot" not in said
    assert text.endswith(")") is is_evidence
    assert ("the order is the policy's tie-break, not evidence" in text) is not is_evidence


def test_the_errors_of_a_lead_are_95_percent_intervals() -> None:
    found = table(
        alias("maximize q"), measured("a/x", "0.5", "0.0158"), measured("a/y", "0.472", "0.0158")
    )
    assert sentences.margin(found) == (
        "leads a/y (rank 2) by 0.028 of q; the two cannot be told apart "
        "(95 % intervals: ±0.03097 each): the order is the policy's tie-break, not evidence"
    )


@pytest.mark.parametrize("error", [None, "0"])
def test_an_unknown_error_says_nothing_of_a_lead(error: str | None) -> None:
    found = table(
        alias("maximize q"), measured("a/x", "0.5", "0.01"), measured("a/y", "0.4", error)
    )
    assert sentences.margin(found) == "leads a/y (rank 2) by 0.1 of q"


def test_a_kept_incumbent_is_told_apart_from_the_best_or_not() -> None:
    found = table(
        alias("maximize q", incumbent_margin="10%"),
        measured("a/old", "0.48", "0.02"),
        measured("a/new", "0.5", "0.01"),
        incumbent=Incumbent(ModelId("a/old"), FIRST),
    )
    assert sentences.margin(found) == (
        "0.02 of q behind a/new, which would be first without the incumbent's margin; "
        "the two cannot be told apart (95 % intervals: ±0.0392 and ±0.0196)"
    )


def test_a_cost_with_a_part_missing_names_the_edit_that_lets_the_model_in() -> None:
    load = {"input_tokens": 1000, "output_tokens": 10}
    policy = alias("minimize expected_cost", workload=load)
    known = facts(
        model("a/x", input="1", output="1"),
        model("a/y", input="1", output="1", also_charged=["images"]),
    )
    table = table_of(LATEST.derive(policy, known, None), known, LATEST)
    meaning, edit = sentences.ways_in(table.excluded)
    assert meaning.startswith("a part of its cost is unknown")
    assert "incomplete_cost_allowed: true in the policy's require" in edit
    said = not_compared_to_text(table) or ""
    assert said.endswith(
        "price.also_charged; incomplete_cost_allowed: true in require lets them in"
    )
    assert "lets them in" not in (not_compared_to_text(table, with_edit=False) or "")
    allowed = alias(
        "minimize expected_cost", workload=load, require={"incomplete_cost_allowed": True}
    )
    whole = table_of(LATEST.derive(allowed, known, None), known, LATEST)
    assert not whole.excluded


def test_a_workload_says_all_that_is_charged_of_it() -> None:
    load = {
        "input_tokens": 4000,
        "output_tokens": 800,
        "cached_input": "0.5",
        "cache_written": "0.2",
        "cache_kept": "1h",
        "input_audio": "0.1",
        "reasoning": "0.3",
        "searches": 1,
        "tier": "flex",
    }
    known = facts(model("a/x"))
    table = table_of(LATEST.derive(alias("listed", workload=load), known, None), known, LATEST)
    assert sentences.workload(table) == (
        "4,000 tokens in, 800 out, 50 % of the input cached, 20 % of the input written to the "
        "cache for an hour, 10 % of the input audio, 30 % of the output reasoning, 1 search, "
        "flex tier"
    )
    tree = table_to_json(table)["workload"]
    assert tree == {**load, "cached_input": "0.5"}
