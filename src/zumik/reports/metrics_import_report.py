"""An import of evaluation runs as text and JSON: what counts of each file, and why not the rest."""

from __future__ import annotations

from zumik.core.decisions.figure_errors import half_interval
from zumik.core.reviews.imported_metrics import (
    Hindered,
    Hindrance,
    ImportedMetrics,
    ImportedRun,
    WrittenFigure,
)
from zumik.reports.blocks import Block, Report, Section, bad, doubtful, strong
from zumik.reports.import_report import next_after_edit
from zumik.reports.model_facts import how_measured
from zumik.reports.text import exact, figure, plural, safe

_FILES = 10
_LINES = 5

_HEADS = {
    Hindrance.REFUSED: "refused",
    Hindrance.WAITING: "waits",
    Hindrance.UNREADABLE: "not readable",
}


def metrics_import_report(what: ImportedMetrics, *, everything: bool = False) -> Report:
    """A section for each file and the counts, on a page; `everything` is all of it."""
    first = what.runs if everything else what.runs[:_FILES]
    sections = [_run(run, everything=everything) for run in first]
    if more := len(what.runs) - len(first):
        sections.append([f"and {plural(more, 'other file')} (--all)"])
    return [*sections, _counts(what)]


def _run(run: ImportedRun, *, everything: bool) -> Section:
    tool = f"  {safe(run.tool)}" if run.tool else ""
    lines: list[Block] = []
    for item in run.figures:
        lines += _figure(item)
    for each in run.hindered:
        lines += _hindered(each)
    if run.left_out:
        named = ", ".join(map(safe, run.left_out[:_LINES]))
        lines.append(f"  left out, no --model names it: {named}")
    if not everything and len(lines) > 2 * _LINES:
        more = len(lines) - 2 * _LINES + 1
        lines = [*lines[: 2 * _LINES - 1], f"  and {plural(more, 'other line')} (--all)"]
    return [strong(safe(run.file)) + tool, *lines]


def _figure(item: WrittenFigure) -> list[str]:
    measured = how_measured(item.figure._replace(revision=None, run=None), item.unit)
    before = f", was {figure(item.before.value, item.unit)}" if item.before else ""
    state = before if item.is_new else ", as the catalog has it"
    value = figure(item.figure.value, item.unit)
    head = f"  {item.model} {item.metric}: {value}{measured}, {item.figure.observed_on}{state}"
    return [head, *([f"    {safe('; '.join(item.notes))}"] if item.notes else [])]


def _hindered(each: Hindered) -> list[str]:
    paint = doubtful if each.kind is Hindrance.WAITING else bad
    about = f"{safe(each.figure)}: " if each.figure else ""
    return [paint(f"  {_HEADS[each.kind]}: ") + about + safe(each.reason), f"    {safe(each.hint)}"]


def _counts(what: ImportedMetrics) -> Section:
    kinds = [each.kind for run in what.runs for each in run.hindered]
    figures = [item for run in what.runs for item in run.figures]
    new = sum(item.is_new for item in figures)
    done = "to write" if what.dry_run else "written"
    lines = [f"{plural(len(what.runs), 'file')}: {plural(new, 'figure')} {done}"]
    if len(figures) > new:
        lines[0] += f", {len(figures) - new:,} as the catalog has them"
    for kind, head in _HEADS.items():
        if count := kinds.count(kind):
            lines[0] += f", {count:,} {head}"
    if what.declared:
        lines.append(f"declared: {', '.join(what.declared)}")
    lines.append(f"{plural(len(what.changed), 'file')} changed")
    return list(lines)


def metrics_import_notes(what: ImportedMetrics) -> str | None:
    """The next step; None where no file changed."""
    return next_after_edit(what.changed, dry_run=what.dry_run)


def metrics_import_to_json(what: ImportedMetrics) -> dict[str, object]:
    """Every file with its figures, exactly, and every reason."""
    return {
        "files": [
            {
                "file": run.file,
                "tool": run.tool,
                "figures": [_figure_to_json(item) for item in run.figures],
                "hindered": [
                    {
                        "kind": each.kind.value,
                        "figure": each.figure,
                        "reason": each.reason,
                        "hint": each.hint,
                    }
                    for each in run.hindered
                ],
                "left_out": list(run.left_out),
            }
            for run in what.runs
        ],
        "declared": list(what.declared),
        "changed": list(what.changed),
        "dry_run": what.dry_run,
    }


def _figure_to_json(item: WrittenFigure) -> dict[str, object]:
    found, half = item.figure, half_interval(item.figure)
    return {
        "model": item.model,
        "metric": item.metric,
        "unit": item.unit,
        "value": exact(found.value),
        "samples": found.samples,
        "standard_error": None if found.standard_error is None else exact(found.standard_error),
        "half_interval_95": None if half is None else exact(half),
        "observed_on": None if found.observed_on is None else found.observed_on.isoformat(),
        "effort": found.effort,
        "revision": found.revision,
        "source": found.source,
        "run": found.run,
        "before": None if item.before is None else exact(item.before.value),
        "is_new": item.is_new,
        "notes": list(item.notes),
    }
