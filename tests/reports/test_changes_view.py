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
