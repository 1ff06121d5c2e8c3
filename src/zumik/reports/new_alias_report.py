"""A new alias as text: its file, what is said of it, and what freezing now would make of it."""

from __future__ import annotations

from zumik.core.basics.findings import Severity
from zumik.core.reviews.outcomes import NewAlias
from zumik.reports.blocks import Report, bad
from zumik.reports.finding_report import findings_report, findings_to_json
from zumik.reports.plan_report import plans_report
from zumik.reports.ranking_table import excluded_section, table_to_json
from zumik.reports.sentences import UNKNOWN_REVISION
from zumik.reports.text import safe
from zumik.rules.authoring_rules import REQUIREMENT_NOBODY_MEETS


def new_alias_report(made: NewAlias) -> Report:
    """The file, its text in a dry run, the findings on it and the plan.

    Where no model would win: which requirement no model meets, and who fails what.
    """
    table = made.plan.after
    if table is not None and made.plan.winner_after is None:
        why = [bad(safe(each.message)) for each in made.findings if each.severity is Severity.ERROR]
        meant = [
            f"  {safe(each.hint)}"
            for each in made.findings
            if each.hint and each.code == REQUIREMENT_NOBODY_MEETS.code
        ]
        return [[*why, *meant, *excluded_section(table, shown_by=None)]]
    text = [[safe(line) for line in made.text.splitlines()]] if made.dry_run else []
    findings = findings_report(made.findings) if made.findings else []
    return [[safe(made.file)], *text, *findings, *plans_report([made.plan])[:-1]]


def new_alias_to_json(made: NewAlias) -> dict[str, object]:
    """The file, whether it was written, the findings on it and who would win."""
    table = made.plan.after
    return {
        "alias": made.plan.alias,
        "file": made.file,
        "text": made.text,
        "written": made.written,
        "dry_run": made.dry_run,
        "winner": made.plan.winner_after,
        "table": table_to_json(table) if table is not None else None,
        "findings": findings_to_json(made.findings),
    }


def no_winner_hint(made: NewAlias) -> str:
    """What lets a model win: one option, where only their revisions keep some from it."""
    rows = made.plan.after.excluded if made.plan.after else ()
    if any({each.code for each in row.failures} == {UNKNOWN_REVISION} for row in rows):
        return "--require floating_allowed=true lets in the models whose revision is not known"
    return "drop a requirement, or write the missing facts into the catalog, with a source"


def new_alias_notes(made: NewAlias) -> str:
    """What was done, and the next commands."""
    if made.dry_run:
        return f"\ndry run: {safe(made.file)} not written"
    name = made.plan.alias
    return "\n".join(
        (
            f"\nwrote {safe(made.file)}; it is yours to edit, and nothing is committed yet",
            "",
            "next:",
            f"  zumik plan {name}",
            f"  zumik release create --note 'Add {name}'",
            f"  zumik alias promote {name} --latest",
        )
    )
