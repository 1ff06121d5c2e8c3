"""`zumik logs`: what the traffic in logs is, how quick its models are, and what it asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer

from zumik.cli.context import session_of, writer
from zumik.cli.log_options import (
    AliasOption,
    LogFormatOption,
    ModelOption,
    ReleaseOption,
    SinceOption,
    UntilOption,
    form_of,
    selection_of,
)
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.cli.progress import watched
from zumik.core.traffic.logged_call import LoggedCall, NotACall, UnreadEntry
from zumik.errors import UsageError

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Count what is in logs: who answered, how quickly, what was asked.",
)


@app.callback()
def _group() -> None:
    """Without it a group of one command takes no command's name."""


LogsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[LOGS|-]...", help="Log files, or - for stdin.")
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show the changes, and stop.")]


@app.command("observe")
def observe_logs(
    context: typer.Context,
    logs: LogsArgument = None,
    min_samples: Annotated[
        int,
        typer.Option("--min-samples", min=1, help="Use no figure of fewer calls than that."),
    ] = 30,
    write: Annotated[
        bool, typer.Option("--write", help="Write the figures into the catalog, as metrics.")
    ] = False,
    prefix: Annotated[
        str, typer.Option("--prefix", metavar="NAME", help="What the metrics' names begin with.")
    ] = "team",
    dry_run: DryRunOption = False,
    since: SinceOption = None,
    until: UntilOption = None,
    alias: AliasOption = None,
    release: ReleaseOption = None,
    model: ModelOption = None,
    log_format: LogFormatOption = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Show how quick and how reliable each model was.

    First token, tokens a second, latency and errors, with the number of calls and an interval of
    95 % that assumes no distribution. Every attempt counts, also of a request that another model
    answered in the end. --write puts the figures into the catalog; commits nothing.
    """
    from zumik.actions.logs_observe import observe, write_observation
    from zumik.reports.observation_report import observation_report, observation_to_json
    from zumik.reports.written_observation_report import (
        written_observation_notes,
        written_observation_report,
        written_observation_to_json,
    )

    _check_prefix(prefix)
    selection = selection_of(since, until, alias, release, model)
    seen = observe(session_of(context), _entries(logs, log_format), selection, min_samples)
    if not (write or dry_run):
        emit(form, lambda: observation_report(seen), lambda: observation_to_json(seen))
        return
    session = writer(context, "logs observe", dry_run=dry_run)
    what = write_observation(session, seen, prefix, dry_run=dry_run)
    emit(
        form,
        lambda: [*observation_report(seen), *written_observation_report(what)],
        lambda: {**observation_to_json(seen), "written": written_observation_to_json(what)},
    )
    tell(written_observation_notes(what))


def _check_prefix(prefix: str) -> None:
    import re

    if not re.fullmatch(r"[a-z][a-z0-9]*([._][a-z0-9]+)*", prefix) or len(prefix) > 64:
        raise UsageError(
            "--prefix takes lowercase letters and digits in parts joined by '.' or '_'",
            hint="--prefix team",
        )


def _entries(
    logs: list[str] | None, log_format: str | None
) -> Iterator[LoggedCall | NotACall | UnreadEntry]:
    from zumik.logs.calls import calls_in

    return watched(calls_in(logs or ["-"], form_of(log_format), tell), "calls")
