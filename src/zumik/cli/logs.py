"""`zumik logs`: what the traffic in logs is, how quick its models are, and what it asks for."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from zumik.cli.context import end_like_ctrl_c, session_of, writer
from zumik.cli.log_options import AskedCalls, ReadBy, asks_for_calls, chooses_engine
from zumik.cli.output import Format, FormatOption, beside, emit, tell
from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.selection import Selection
from zumik.errors import UsageError
from zumik.reports.import_report import next_after_edit

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Count what is in logs: who answered, how fast, what was asked.",
)


LogsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[LOGS|URL|-]...", help="Log files, a table of a database, or - for stdin."
    ),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Show the changes, and stop.")]


class Dimension(StrEnum):
    """By what the requests are counted."""

    ALIAS = "alias"
    MODEL = "model"
    RELEASE = "release"
    DAY = "day"


@app.command("mix")
@asks_for_calls
@chooses_engine
def mix_logs(
    context: typer.Context,
    logs: LogsArgument = None,
    by: Annotated[
        list[Dimension] | None,
        typer.Option("--by", help="Count by this, and by each other that is named."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="FILE", help="Write it there: .csv, .parquet, or .html for a page."
        ),
    ] = None,
    *,
    asked: AskedCalls,
    read_by: ReadBy,
    form: FormatOption = Format.TEXT,
) -> int:
    """Show who answered how many requests, with tokens and cost.

    A request is counted once: attempts with one call id are folded into the one that answered.
    Costs are those that were logged beside those by the prices that each release froze.

    Exits with 4 where the logs have no call that can be read.
    """
    from zumik.actions.logs.logs_mix import mix_of
    from zumik.cli.mix_file import mix_form, write_mix
    from zumik.reports.mix_report import mix_report, mix_to_json

    if output is not None:
        mix_form(output)
    selection = asked.selection()
    end_like_ctrl_c(context)
    mix = mix_of(
        session_of(context), read_by.table_of(logs or ["-"], asked, by_day=True), selection
    )
    named = [dimension.value for dimension in by or ()]
    shown = named or [Dimension.ALIAS.value, Dimension.MODEL.value]
    _require_known_names(context, mix.logs, selection)
    if output is not None:
        write_mix(output, mix, named or [dimension.value for dimension in Dimension])
    with beside(output):
        emit(form, "mix", lambda: mix_report(mix, shown), lambda: mix_to_json(mix, shown))
    return _exit_code(mix.logs)


@app.command("observe")
@asks_for_calls
@chooses_engine
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
    *,
    asked: AskedCalls,
    read_by: ReadBy,
    form: FormatOption = Format.TEXT,
) -> int:
    """Show how quick and how reliable each model was.

    First token, tokens a second, latency and errors, with the number of calls and an interval of
    95 % that assumes no distribution. Every attempt counts, also of a request that another model
    answered in the end. --write puts the figures into the catalog; commits nothing.

    Exits with 4 where the logs have no call that can be read.
    """
    from zumik.actions.logs.logs_observe import observe, write_observation
    from zumik.reports.observation_report import observation_report, observation_to_json
    from zumik.reports.written_observation_report import (
        written_observation_report,
        written_observation_to_json,
    )

    _check_prefix(prefix)
    selection = asked.selection()
    end_like_ctrl_c(context)
    seen = observe(
        session_of(context), read_by.table_of(logs or ["-"], asked), selection, min_samples
    )
    _require_known_names(context, seen.logs, selection)
    if not (write or dry_run):
        emit(
            form,
            "observation",
            lambda: observation_report(seen),
            lambda: {**observation_to_json(seen), "written": None},
        )
        return _exit_code(seen.logs)
    session = writer(context, "logs observe", dry_run=dry_run)
    what = write_observation(session, seen, prefix, dry_run=dry_run)
    emit(
        form,
        "observation",
        lambda: [*observation_report(seen), *written_observation_report(what)],
        lambda: {**observation_to_json(seen), "written": written_observation_to_json(what)},
    )
    tell(next_after_edit(what.files, dry_run=dry_run))
    return _exit_code(seen.logs)


@app.command("workload")
@asks_for_calls
@chooses_engine
def workload_of_logs(
    context: typer.Context,
    logs: LogsArgument = None,
    min_samples: Annotated[
        int,
        typer.Option("--min-samples", min=1, help="Propose no edit for fewer requests than that."),
    ] = 30,
    write: Annotated[
        bool, typer.Option("--write", help="Edit the policy, so that its workloads are true.")
    ] = False,
    dry_run: DryRunOption = False,
    *,
    asked: AskedCalls,
    read_by: ReadBy,
    form: FormatOption = Format.TEXT,
) -> int:
    """Show what each alias is really asked for, beside its policy.

    Tokens in and out, and the share of the input that came from a cache. The edit takes the mean,
    because a cost is linear in the tokens. --write makes the edits; commits nothing.

    Exits with 4 where the logs have no call that can be read.
    """
    from zumik.actions.logs.logs_workload import workloads_of, write_workloads
    from zumik.reports.workload_report import (
        workload_report,
        workload_to_json,
        written_workloads_report,
    )

    selection = asked.selection()
    end_like_ctrl_c(context)
    seen = workloads_of(
        session_of(context), read_by.table_of(logs or ["-"], asked), selection, min_samples
    )
    _require_known_names(context, seen.logs, selection)
    if not (write or dry_run):
        emit(
            form,
            "workloads",
            lambda: workload_report(seen),
            lambda: {**workload_to_json(seen), "files": [], "dry_run": False},
        )
        return _exit_code(seen.logs)
    what = write_workloads(writer(context, "logs workload", dry_run=dry_run), seen, dry_run=dry_run)
    emit(
        form,
        "workloads",
        lambda: [*workload_report(seen), *written_workloads_report(what)],
        lambda: {**workload_to_json(seen), "files": list(what.files), "dry_run": what.dry_run},
    )
    tell(next_after_edit(what.files, dry_run=dry_run))
    return _exit_code(seen.logs)


def _require_known_names(context: typer.Context, logs: LogsRead, selection: Selection) -> None:
    from zumik.actions.logs.asked_names import require_known_names

    require_known_names(lambda: session_of(context).store, logs, selection)


def _exit_code(logs: LogsRead) -> int:
    """4 where no call could be read, as `replay` has it; a selection may leave all of them out."""
    if any(logs.formats.values()) or logs.left_out:
        return 0
    from zumik.reports.logs_read_report import nothing_read_to_text

    tell("\nhint: ".join(nothing_read_to_text(logs)))
    return 4


def _check_prefix(prefix: str) -> None:
    import re

    if not re.fullmatch(r"[a-z][a-z0-9]*([._][a-z0-9]+)*", prefix) or len(prefix) > 64:
        raise UsageError(
            "--prefix takes lowercase letters and digits in parts joined by '.' or '_'",
            hint="--prefix team",
        )
