"""What an observation changes in the catalog, as text and JSON."""

from __future__ import annotations

from collections.abc import Sequence

from zumik.core.basics.names import ModelId
from zumik.core.reviews.import_changes import Update
from zumik.core.reviews.outcomes import WrittenObservation
from zumik.reports.blocks import Report, strong
from zumik.reports.changes_report import field_to_json, field_to_text
from zumik.reports.text import plural


def written_observation_report(what: WrittenObservation) -> Report:
    """The changes by model, and a count."""
    sections = [
        [strong(update.model), *(f"  {field_to_text(field)}" for field in update.changes)]
        for update in what.updates
    ]
    counts = [f"{plural(len(what.files), 'file')} changed"]
    if what.declared:
        counts.insert(0, f"declared: {', '.join(what.declared)}")
    if what.not_in_catalog:
        counts.insert(0, f"not in the catalog, and left out: {', '.join(what.not_in_catalog)}")
    return [*sections, counts]


def written_observation_to_json(what: WrittenObservation) -> dict[str, object]:
    """Every change, and the files."""
    return {
        "declared": list(what.declared),
        "updates": _updates(what.updates),
        "not_in_catalog": _names(what.not_in_catalog),
        "files": list(what.files),
        "dry_run": what.dry_run,
    }


def _updates(updates: Sequence[Update]) -> list[dict[str, object]]:
    return [
        {"model": update.model, "changes": [field_to_json(field) for field in update.changes]}
        for update in updates
    ]


def _names(models: Sequence[ModelId]) -> list[str]:
    return list(models)
