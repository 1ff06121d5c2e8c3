"""Imports as text and JSON: what changes in the catalog, what was doubted and left alone."""

from __future__ import annotations

from collections.abc import Sequence

from zumik.core.reviews.import_changes import ImportPlan
from zumik.reports.changes_report import field_to_json, field_to_text
from zumik.reports.finding_report import findings_to_json, findings_to_text
from zumik.reports.text import PLAIN, Style, plural, safe


def import_to_text(plan: ImportPlan, files: Sequence[str], style: Style = PLAIN) -> str:
    """The changes by model, the doubts, and a count."""
    blocks = []
    for update in plan.updates:
        lines = [style.bold(update.model), *(f"  {field_to_text(f)}" for f in update.changes)]
        lines += [style.doubtful(f"  left alone: {field_to_text(f)}") for f in update.held]
        blocks.append("\n".join(lines))
    if plan.additions:
        blocks.append(f"added: {', '.join(addition.model for addition in plan.additions)}")
    if plan.findings:
        blocks.append(findings_to_text(plan.findings, style))
    left = len(plan.new) - len(plan.additions)
    blocks.append(
        f"{safe(plan.source)} of {plan.observed_on}: {plural(plan.compared, 'model')} compared, "
        f"{len(plan.unknown_to_source)} not in it; {plural(left, 'other model')} could be added "
        f"(--add GLOB)\n{plural(len(files), 'file')} changed"
    )
    return "\n\n".join(blocks)


def import_to_json(plan: ImportPlan) -> dict[str, object]:
    """The whole plan for machines."""
    return {
        "source": plan.source,
        "observed_on": plan.observed_on.isoformat(),
        "updates": [
            {
                "model": update.model,
                "changes": [field_to_json(field) for field in update.changes],
                "held": [field_to_json(field) for field in update.held],
            }
            for update in plan.updates
        ],
        "additions": [addition.model for addition in plan.additions],
        "could_be_added": list(plan.new),
        "compared": plan.compared,
        "unknown_to_source": list(plan.unknown_to_source),
        "findings": findings_to_json(plan.findings),
    }
