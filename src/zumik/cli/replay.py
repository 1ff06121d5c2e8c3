"""`zumik replay`: do logged decisions follow from the releases they name?"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from enum import StrEnum
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.answers.bundle_answers import answers_of
from zumik.actions.logs.asked_names import require_known_names
from zumik.actions.logs.replay_logs import HasVerdict, impact_of, judged_calls, limits_of
from zumik.actions.session import Session
from zumik.cli.context import end_like_ctrl_c, session_of
from zumik.cli.log_options import (
    AskedCalls,
    ReadBy,
    asks_for_calls,
    chooses_engine,
    entries_of,
)
from zumik.cli.options import BundleOption
from zumik.cli.output import Format, FormatOption, beside, json_text, show, tell, versioned
from zumik.cli.read_elsewhere_note import tell_read_elsewhere
from zumik.cli.verdict_file import writing_verdicts
from zumik.core.decisions.replay import Verdict
from zumik.core.traffic.audit import Audit, JudgedCall
from zumik.core.traffic.logged_call import ReadEntry
from zumik.logs.calls import calls_in_text
from zumik.logs.counted.apart import IsApart, logs_usage
from zumik.logs.files.log_names import is_line
from zumik.reports.audit_report import audit_report, audit_to_json, audit_to_text
from zumik.reports.decision_report import replay_section, replay_to_json
from zumik.reports.impact_report import impact_report, impact_to_json

if TYPE_CHECKING:
    from zumik.core.traffic.impact import Impact
    from zumik.core.traffic.selection import Selection
    from zumik.core.traffic.token_edges import TokenEdges

app = typer.Typer(add_completion=False, rich_markup_mode=None)


class Only(StrEnum):
    """Which verdicts are listed one by one."""

    REPRODUCED = "reproduced"
    CONSISTENT = "consistent"
    DIVERGED = "diverged"
    UNREPLAYABLE = "unreplayable"


@app.command("replay")
@asks_for_calls
@chooses_engine
def replay(
    context: typer.Context,
    logs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[LOGS|URL|LINE|-]...",
            help="Log files, a table of a database, a log line, or - for stdin.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="RELEASE|live|MODEL|ALIAS",
            help="Also answer each request from there: what would move, at what cost.",
        ),
    ] = None,
    each: Annotated[bool, typer.Option("--each", help="List each call with its verdict.")] = False,
    only: Annotated[
        list[Only] | None, typer.Option("--only", help="List each call with this verdict.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", metavar="FILE", help="Write a verdict a line there: .jsonl or .parquet."
        ),
    ] = None,
    bundle: BundleOption = None,
    *,
    asked: AskedCalls,
    read_by: ReadBy,
    form: FormatOption = Format.TEXT,
) -> int:
    """Replay logged decisions, and count the verdicts.

    A call is reproduced, consistent, diverged or unreplayable; the first of each kind is shown with
    the reason. What the provider served is judged and counted beside that.
    Exits with 3 where a call diverged, 4 where one could not be read or proves nothing (it does
    not say which model answered, or its release is not known), 5 where a release's bytes are not
    intact.
    """
    end_like_ctrl_c(context)
    session = session_of(context)
    session.bundle = bundle
    selection = asked.selection()
    # A person who pastes a line asks about that line.
    given = logs or ["-"]
    listed = _listed(each or any(map(is_line, given)), only)
    impact = impact_of(session, against) if against else None
    audit, answers = Audit(), answers_of(session)
    limits = partial(limits_of, session, answers)
    each_counts = output or Verdict.REPRODUCED in listed
    edges = None if each_counts else limits
    has_listed = HasVerdict(session.chosen_workspace, session.bundle, listed) if listed else None
    usage = () if impact is None else (logs_usage,)
    if read_by.is_spark:
        entries = _on_spark(given, asked, read_by, selection, edges, usage, has_listed)
    else:
        apart = usage if has_listed is None else (*usage, has_listed)
        entries = _entries(given, asked, selection, edges, apart, listed=bool(listed))
    with writing_verdicts(output) as file, beside(output):
        for call in judged_calls(entries, answers, audit, selection):
            if impact is not None:
                impact.add(call)
            if file is not None:
                file.write(call)
            if call.replay is not None and call.replay.verdict in listed:
                _show_call(call, form)
        if impact is not None:
            impact.end()
    require_known_names(lambda: session.store, audit, selection)
    with beside(output):
        _show_totals(audit, impact, form, listed=bool(listed))
    tell_read_elsewhere(answers)
    if against == "live":
        _tell_landed(session)
    return _exit_code(audit)


def _listed(each: bool, only: Sequence[Only] | None) -> Collection[Verdict]:
    """The verdicts whose calls are listed one by one."""
    if only:
        return {Verdict(verdict) for verdict in only}
    return set(Verdict) if each else ()


def _entries(
    logs: Sequence[str],
    asked: AskedCalls,
    selection: Selection,
    edges: Callable[[], TokenEdges] | None,
    apart: tuple[IsApart, ...],
    *,
    listed: bool,
) -> Iterator[ReadEntry]:
    """The calls of all logs; a line that is given as an argument is a log of its own."""
    form = asked.form()
    for are_lines, group in groupby(logs, is_line):
        if are_lines:
            for line in group:
                yield from calls_in_text(line.encode("utf-8", "surrogateescape"), form=form)
        else:
            yield from entries_of(
                [*group],
                form,
                selection,
                edges=edges,
                each_of=apart,
                beside_results=listed,
            )


def _on_spark(
    logs: Sequence[str],
    asked: AskedCalls,
    read_by: ReadBy,
    selection: Selection,
    edges: Callable[[], TokenEdges] | None,
    each_of: tuple[IsApart, ...],
    has_listed: IsApart | None,
) -> Iterator[ReadEntry]:
    """The same, from Spark. Verdicts are found here alone, where the releases are."""
    # Imported here because only Spark needs it.
    from zumik.logs.spark.spark_calls import spark_calls_in
    from zumik.logs.spark.spark_sums import Task

    limits = None if edges is None else edges()
    task = Task((), limits, asked.form(), selection, each_of=each_of)
    return spark_calls_in(logs, task, tell, read_by.master, has_listed)


def _show_call(judged: JudgedCall, form: Format) -> None:
    call, replay = judged
    assert replay is not None
    place = str(call.place)
    if form is Format.JSON:
        head = {"place": place, "calls": call.calls, "taken_from": list(call.taken_from)}
        typer.echo(json_text(versioned("listed-call", {**head, **replay_to_json(replay)})))
    else:
        section = replay_section(place, replay)
        if call.taken_from:
            section = [*section, f"        taken from: {', '.join(call.taken_from)}"]
        show([section])


def _show_totals(audit: Audit, impact: Impact | None, form: Format, *, listed: bool) -> None:
    """The report; where calls are listed as JSON lines, the totals are not one of the results."""
    if form is Format.TEXT:
        sections = [*audit_report(audit), *(impact_report(impact) if impact is not None else ())]
        show([[], *sections] if listed else sections)
    elif listed:
        tell(audit_to_text(audit))
    else:
        against = impact_to_json(impact) if impact is not None else None
        document = {**audit_to_json(audit), "impact": against}
        typer.echo(json_text(versioned("replay", document), indent=2))


def _tell_landed(session: Session) -> None:
    """Warn where the live pointers that were compared with are not what `live_ref` has."""
    from zumik.actions.live.live_on_ref import live_on_ref
    from zumik.reports.live_ref_report import differing_to_lines

    tell("\n".join(differing_to_lines(live_on_ref(session.store))) or None)


def _exit_code(audit: Audit) -> int:
    if audit.not_intact:
        return 5
    if audit.has_diverged:
        return 3
    return 4 if audit.has_undecided else 0
