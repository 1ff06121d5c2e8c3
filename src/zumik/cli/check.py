"""`zumik check`: is everything that was released intact, and does the work tree agree with it?"""

from __future__ import annotations

import json
from collections.abc import Iterator

import typer

from zumik.checks.integrity import BYTES_CODES, check_released
from zumik.checks.line import Line, Scope
from zumik.cli.output import Format, FormatOption, emit
from zumik.cli.proposal import propose, unreleased
from zumik.cli.session import Session, session_of
from zumik.core.findings import Finding, Location, Severity, has_errors
from zumik.errors import ZumikError
from zumik.reports.findings import findings_to_json, findings_to_text
from zumik.reports.text import plural

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("check")
def check(context: typer.Context, form: FormatOption = Format.TEXT) -> int:
    """Check releases, ledger, line of parents, rankings and pointers, and policy and catalog.

    Exits with 5 where bytes are not what vouches for them, 3 where anything else is wrong.
    """
    session = session_of(context)
    line, pointers = check_released(session.store.tree, Scope(_against_schema, session.now()))
    findings = [*_below(session, line.findings), *_authored(session, intact=not line.findings)]
    clean = not has_errors(findings)
    size = f"{plural(len(line.releases), 'release')} and {plural(len(pointers), 'live pointer')}"
    emit(
        form,
        lambda: _text(session, findings, clean, size),
        lambda: {
            "clean": clean,
            "releases": len(line.releases),
            "findings": findings_to_json(findings),
        },
    )
    return _exit_code(line, clean)


def _authored(session: Session, *, intact: bool) -> Iterator[Finding]:
    """What is wrong with policy and catalog, as far as they can be held against what is live."""
    try:
        proposal = propose(session, session.now().date())
    except ZumikError:
        if intact:
            raise
        return  # what is live cannot be read, and has its findings
    yield from proposal.findings
    if intact and not has_errors(proposal.findings) and unreleased(session.store, proposal):
        yield Finding(
            "unreleased-changes",
            Severity.NOTICE,
            "policy and catalog say something else than the newest release"
            if session.store.newest
            else "nothing of policy and catalog is released yet",
            Location(f"{session.store.root.name}/policy"),
            "zumik plan shows what freezing would change",
        )


def _exit_code(line: Line, clean: bool) -> int:
    if any(finding.code in BYTES_CODES for finding in line.findings):
        return 5
    return 0 if clean else 3


def _text(session: Session, findings: list[Finding], clean: bool, size: str) -> str:
    style = session.style
    verdict = style.good("intact") if clean else style.bad("not clean")
    return (
        f"{findings_to_text(findings, style)}\n{verdict}: {size} checked, not compared with a base"
    )


def _below(session: Session, findings: list[Finding]) -> Iterator[Finding]:
    """Findings whose files are told from where the person stands."""
    root = session.store.root.name
    for finding in findings:
        place = finding.location._replace(file=f"{root}/{finding.location.file}")
        yield finding._replace(location=place)


def _against_schema(schema: str, data: bytes) -> Iterator[str]:
    from zumik.workspace.schema import JsonDocument, check_shape

    document = JsonDocument(schema, json.loads(data))
    return (finding.message for finding in check_shape(document, schema))
