"""The facts of a model, one by one: each has its own source, and the unknown is named."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from tests.core.builders import model

from zumik.core.facts.catalog import Figure, Metric, read_metric
from zumik.reports.model_facts import (
    PINNED,
    UNKNOWN,
    ModelFact,
    error_to_text,
    fact_groups,
    measured_facts,
)

DAY = date(2026, 11, 12)


def test_every_fact_is_there_also_where_nothing_is_known() -> None:
    bare = model("a/x", revision=None, pinned=None)
    values = {fact.name: fact.value for group in fact_groups(bare) for fact in group.facts}
    assert values == {
        "revision": UNKNOWN,
        "pinned or floating": UNKNOWN,
        "owned by": UNKNOWN,
        "released": UNKNOWN,
        "retires": "not announced",
        "weights": UNKNOWN,
        "id at the provider": UNKNOWN,
        "parameters": "none",
        "mode": UNKNOWN,
        "region": UNKNOWN,
        "data residency": UNKNOWN,
        "labels": "none",
        "context limit": UNKNOWN,
        "input limit": UNKNOWN,
        "output limit": UNKNOWN,
        "shortest prompt that is cached": UNKNOWN,
        "takes": UNKNOWN,
        "gives": UNKNOWN,
        "capabilities": UNKNOWN,
    }


def test_a_fact_has_its_own_source_before_the_models() -> None:
    known = model(
        "a/x",
        source="list",
        observed_on="2026-11-12",
        released_on="2025-10-15",
        sources={"released_on": "news of 2025"},
    )
    facts = {fact.name: fact for group in fact_groups(known) for fact in group.facts}
    assert facts["revision"] == ModelFact("revision", "r1", "list", DAY)
    assert facts["released"] == ModelFact("released", "2025-10-15", "news of 2025", None)
    assert facts["weights"].source is None


def test_a_figure_has_its_unit_its_metrics_source_and_date() -> None:
    metric = read_metric(
        "m",
        {
            "unit": "seconds",
            "better": "lower",
            "description": "Seconds.",
            "version": "v4",
            "source": "board",
            "observed_on": "2026-11-12",
        },
        (),
    )
    (fact,) = measured_facts(model("a/x", metrics={"m": "1.68"}), {"m": metric})
    assert fact.value == "1.68 s"
    assert (fact.source, fact.observed_on, fact.error) == ("board", DAY, UNKNOWN)
    assert fact.description == "Seconds. Version: v4."


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("own logs 2026-10-01 to 2026-10-31 (9 calls, 95 % 1.2 to 1.75)", "1.2 s to 1.75 s"),
        ("own logs (9 calls, 95 % 0 to 3, too low: not every failure is logged)", "0 s to 3 s"),
        ("195 % 1 to 2", UNKNOWN),
        ("95 % 1e999999999 to 2", UNKNOWN),
        ("95 % 1 to 2.5.6", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_the_error_of_a_figure_is_what_its_source_says(source: str, expected: str) -> None:
    metric = Metric("m", "seconds", "lower")
    assert error_to_text(Figure(Fraction(2), source), metric) == expected


def test_a_standard_error_goes_before_what_a_source_says() -> None:
    item = Figure(Fraction(2), "95 % 1 to 3", standard_error=Fraction(1, 10))
    assert error_to_text(item, Metric("m", "seconds", "lower")) == "±0.196 s"


def test_unknown_says_what_it_means() -> None:
    assert PINNED[None].startswith(UNKNOWN)
