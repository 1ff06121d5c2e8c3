"""Imports as text and JSON: what changes in the catalog, what was doubted and left alone."""

from __future__ import annotations

from collections.abc import Sequence

from zumik.core.basics.findings import Finding
from zumik.core.reviews.import_changes import RETIRED, ImportPlan, Update
from zumik.core.reviews.outcomes import ImportedFacts
from zumik.reports.blocks import Block, Report, Section, doubtful, strong
from zumik.reports.changes_report import field_to_json, field_to_text
from zumik.reports.finding_report import findings_report, findings_to_json, summary
from zumik.reports.text import plural, safe

_MODELS = 6
_LINES = 4
_FINDINGS = 2
_FEW_RULES = 3
_NAMES = 8


def import_report(what: ImportedFacts, *, everything: bool = False) -> Report:
    """What changes, what waits for a person, and the counts, on a page; `everything` is all of it.

    How many facts wait is always there, because the exit code says that some do.
    """
    plan, files = what.plan, what.files
    first = plan.updates if everything else plan.updates[:_MODELS]
    sections = [_update(update, everything=everything) for update in first]
    if len(first) < len(plan.updates):
        sections.append([f"and {plural(len(plan.updates) - len(first), 'other model')} (--all)"])
    if plan.additions:
        names = [addition.model for addition in plan.additions]
        sections.append([f"added: {_names(names, everything=everything)}"])
    sections += _findings(plan.findings, everything=everything)
    if everything:
        for reason, keys in plan.skipped.items():
            sections.append([f"skipped, {safe(reason)}:", *(f"  {safe(key)}" for key in keys)])
    return [
        *sections,
        [*_counts(plan, everything=everything), f"{plural(len(files), 'file')} changed"],
    ]


def _update(update: Update, *, everything: bool) -> Section:
    # What was not taken comes first: it may need a person.
    changes: list[Block] = [
        doubtful(f"  left alone ({safe(held.why)}): {field_to_text(held.change)}")
        for held in update.held
    ]
    changes += [f"  {field_to_text(field)}" for field in update.changes]
    if not everything and len(changes) > _LINES:
        more = len(changes) - _LINES + 1
        changes = [*changes[: _LINES - 1], f"  and {plural(more, 'other field')} (--all)"]
    return [strong(update.model), *changes]


def _findings(findings: Sequence[Finding], *, everything: bool) -> Report:
    """Every finding, or of each rule the first ones and how many others there are."""
    if not findings:
        return []
    if everything or len(findings) <= _FINDINGS:
        return findings_report(findings)
    by_code: dict[str, list[Finding]] = {}
    for finding in findings:
        by_code.setdefault(finding.code, []).append(finding)
    lines: list[str] = []
    count = _FINDINGS if len(by_code) <= _FEW_RULES else 1
    for code, found in by_code.items():
        lines += [
            f"{safe(one.location)}: {one.severity.value}: {safe(one.message)} [{code}]"
            for one in found[:count]
        ]
        if len(found) > count:
            lines.append(f"  and {plural(len(found) - count, 'other')} of {code} (--all)")
        if found[0].hint:
            lines.append(f"   hint: {safe(found[0].hint)}")
    return [lines, [summary(findings)]]


def _names(names: Sequence[str], *, everything: bool) -> str:
    first = names if everything else names[:_NAMES]
    more = len(names) - len(first)
    return ", ".join(map(safe, first)) + (f" and {plural(more, 'other')} (--all)" if more else "")


def _counts(plan: ImportPlan, *, everything: bool) -> list[Block]:
    """What was compared, what could be added, what was skipped and why, and what waits."""
    left = len(plan.new) - len(plan.additions) - len(plan.skipped.get(RETIRED, ()))
    counts: list[Block] = [
        f"{safe(plan.source)} of {plan.observed_on}: {plural(plan.compared, 'model')} compared, "
        f"{len(plan.unknown_to_source):,} not in it; {plural(left, 'other model')} could be added "
        "(--add GLOB)"
    ]
    if total := sum(map(len, plan.skipped.values())):
        whys = [f"{reason} {len(keys):,}" for reason, keys in plan.skipped.items()]
        counts.append(
            f"{plural(total, 'entry', 'entries')} skipped: {_names(whys, everything=everything)}"
            + ("" if everything or len(whys) > _NAMES else " (--all)")
        )
    if waits := plan.waiting:
        count = f"{plural(len(waits), 'fact')} waiting for --accept or --keep: "
        counts.append(doubtful(count + _names(waits, everything=everything)))
    return counts


def import_notes(what: ImportedFacts) -> str | None:
    """The next step; None where no file changed and no fact waits."""
    note = next_after_edit(what.files, dry_run=what.dry_run)
    if not what.plan.waiting:
        return note
    waits = "run it again with --accept MODEL#FIELD for each fact to take, --keep for each to leave"
    return f"{note}\n{waits}" if note else f"\n{waits}"


def next_after_edit(files: Sequence[str], *, dry_run: bool) -> str | None:
    """The next step after files of policy or catalog were edited; None where none was."""
    if dry_run:
        return "\ndry run: nothing was written"
    return "\nnext: git diff shows it; zumik validate, zumik plan" if files else None


def import_to_json(what: ImportedFacts) -> dict[str, object]:
    """The whole plan for machines, and the files that it changes."""
    plan = what.plan
    return {
        "source": plan.source,
        "observed_on": plan.observed_on.isoformat(),
        "updates": [
            {
                "model": update.model,
                "changes": [field_to_json(field) for field in update.changes],
                "held": [{**field_to_json(one.change), "why": one.why} for one in update.held],
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
        "waiting": list(plan.waiting),
        "findings": findings_to_json(plan.findings),
        "files": list(what.files),
        "dry_run": what.dry_run,
    }
