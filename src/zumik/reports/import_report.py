"""Imports as text and JSON: what changes in the catalog, what was doubted and left alone."""

from __future__ import annotations

from collections.abc import Sequence

from zumik.core.reviews.import_changes import ImportPlan
from zumik.core.reviews.outcomes import ImportedPrices
from zumik.reports.blocks import Report, Section, doubtful, strong
from zumik.reports.changes_report import field_to_json, field_to_text
from zumik.reports.finding_report import findings_report, findings_to_json
from zumik.reports.text import plural, safe


def import_report(what: ImportedPrices, *, verbose: bool = False) -> Report:
    """The changes by model, the doubts, and a count; with `verbose` every skipped entry."""
    plan, files = what.plan, what.files
    sections: list[Section] = []
    for update in plan.updates:
        changes = (f"  {field_to_text(field)}" for field in update.changes)
        held = (doubtful(f"  left alone: {field_to_text(field)}") for field in update.held)
        sections.append([strong(update.model), *changes, *held])
    if plan.additions:
        sections.append([f"added: {', '.join(addition.model for addition in plan.additions)}"])
    if plan.findings:
        sections += findings_report(plan.findings)
    left = len(plan.new) - len(plan.additions)
    count = (
        f"{safe(plan.source)} of {plan.observed_on}: {plural(plan.compared, 'model')} compared, "
        f"{len(plan.unknown_to_source):,} not in it; {plural(left, 'other model')} could be added "
        "(--add GLOB)"
    )
    if verbose:
        for reason, keys in plan.skipped.items():
            sections.append([f"skipped, {safe(reason)}:", *(f"  {safe(key)}" for key in keys)])
    counts = [count, *_skipped(plan, verbose=verbose), f"{plural(len(files), 'file')} changed"]
    return [*sections, counts]


def _skipped(plan: ImportPlan, *, verbose: bool) -> list[str]:
    """How many entries of the source were not read as models, and why."""
    total = sum(map(len, plan.skipped.values()))
    if not total:
        return []
    whys = ", ".join(f"{safe(reason)} {len(keys):,}" for reason, keys in plan.skipped.items())
    return [
        f"{plural(total, 'entry', 'entries')} skipped: {whys}"
        + ("" if verbose else " (--verbose lists them)")
    ]


def import_notes(what: ImportedPrices) -> str | None:
    """The next step; None where no file changed."""
    return next_after_edit(what.files, dry_run=what.dry_run)


def next_after_edit(files: Sequence[str], *, dry_run: bool) -> str | None:
    """The next step after files of policy or catalog were edited; None where none was."""
    if dry_run:
        return "\ndry run: nothing was written"
    return "\nnext: git diff shows it; zumik validate, zumik plan" if files else None


def import_to_json(what: ImportedPrices) -> dict[str, object]:
    """The whole plan for machines, and the files that it changes."""
    plan = what.plan
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
        "skipped": [
            {"reason": reason, "count": len(keys), "entries": list(keys)}
            for reason, keys in plan.skipped.items()
        ],
        "findings": findings_to_json(plan.findings),
        "files": list(what.files),
        "dry_run": what.dry_run,
    }
