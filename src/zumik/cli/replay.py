"""`zumik replay`: do logged decisions follow from the releases they name?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Annotated

import typer

from zumik.actions.replay_lines import (
    ReplayCounts,
    ReplayedLine,
    alternative_of,
    replay_lines,
)
from zumik.actions.session import Session
from zumik.actions.workspace_answers import WorkspaceAnswers
from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, json_text, show, stdin, tell
from zumik.cli.progress import beside_results
from zumik.core.decisions.log_line import MAX_LINE_BYTES, LogLine, UnreadableLine, read_log_line
from zumik.errors import CannotRun
from zumik.reports.decision_report import (
    counts_to_text,
    differences_table,
    replay_section,
    replay_to_json,
)

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("replay")
def replay_logs(
    context: typer.Context,
    logs: Annotated[
        list[str] | None,
        typer.Argument(metavar="[LOGS|LINE|-]...", help="JSONL files, a log line, or - for stdin."),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="REFERENCE|RELEASE|live",
            help="Also answer each logged request from there, and count what would differ.",
        ),
    ] = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """Replay logged decisions, with a verdict for each line.

    A line is reproduced, consistent, diverged or unreplayable, and it says why. What the provider
    served is judged and counted beside that.
    Exits with 3 where a line diverged, 4 where one could not be read or proves nothing (it does
    not say which model answered, or its release is not known), 5 where a release's bytes are not
    intact.
    """
    session = session_of(context)
    alternative = alternative_of(session, against) if against else None
    counts = ReplayCounts()
    replayed = replay_lines(_parsed(_lines(logs or ["-"])), WorkspaceAnswers(session))
    for line in beside_results(replayed, "lines"):
        counts.add(line, alternative)
        _show(line, form)
    _show_counts(counts, form)
    if against == "live":
        _tell_landed(session)
    return _exit_code(counts)


def _tell_landed(session: Session) -> None:
    """Warn where the live pointers that were compared with are not what `live_ref` has."""
    from zumik.actions.live_on_ref import live_on_ref
    from zumik.reports.live_ref_report import differing_to_lines

    tell("\n".join(differing_to_lines(live_on_ref(session.store))) or None)


def _exit_code(counts: ReplayCounts) -> int:
    if counts.not_intact:
        return 5
    if counts.has_diverged:
        return 3
    return 4 if counts.has_undecided else 0


def _parsed(lines: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, LogLine | str]]:
    """Each line, or why it cannot be read."""
    for number, data in lines:
        try:
            yield number, read_log_line(data)
        except UnreadableLine as error:
            yield number, error.message


def _lines(logs: list[str]) -> Iterator[tuple[int, bytes]]:
    """The lines of all logs, numbered through; a line given as an argument is one."""
    number = 0
    for log in logs:
        if log.lstrip().startswith("{"):
            number += 1
            yield number, log.encode("utf-8", "surrogateescape")
            continue
        with _opened(log) as file:
            for line in _bounded_lines(file):
                number += 1
                if line.strip():
                    yield number, line


def _opened(log: str) -> IO[bytes]:
    if log == "-":
        return stdin()
    try:
        return Path(log).open("rb")
    except OSError as error:
        raise CannotRun(
            f"cannot read {log}: {error.strerror}",
            hint="a file of log lines, a log line in quotes, or - for stdin",
        ) from None


def _bounded_lines(file: IO[bytes]) -> Iterator[bytes]:
    """Lines. One that is too long is cut, so that it is refused and memory stays bounded."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        rest = line
        while len(rest) > MAX_LINE_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(MAX_LINE_BYTES + 1)
        yield line


def _show(line: ReplayedLine, form: Format) -> None:
    if line.replay is None:
        tell(f"{line.number:>6}  unreadable: {line.unreadable}")
    elif form is Format.JSON:
        typer.echo(json_text({"line": line.number, **replay_to_json(line.replay)}))
    else:
        show([replay_section(line.number, line.replay)])


def _show_counts(counts: ReplayCounts, form: Format) -> None:
    counted = counts_to_text(counts.verdicts, counts.served, counts.unreadable)
    others = [(n, pair) for pair, n in counts.answered.most_common() if pair[0] != pair[1]]
    if form is Format.JSON:
        tell(counted)
        for count, (logged, other) in others:
            typer.echo(json_text({"against": other, "then": logged, "lines": count}))
        return
    typer.echo(counted)
    if counts.answered:
        total = sum(n for n, _ in others)
        typer.echo(f"{total:,} would be answered by another model")
        if others:
            rows = [(f"{n:,}", *pair) for n, pair in others]
            show([[differences_table(rows)]])
