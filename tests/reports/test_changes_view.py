"""Changes as a person sees them: how a fact came to change stands where it is not ordinary."""

from __future__ import annotations

import pytest

from zumik.core.basics.names import ModelId
from zumik.core.reviews.changes import (
    CHANGED,
    CORRECTION,
    FIRST_KNOWN,
    NO_LONGER_KNOWN,
    Changes,
    FieldChange,
    ModelChange,
)
from zumik.reports.changes_report import changes_report, changes_to_json, field_to_json
from zumik.reports.fact_changes import fact_to_text
from zumik.reports.plain import plain


@pytest.mark.parametrize(
    ("before", "after", "how", "line"),
    [
        ("1", "2", CHANGED, "price.input: 1 → 2  [price]"),
        ("1", "2", CORRECTION, "price.input: 1 → 2  [price, correction]"),
        (None, "2", FIRST_KNOWN, "price.input: unknown → 2  [price, first known]"),
        ("1", None, NO_LONGER_KNOWN, "price.input: 1 → unknown  [price, no longer known]"),
    ],
)
def test_a_changed_fact_shows_its_cause(
    before: str | None, after: str | None, how: str, line: str
) -> None:
    field = FieldChange("price.input", before, after, "price", how)
    changes = Changes((), (ModelChange(ModelId("a/x"), "changed", (field,)),), ())
    assert plain(changes_report(changes)).splitlines() == ["Facts", "  a/x", f"    {line}"]
    models = changes_to_json(changes)["models"]
    assert models == [
        {"model": "a/x", "kind": "changed", "fields": [{**field_to_json(field), "how": how}]}
    ]


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        ("price.services.flex.input", "2", "1", "flex input $2 → $1 (-50 %)"),
        ("price.fees.search", "0.01", "0.02", "fee for search $0.01 → $0.02 (+100 %)"),
        ("price.fees.search.usd", None, "0.02", "fee for search $0.02"),
        ("price.dated.2027-01-01.output", "2", "4", "output from 2027-01-01 $2 → $4 (+100 %)"),
        (
            "price.dated.2027-01-01.services.flex.input",
            None,
            "4",
            "flex input from 2027-01-01 $4",
        ),
        ("price.basis", "list", "off_peak", "basis list → off_peak"),
    ],
)
def test_each_part_of_a_price_has_its_name(
    path: str, before: str | None, after: str, said: str
) -> None:
    assert fact_to_text(FieldChange(path, before, after, "price"), {}) == [said]


def test_a_tier_is_named_by_the_bound_that_is_written() -> None:
    before = [{"from_input_tokens": 200_000, "input": "6"}]
    after = [{"from_input_tokens": 200_000, "input": "3"}, {"above_input_tokens": 9, "input": "1"}]
    assert fact_to_text(FieldChange("price.services.flex.tiers", before, after, "price"), {}) == [
        "flex above 9 tokens input unknown → $1",
        "flex from 200,000 tokens input $6 → $3 (-50 %)",
    ]
