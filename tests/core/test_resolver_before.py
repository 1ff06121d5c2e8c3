"""What the resolver before gives otherwise: on drawn cases, and on every release of the example."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from tests.core.builders import CODE_FAST, alias, but, frozen, limited, model

from zumik.core.decisions.alias_table import rederive
from zumik.core.decisions.decision import resolve
from zumik.core.decisions.resolver_before import (
    frozen_ranking_before,
    passed_over,
    ranking_before,
)
from zumik.core.facts.request import Request
from zumik.core.releases.release import VerifiedRelease, verify
from zumik.core.resolvers import resolver
from zumik.reports.resolver_report import before_to_json, before_to_text, resolver_to_text

EXAMPLE = Path(__file__).parents[2] / "releases" / "frozen"
TABLE = Path(__file__).with_name("resolvers_on_the_example.txt")
FIRST, SECOND = resolver(1), resolver(2)


def test_every_release_of_the_example_says_what_resolver_2_answers_otherwise() -> None:
    """The file is the answer; `UPDATE_EXPECTED=1` writes it again, for a new release."""
    found = "\n".join(_lines()) + "\n"
    if os.environ.get("UPDATE_EXPECTED"):
        TABLE.write_text(found, "utf-8")
    assert found == TABLE.read_text("utf-8")


def _lines() -> Iterator[str]:
    for path in sorted(EXAMPLE.iterdir(), key=lambda path: path.name):
        source = verify(path.name, path.read_bytes())
        ranked = list(_ranked_otherwise(source))
        answered = list(_answered_otherwise(source))
        alike = len(source.aliases) - len(ranked)
        yield f"{source.ref.id}, made by resolver {source.release.resolver}"
        yield f"  {alike} of {len(source.aliases)} aliases are ranked alike"
        yield from ranked
        yield from answered


def _ranked_otherwise(source: VerifiedRelease) -> Iterator[str]:
    facts = source.release.facts
    for name, item in source.aliases.items():
        derivation = SECOND.derive(item.policy, facts, item.incumbent)
        before = ranking_before(derivation, facts, SECOND)
        if before is not None:
            yield f"  {name}: resolver 2 puts {derivation.winner} first; {before_to_text(before)}"


def _answered_otherwise(source: VerifiedRelease) -> Iterator[str]:
    """Who answers a request of the alias's own workload, where the two walks differ."""
    for name, item in source.aliases.items():
        load = item.policy.workload
        request = Request(
            input_tokens=load.input_tokens if load else 4000,
            output_tokens=load.output_tokens if load else 800,
        )
        (first, passed), (second, _) = (
            made_by.walk(item.ranking, source.models, request) for made_by in (FIRST, SECOND)
        )
        if first != second:
            gives = [
                "none" if rank is None else str(item.ranking[rank]) for rank in (first, second)
            ]
            why = {why.split(",")[0] for _, why in passed}
            yield (
                f"  {name}, {request.input_tokens:,} tokens in and {request.output_tokens:,} out: "
                f"resolver 1 gives {gives[0]}, resolver 2 gives {gives[1]} "
                f"(resolver 1: {' and '.join(sorted(why))})"
            )


LIMITS = {"input_tokens": 200_000, "output_tokens": 8_000}


def test_a_model_that_the_resolver_before_leaves_out_is_named_with_its_reason() -> None:
    policy = alias("listed", candidates=["a/*"], require={"limits": {"context_tokens": 100_000}})
    source = frozen(
        policy, models=[model("a/x", limits=LIMITS), limited("a/y", 200_000, 9, 9)], made_by=2
    )
    found = frozen_ranking_before(source, CODE_FAST, rederive(source, CODE_FAST).table)
    assert found is not None
    assert found.changes_winner
    assert before_to_text(found) == (
        "resolver 1 would put a/y first: it leaves out a/x (limits.context_tokens unknown)"
    )
    assert resolver_to_text(2, found).startswith("2; resolver 1 would put a/y first")
    tree = before_to_json(found)
    assert tree is not None
    assert (tree["resolver"], tree["ranking"]) == (1, ["a/y"])


def test_a_model_whose_cost_lacks_a_part_is_ranked_by_the_resolver_before() -> None:
    policy = alias("minimize expected_cost", workload={"input_tokens": 1000, "output_tokens": 10})
    models = [
        model("a/x", input="1", output="1", also_charged=["images"]),
        model("a/y", input="2", output="2"),
    ]
    source = frozen(policy, models=models, made_by=2)
    found = frozen_ranking_before(source, CODE_FAST, rederive(source, CODE_FAST).table)
    assert found is not None
    assert before_to_text(found) == (
        "resolver 1 would put a/x first: it ranks what resolver 2 leaves out: a/x "
        "(a part of its cost is unknown: price.also_charged)"
    )


def test_where_both_agree_or_the_policy_is_not_its_own_nothing_is_said() -> None:
    same = frozen(alias("listed"), models=[model("a/x")], made_by=2)
    assert frozen_ranking_before(same, CODE_FAST, rederive(same, CODE_FAST).table) is None
    policy = alias(
        "listed",
        require={"labels": ["ok"], "limits": {"context_tokens": 100}},
    )
    later = frozen(policy, models=[model("a/x", labels=["ok"], limits=LIMITS)], made_by=2)
    assert frozen_ranking_before(later, CODE_FAST, rederive(later, CODE_FAST).table) is None


def test_a_hidden_candidate_is_never_named() -> None:
    policy = alias("listed", candidates=["a/*"], require={"limits": {"context_tokens": 100_000}})
    source = frozen(
        policy, models=[model("a/x", limits=LIMITS), limited("a/y", 200_000, 9, 9)], made_by=2
    )
    table = rederive(source, CODE_FAST).table
    shown = but(table, ranked=table.ranked[1:])
    assert frozen_ranking_before(source, CODE_FAST, shown) is None


def test_resolver_1_passes_over_models_that_hold_the_request() -> None:
    models = [model("a/x", limits=LIMITS), limited("a/y", 200_000, 100_000, 8_000)]
    first, source = (frozen(alias("listed"), models=models, made_by=each) for each in (1, 2))
    asked = Request(input_tokens=504, output_tokens=100)
    assert passed_over(resolve(first, CODE_FAST, asked)) == ("a/x",)
    assert passed_over(resolve(source, CODE_FAST, asked)) == ()
    more = Request(input_tokens=50_000, output_tokens=100, capabilities=())
    assert passed_over(resolve(first, CODE_FAST, more)) == ("a/x",)
