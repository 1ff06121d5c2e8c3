"""`zumik validate`: is what people wrote well-formed and meaningful?"""

from __future__ import annotations

import typer

from zumik.actions.proposal import propose
from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, emit, terminal_style
from zumik.core.basics.findings import has_errors
from zumik.reports.finding_report import findings_to_json, findings_to_text
from zumik.reports.text import plural

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("validate")
def validate(context: typer.Context, form: FormatOption = Format.TEXT) -> int:
    """Check policy and catalog: every fault in one run, each with file, line and column.

    Exits with 3 where there are errors; warnings and notices alone exit with 0.
    """
    session = session_of(context)
    settings = session.settings  # a faulty zumik.yaml is told first
    proposal = propose(session, session.now().date())
    findings = proposal.findings
    valid = not has_errors(findings)
    authored = proposal.authored
    size = (
        f"{plural(len(authored.aliases), 'alias', 'aliases')} over "
        f"{plural(len(authored.models), 'model')}"
    )

    def text() -> str:
        style = terminal_style()
        verdict = style.good("valid") if valid else style.bad("not valid")
        return f"{findings_to_text(findings, style)}\n{verdict}: {size}"

    emit(
        form,
        text,
        lambda: {
            "valid": valid,
            "live_ref": settings.live_ref,
            "findings": findings_to_json(findings),
        },
    )
    return 0 if valid else 3
