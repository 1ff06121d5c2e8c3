"""Explanations: the whole table, derived again from what the release holds."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from tests.core.builders import (
    CODE_FAST,
    alias,
    derived,
    facts,
    frozen,
    model,
    scored,
    verified,
    with_alias,
)
from tests.core.strategies import few_examples, releases

from zumik.core.basics.names import ModelId
from zumik.core.decisions.alias_table import AliasTable, rederive, table_of
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import Alias
from zumik.core.releases.release import Release
from zumik.core.resolvers.latest import LATEST
from zumik.errors import CannotRun


def table(policy: Alias, *models: Model, **declared: object) -> AliasTable:
    return table_of(derived(policy, *models, **declared), facts(*models, **declared), LATEST)


@few_examples
@given(releases)
def test_deriving_again_gives_the_frozen_table(release: Release) -> None:
    source = verified(release)
    for name, stored in source.aliases.items():
        found = rederive(source, name)
        assert found.matches
        assert [standing.model.id for standing in found.table.ranked] == list(stored.ranking)
        assert [standing.rank for standing in found.table.ranked] == list(
            range(1, len(stored.ranking) + 1)
        )
        assert found.table.winner is not None
        assert found.table.winner.model.id == stored.winner


@few_examples
@given(releases)
def test_every_candidate_is_in_the_table_once(release: Release) -> None:
    source = verified(release)
    for name in source.aliases:
        found = rederive(source, name).table
        standing = [s.model.id for s in (*found.ranked, *found.excluded)]
        derivation = LATEST.derive(found.alias, source.release.facts, None)
        assert sorted(standing) == sorted(c.model for c in derivation.candidates)
        assert not any(s.failures for s in found.ranked)
        assert all(s.failures for s in found.excluded)


def test_a_different_stored_ranking_is_detected() -> None:
    source = frozen(alias("maximize q"), models=[scored("a/x", q="1"), scored("a/y", q="2")])
    assert rederive(source, CODE_FAST).matches
    turned = with_alias(source, CODE_FAST, ranking=(ModelId("a/x"), ModelId("a/y")))
    found = rederive(turned, CODE_FAST)
    assert not found.matches
    assert found.ranking == ("a/y", "a/x")
    assert found.frozen.ranking == ("a/x", "a/y")


def test_a_release_without_the_facts_its_policy_needs_has_its_own_error() -> None:
    source = frozen(alias("maximize q"), models=[scored("a/x", q="1")])
    other = with_alias(source, CODE_FAST, policy=alias("maximize r"))
    with pytest.raises(CannotRun, match=r"re-deriving code\.fast leaves no eligible model"):
        rederive(other, CODE_FAST)


def test_cost_and_latency_are_always_shown() -> None:
    found = table(
        alias("maximize q", workload={"input_tokens": 1000, "output_tokens": 100}),
        model("a/x", metrics={"q": "1", "f": "0.5", "s": "50"}, input="1", output="2"),
        model("a/y", metrics={"q": "0"}),
        latency={"first_token": "f", "tokens_per_second": "s"},
    )
    winner, other = found.ranked
    assert winner.figures == {
        "q": Fraction(1),
        "expected_cost": Fraction("0.0012"),
        "expected_latency": Fraction("2.5"),
    }
    assert other.figures == {"q": Fraction(0)}
    assert found.units["expected_cost"] == "usd"
    assert found.units["expected_latency"] == "seconds"
    assert found.units["q"] == "points"
    assert not found.latency_ignores_workload


def test_a_latency_metric_ignores_the_workload() -> None:
    found = table(alias("minimize expected_latency"), scored("a/x", f="1"), latency="f")
    assert found.latency_ignores_workload
    assert found.deciding.word == "expected_latency"


def test_a_newer_model_left_out_for_unknown_facts_is_reported() -> None:
    known = {"metrics": {"q": "1"}, "released_on": "2026-01-01"}
    found = table(
        alias("maximize q", require={"capabilities": ["tools"]}),
        model("a/winner", capabilities=["tools"], **known),
        model("a/newer", capabilities=["tools"], released_on="2026-01-02"),
        model("a/undated", capabilities=["tools"]),
        model("a/same-day", capabilities=["tools"], released_on="2026-01-01"),
        model("a/older", capabilities=["tools"], released_on="2025-12-31"),
        model("a/cannot", capabilities=[], released_on="2026-01-02"),
    )
    assert found.winner is not None
    assert found.winner.model.id == "a/winner"
    assert [s.model.id for s in found.not_compared] == ["a/newer", "a/undated"]


def test_every_model_may_be_newer_than_an_undated_winner() -> None:
    found = table(alias("maximize q"), scored("a/x", q="1"), model("a/y", released_on="2020-01-01"))
    assert [s.model.id for s in found.not_compared] == ["a/y"]


def test_a_table_without_a_winner() -> None:
    found = table(alias("maximize q"), model("a/x"))
    assert found.winner is None
    assert (found.ranked, found.flips, found.would_win) == ((), (), ())
    assert [s.model.id for s in found.excluded] == ["a/x"]


def test_a_known_defect_is_quoted_where_the_table_shows_it() -> None:
    old = {"q": {"value": "9", "observed_on": "2026-01-01"}}
    young = {"q": {"value": "1", "observed_on": "2026-06-09"}}
    both = alias("maximize fresh", "maximize recent")
    models = [model("a/young", metrics=young), model("b/old", metrics=old)]
    ages = {
        "fresh": {"metric": "q", "max_age_days": 10},
        "recent": {"metric": "q", "max_age_days": 20},
    }
    (defect,) = rederive(frozen(both, models=models, **ages), CODE_FAST).known_defects
    assert "twice" in defect
    assert rederive(frozen(both, models=models[:1], **ages), CODE_FAST).known_defects == ()
