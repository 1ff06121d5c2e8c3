"""`zumik validate`: is what people wrote well-formed and meaningful?"""

from __future__ import annotations

import typer

from zumik.actions.gate.acknowledge_warnings import acknowledge
from zumik.actions.releases.proposal import propose_from
from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, emit
from zumik.cli.progress import waiting
from zumik.core.basics.findings import Finding, Invalid, has_errors
from zumik.reports.blocks import Report, bad, good
from zumik.reports.finding_report import findings_report, findings_to_json
from zumik.reports.text import plural
from zumik.workspace.settings import Settings

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("validate")
def validate(context: typer.Context, form: FormatOption = Format.TEXT) -> int:
    """Check that policy and catalog are well-formed and meaningful.

    Finds every fault in one run, each with file, line and column.

    Exits with 3 where there are errors; warnings and notices alone exit with 0.
    """
    session = session_of(context)
    settings, faults = _settings(session)
    day = session.now().date()
    # Findings do not hang on which release an incumbent is of, and git would take longer than the
    # rest: the pointers of the work tree are enough.
    with waiting("validating"):
        proposal = propose_from(
            session.store, day, lambda: settings.retirement_days, lambda: session.store
        )
    name = session.store.tree.name
    found = (*faults, *proposal.findings)
    findings = acknowledge(found, settings.acknowledged, day, name, name)
    valid = not has_errors(findings)
    authored = proposal.authored
    size = (
        f"{plural(len(authored.aliases), 'alias', 'aliases')} over "
        f"{plural(len(authored.models), 'model')}"
    )

    def report() -> Report:
        *sections, count = findings_report(findings)
        verdict = good("valid") if valid else bad("not valid")
        return [*sections, [*count, f"{verdict}: {size}"]]

    emit(
        form,
        "validate",
        report,
        lambda: {
            "valid": valid,
            "live_ref": settings.live_ref,
            "findings": findings_to_json(findings),
        },
    )
    return 0 if valid else 3


def _settings(session: Session) -> tuple[Settings, tuple[Finding, ...]]:
    """The settings, or the defaults and what is wrong with zumik.yaml; its warnings too."""
    try:
        return session.settings, session.settings.warnings
    except Invalid as invalid:
        return Settings(), invalid.findings
