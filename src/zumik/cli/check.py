"""`zumik check`: is everything that was released intact, and may this branch land?"""

from __future__ import annotations

from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.log_options import AskedCalls, LogsOption, asks_for_calls
from zumik.cli.output import beside, json_text, painted, versioned
from zumik.cli.progress import waiting, watched
from zumik.cli.proposed import from_here
from zumik.core.basics.display import shown
from zumik.errors import CannotRun, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from zumik.actions.logs.weigh_logs import LoggedRequests
    from zumik.core.reviews.check_result import Checked
    from zumik.reports.blocks import Report

app = typer.Typer(add_completion=False, rich_markup_mode=None)


class CheckFormat(StrEnum):
    """How the verdict is written: for people, machines, and those who show it in a pull request."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"


class _Output(NamedTuple):
    """A file that the verdict is written to as well."""

    form: CheckFormat
    path: Path


@app.command("check")
@asks_for_calls
def check(
    context: typer.Context,
    base: Annotated[
        str | None,
        typer.Option("--base", metavar="REF", help="Judge what merging into this would give."),
    ] = None,
    head: Annotated[
        str | None, typer.Option("--head", metavar="REF", help="What would be merged: HEAD.")
    ] = None,
    logs: LogsOption = None,
    *,
    asked: AskedCalls,
    full: Annotated[
        bool, typer.Option("--full", help="Read and derive again what has landed, too.")
    ] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Show each finding that the base has too.")
    ] = False,
    rule: Annotated[
        str | None, typer.Option("--rule", metavar="CODE", help="Show what a finding's code means.")
    ] = None,
    form: Annotated[
        CheckFormat,
        typer.Option(
            "--format", "-f", help="github for annotations, markdown for a step summary or comment."
        ),
    ] = CheckFormat.TEXT,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FORMAT=FILE",
            help="Write it to a file as well, in a format of its own; may be given again.",
        ),
    ] = None,
) -> int:
    """Check what is released and live, or what a branch would land.

    Judges bytes, ledger, line of releases, rankings, live pointers and policy.
    With --base it judges what merging would give, from git's objects and not from the work tree,
    by the base's settings: this is the gate for a pull request. Without --base it checks your work
    tree. With --logs it also asks each logged request of what the base has live, and of what
    merging would make live. A warning that the base has too is counted, and not listed.
    Exits with 5 where bytes differ from their digest, 3 where anything else is wrong, 4 where it
    cannot judge, or where the logs give no answer.
    """
    if rule is not None:
        return _show_rule(rule, form)
    if head is not None and base is None:
        raise UsageError("--head is what would land on a base: give --base too")
    if logs and base is None:
        raise UsageError(
            "--logs asks what landing on a base would do: give --base too",
            hint="zumik check --base origin/main --logs LOGS; zumik plan --logs LOGS needs no base",
        )
    outputs = [_output(wanted) for wanted in output or ()]
    session = session_of(context)
    requests = asked.of_logs(logs)
    checked = _judge(session, base, head or "HEAD", full=full, logs=requests)
    _write(checked, outputs)
    written = _written(checked, form, everything=everything)
    with ExitStack() as aside:
        for item in outputs:
            aside.enter_context(beside(item.path))
        typer.echo(from_here(written) if form is CheckFormat.TEXT else written)
    return _exit_code(checked)


def _output(wanted: str) -> _Output:
    """Raises UsageError."""
    form, _, path = wanted.partition("=")
    if form not in list(CheckFormat) or not path:
        raise UsageError(
            f"--output {shown(wanted)} is not FORMAT=FILE",
            hint=f"as in --output markdown=summary.md; formats: {', '.join(CheckFormat)}",
        )
    return _Output(CheckFormat(form), Path(path))


def _write(checked: Checked, outputs: list[_Output]) -> None:
    """Write all the files or none. Raises CannotRun, as for a link."""
    from zumik.reports.plain import plain
    from zumik.transaction.file_plan import NewBytes
    from zumik.transaction.output_files import write_outputs

    texts = ((item.path, _written(checked, item.form, plain)) for item in outputs)
    write_outputs([NewBytes(path, f"{text}\n".encode()) for path, text in texts])


def _judge(
    session: Session, base: str | None, head: str, *, full: bool, logs: LoggedRequests | None
) -> Checked:
    if base is None:
        from zumik.actions.gate.check_work_tree import judge_work_tree

        # Only deriving every release again takes long enough for a bar.
        if full:
            return judge_work_tree(
                session, full=True, watch=lambda files: watched(files, "releases", len(files))
            )
        with waiting("checking"):
            return judge_work_tree(session, full=False)
    from zumik.actions.gate.check_branch import judge_merge

    with waiting(f"checking what merging into {base} gives"):
        return judge_merge(session, base, head, full=full, logs=logs)


def _written(
    checked: Checked,
    form: CheckFormat,
    paint: Callable[[Report], str] = painted,
    *,
    everything: bool = False,
) -> str:
    """The verdict in a format; `paint` draws the text, which has `everything` where asked."""
    from zumik.reports import check_report
    from zumik.reports.github import checked_to_github
    from zumik.reports.junit import checked_to_junit
    from zumik.reports.markdown import checked_to_markdown
    from zumik.reports.sarif import checked_to_sarif
    from zumik.rules.rule_registry import RULES

    match form:
        case CheckFormat.TEXT:
            return paint(check_report.checked_report(checked, everything=everything))
        case CheckFormat.JSON:
            document = versioned("check", check_report.checked_to_json(checked))
            return json_text(document, indent=2)
        case CheckFormat.GITHUB:
            return checked_to_github(checked, RULES)
        case CheckFormat.SARIF:
            return checked_to_sarif(checked, RULES)
        case CheckFormat.JUNIT:
            return checked_to_junit(checked, RULES)
        case CheckFormat.MARKDOWN:
            return checked_to_markdown(checked, RULES)


def _exit_code(checked: Checked) -> int:
    from zumik.checks.all_history import are_bytes_wrong

    if any(map(are_bytes_wrong, checked.findings)):
        return 5
    if not checked.clean:
        return 3
    return 4 if checked.unanswered else 0


def _show_rule(code: str, form: CheckFormat) -> int:
    from zumik.core.basics.did_you_mean import did_you_mean
    from zumik.reports.check_report import rule_to_json, rule_to_text
    from zumik.rules.rule_registry import RULES

    rule = RULES.get(code)
    if rule is None:
        raise CannotRun(
            f"no rule has the code {shown(code)}",
            hint=did_you_mean(code, RULES, "a finding shows its code in brackets"),
        )
    if form is CheckFormat.JSON:
        typer.echo(json_text(versioned("rule", rule_to_json(rule)), indent=2))
    else:
        typer.echo(rule_to_text(rule))
    return 0
