"""The catalog: models and variants as people write them, and the price that applies."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.builders import alias, derived, facts, model
from tests.core.strategies import models_called

from zumik.core.basics.field_readers import Malformed, path_text
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import (
    Figure,
    Metric,
    Model,
    Upstream,
    metric_to_json,
    model_to_json,
    read_metric,
    read_model,
    read_provider,
)
from zumik.core.facts.policy import Workload
from zumik.core.facts.price import Price, Tier, oversized
from zumik.core.resolvers.facts import Failure
from zumik.core.resolvers.latest import LATEST

HAIKU: dict[str, Any] = {
    "revision": "claude-haiku-4-5-20251001",
    "pinned": True,
    "owned_by": "anthropic",
    "released_on": "2025-10-15",
    "open_weights": False,
    "upstream": {"model": "claude-haiku-4-5-20251001"},
    "limits": {"context_tokens": 200000, "output_tokens": 64000},
    "input": ["text", "image"],
    "capabilities": ["tools"],
    "price": {
        "input": 1,
        "cache_read": Decimal("0.1"),
        "tiers": [{"above_input_tokens": 200000, "input": 2}],
        "source": "litellm",
        "observed_on": "2026-06-01",
    },
    "metrics": {
        "bfcl.latency_mean": Decimal("1.680"),
        "epoch.swe": {"value": Decimal("0.606"), "observed_on": "2026-01-02"},
    },
    "source": "page",
    "observed_on": "2026-06-02",
    "sources": {"released_on": "blog"},
    "note": "n",
}


def test_a_model_as_people_write_it() -> None:
    (found,) = read_provider({"provider": "anthropic", "models": {"claude-haiku-4-5": HAIKU}})
    assert found == Model(
        id=ModelId("anthropic/claude-haiku-4-5"),
        revision="claude-haiku-4-5-20251001",
        pinned=True,
        owned_by="anthropic",
        released_on=date(2025, 10, 15),
        open_weights=False,
        upstream=Upstream("claude-haiku-4-5-20251001"),
        limits={"context_tokens": 200000, "output_tokens": 64000},
        input=frozenset({"text", "image"}),
        capabilities=frozenset({"tools"}),
        price=Price(
            {"input": Fraction(1), "cache_read": Fraction(1, 10)},
            (Tier(200000, {"input": Fraction(2)}),),
            "litellm",
            date(2026, 6, 1),
        ),
        metrics={
            "bfcl.latency_mean": Figure(Fraction(168, 100)),
            "epoch.swe": Figure(Fraction(606, 1000), observed_on=date(2026, 1, 2)),
        },
        source="page",
        observed_on=date(2026, 6, 2),
        sources={"released_on": "blog"},
        note="n",
    )


def test_absent_means_unknown() -> None:
    (found,) = read_provider({"provider": "a", "models": {"x": {}}})
    assert found == Model(ModelId("a/x"))
    assert (found.pinned, found.open_weights, found.capabilities, found.price) == (None,) * 4
    assert model_to_json(found) == {}
    assert model_to_json(model("a/x", revision=None, pinned=None, capabilities=[])) == {
        "capabilities": []
    }


@given(models_called(ModelId("a/x")))
def test_a_model_is_read_as_it_was_written(known: Model) -> None:
    tree = model_to_json(known)
    assert read_model(known.id, tree, ()) == known
    assert model_to_json(read_model(known.id, tree, ())) == tree


def test_a_variant_shares_facts_and_has_its_own_figures() -> None:
    variants = {
        "high": {
            "upstream": {"params": {"reasoning_effort": "high"}},
            "metrics": {"q": 2},
            "note": "slow",
        },
        "low": {"upstream": {"model": "other"}},
    }
    tree = {"provider": "a", "models": {"x": {**HAIKU, "variants": variants}}}
    plain, high, low = read_provider(tree)
    assert (plain.id, high.id, low.id) == ("a/x", "a/x:high", "a/x:low")
    assert plain == read_provider({"provider": "a", "models": {"x": HAIKU}})[0]
    own = {"id", "upstream", "metrics", "variant_of", "note"}
    for variant in (high, low):
        assert variant.variant_of == "a/x"
        for field in set(Model._fields) - own:
            assert getattr(variant, field) == getattr(plain, field), field
    assert high.upstream == Upstream("claude-haiku-4-5-20251001", {"reasoning_effort": "high"})
    assert low.upstream == Upstream("other")
    assert (high.metrics, low.metrics) == ({"q": Figure(Fraction(2))}, {})
    assert (high.note, low.note) == ("slow", None)


@pytest.mark.parametrize(
    ("tree", "why"),
    [
        ({"models": {}}, "missing 'provider'"),
        ({"provider": "a"}, "missing 'models'"),
        ({"provider": "a", "models": []}, "expected an object, found a list in 'models'"),
        ({"provider": "a", "models": {}, "x": 1}, "unknown key in 'x'"),
        ({"provider": "A", "models": {"x": {}}}, "'A/x' is not a model id in 'models.x'"),
        ({"provider": "a", "models": {"x y": {}}}, "'a/x y' is not a model id"),
        ({"provider": "a", "models": {"x" * 127: {}}}, "is not a model id"),
        ({"provider": "a", "models": {"x": None}}, "expected an object, found nothing"),
        ({"provider": "a", "models": {"x": {"price": {"inputs": 1}}}}, "'models.x.price.inputs'"),
        (
            {"provider": "a", "models": {"x": {"price": {"tiers": [{"input": 1}]}}}},
            r"missing 'above_input_tokens' in 'models.x.price.tiers\[0\]'",
        ),
        ({"provider": "a", "models": {"x": {"metrics": {"q": {}}}}}, "missing 'value'"),
        ({"provider": "a", "models": {"x": {"metrics": {"q": "x"}}}}, "expected a number"),
        ({"provider": "a", "models": {"x": {"pinned": "true"}}}, "expected true or false"),
        ({"provider": "a", "models": {"x": {"released_on": "2025-1-1"}}}, "expected a date"),
        ({"provider": "a", "models": {"x": {"released_on": "2025-02-30"}}}, "expected a date"),
        ({"provider": "a", "models": {"x": {"limits": {"output_tokens": -1}}}}, "a whole number"),
        ({"provider": "a", "models": {"x": {"upstream": {"api_key": "x"}}}}, "unknown key"),
        (
            {"provider": "a", "models": {"x": {"upstream": {"params": {"temperature": 1}}}}},
            "unknown key in 'models.x.upstream.params.temperature'",
        ),
        (
            {"provider": "a", "models": {"x": {"variants": {"high": {"price": {}}}}}},
            "unknown key in 'models.x.variants.high.price'",
        ),
        (
            {"provider": "a", "models": {"x": {"variants": {"so high": {}}}}},
            "'a/x:so high' is not a model id",
        ),
    ],
    ids=str,
)
def test_malformed_catalog_files_are_refused(tree: dict[str, Any], why: str) -> None:
    with pytest.raises(Malformed, match=why):
        read_provider(tree)


BOUNDED = {
    "tiers": [{"above_input_tokens": tokens, "input": 1} for tokens in range(1, 102)],
    "dated": [{"from": str(date(2026, 1, 1) + timedelta(days)), "input": 1} for days in range(101)],
    "services": {f"s{number}": {"input": 1} for number in range(101)},
    "fees": {f"f{number}": 1 for number in range(101)},
    "also_charged": [f"a fee for {number}" for number in range(101)],
}


@pytest.mark.parametrize("key", BOUNDED)
def test_a_catalog_bounds_the_parts_of_a_price_and_a_release_does_not(key: str) -> None:
    price = {"input": 1, key: BOUNDED[key]}
    found = read_model(ModelId("a/m"), {"price": price}, ()).price
    assert found is not None
    assert len(getattr(found, key)) == 101
    assert oversized(found) == key
    assert oversized(Price({}, dated=(found,))) == key
    with pytest.raises(Malformed, match="more than 100 parts") as refused:
        read_provider({"provider": "a", "models": {"m": {"price": price}}})
    assert path_text(refused.value.path) == f"'models.m.price.{key}'"


def test_the_bound_holds_for_the_tiers_of_a_service_from_a_day_on() -> None:
    service = {"input": 1, "tiers": BOUNDED["tiers"]}
    price = {"dated": [{"from": "2027-01-01", "services": {"flex": service}}]}
    found = read_model(ModelId("a/m"), {"price": price}, ()).price
    assert found is not None
    assert oversized(found) == "tiers"
    with pytest.raises(Malformed, match="more than 100 parts") as refused:
        read_provider({"provider": "a", "models": {"m": {"price": price}}})
    assert path_text(refused.value.path) == "'models.m.price.dated[0].services.flex.tiers'"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"unit": ...}, "missing 'unit'"),
        ({"better": ...}, "missing 'better'"),
        ({"unit": "furlongs"}, "expected one of seconds"),
        ({"better": "more"}, "expected one of higher, lower"),
        ({"range": {"at_least": 0, "most": 1}}, "unknown key in 'range.most'"),
        ({"range": 1}, "expected an object"),
        ({"range": None}, "expected an object"),
        ({"observed_on": "June"}, "expected a date"),
        ({"weight": 1}, "unknown key"),
    ],
    ids=str,
)
def test_malformed_metrics_are_refused(changed: dict[str, Any], why: str) -> None:
    tree = {"unit": "seconds", "better": "lower", **changed}
    with pytest.raises(Malformed, match=why):
        read_metric("m", {k: v for k, v in tree.items() if v is not ...}, ())


def test_a_metric_is_read_as_it_was_written() -> None:
    tree = {
        "unit": "percent",
        "better": "higher",
        "description": "d",
        "range": {"at_least": "0", "at_most": "100"},
        "version": "v4",
        "source": "s",
        "licence": "l",
        "observed_on": "2026-01-01",
        "collected_on": "2026-01-02",
    }
    metric = read_metric("m", tree, ())
    assert (metric.at_least, metric.at_most) == (0, 100)
    assert metric_to_json(metric) == tree


def test_a_figure_without_a_date_has_its_metric_s_date() -> None:
    own, observed, collected = (date(2026, 1, day) for day in (1, 2, 3))
    metric = Metric("m", "points", "higher", observed_on=observed, collected_on=collected)
    assert metric.dated(Figure(Fraction(1), observed_on=own)) == own
    assert metric.dated(Figure(Fraction(1))) == observed
    assert metric._replace(observed_on=None).dated(Figure(Fraction(1))) == collected
    assert Metric("m", "points", "higher").dated(Figure(Fraction(1))) is None


@given(st.lists(st.integers(0, 5), unique=True), st.integers(0, 7))
def test_the_tier_that_applies_is_the_highest_strictly_below(above: list[int], tokens: int) -> None:
    price = Price({"input": Fraction(-1)}, tuple(Tier(a, {"input": Fraction(a)}) for a in above))
    below = [a for a in above if a < tokens]
    assert price.rates_at(tokens)["input"] == (max(below) if below else -1)


amounts = st.integers(0, 4).map(Fraction)


@given(amounts, amounts, amounts, st.integers(0, 9), st.integers(0, 9), st.fractions(0, 1))
def test_cost_is_tokens_times_price(
    rate_in: Fraction,
    rate_out: Fraction,
    cached: Fraction,
    tokens_in: int,
    tokens_out: int,
    share: Fraction,
) -> None:
    rates = {"input": rate_in, "output": rate_out, "cache_read": cached, "cache_write": Fraction(9)}
    known = Model(ModelId("a/x"), price=Price(rates))
    assert cost_of(known, Workload(tokens_in, tokens_out, share)) == (
        (1 - share) * tokens_in * rate_in + share * tokens_in * cached + tokens_out * rate_out
    ) / Fraction(1_000_000)


def cost_of(known: Model, workload: Workload | None) -> Fraction | Failure:
    policy = alias("minimize q")._replace(workload=workload)
    return LATEST.value_of("expected_cost", known, policy, facts(known))


def test_a_cost_in_dollars() -> None:
    """4,000 in, half of them cached, and 800 out: 2,000 at 1, 2,000 at 0.1 and 800 at 5."""
    known = model("a/x", input="1", output="5", cache_read="0.1")
    assert cost_of(known, Workload(4000, 800, Fraction(1, 2))) == Fraction("0.0062")
    assert cost_of(known, None) == Failure("fact_unknown", "workload")


def test_an_undeclared_measure_is_unknown() -> None:
    known = model("a/x", metrics={"q": "1"})
    policy = alias("minimize other")
    found = LATEST.value_of("other", known, policy, facts(known))
    assert found == Failure("fact_unknown", "measures.other")
    derivation = derived(policy, known)
    assert [(f.code, f.field) for f in derivation.candidates[0].failures] == [
        ("fact_unknown", "measures.other")
    ]


def test_every_failure_names_the_required_and_the_actual_value() -> None:
    policy = alias(
        "maximize q",
        workload={"input_tokens": 1, "output_tokens": 1},
        require={
            "capabilities": ["tools"],
            "limits": {"context_tokens": 10},
            "measures": {"q": {"at_least": "0.5"}},
            "price": {"input": {"at_most": "1"}},
            "outlives_days": 30,
        },
    )
    known = model(
        "a/x",
        pinned=False,
        capabilities=["reasoning", "vision"],
        limits={"context_tokens": 9},
        metrics={"q": "0.25"},
        input="1.5",
        retires_on="2026-07-01",
    )
    assert derived(policy, known).candidates[0].failures == (
        Failure("revision_floating", "pinned", "true", "false"),
        Failure("retires_too_soon", "retires_on", "after 2026-07-09", "2026-07-01"),
        Failure("capability_missing", "capabilities", "tools", "reasoning, vision"),
        Failure("limit_too_small", "limits.context_tokens", "at least 10", "9"),
        Failure("price_too_high", "price.input", "at most 1", "1.5"),
        Failure("measure_too_low", "q", "at least 0.5", "0.25"),
    )


def test_a_requirement_beyond_the_calendar_does_not_crash() -> None:
    policy = alias("maximize q", require={"outlives_days": 10**17})
    known = model("a/x", metrics={"q": "1"}, retires_on="9999-12-31")
    assert [f.code for f in derived(policy, known).candidates[0].failures] == ["retires_too_soon"]
    assert derived(policy, model("a/y", metrics={"q": "1"})).winner == "a/y"
