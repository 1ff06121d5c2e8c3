"""Output: results to stdout, the rest to stderr, in the format that was asked for."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from enum import StrEnum
from itertools import pairwise, takewhile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from zumik.cli.proposed import from_here
from zumik.core.basics.display import neutral
from zumik.core.basics.secret_keys import masked
from zumik.errors import Interrupted, ZumikError

if TYPE_CHECKING:
    from zumik.core.live.published import Published
    from zumik.reports.blocks import Report


class TableFormat(StrEnum):
    """How a table is written."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


class Format(StrEnum):
    """How a result is written."""

    TEXT = "text"
    JSON = "json"


TableFormatOption = Annotated[
    TableFormat,
    typer.Option("--format", "-f", help="text, json with exact values, csv for a spreadsheet."),
]
FormatOption = Annotated[
    Format, typer.Option("--format", "-f", help="text for people, json with exact values.")
]


def emit(
    form: Format | TableFormat,
    name: str,
    report: Callable[[], Report | str],
    data: Callable[[], Mapping[str, object]],
) -> None:
    """Write a result to stdout; as JSON it follows `schemas/outputs/NAME.schema.json`."""
    if form in (Format.JSON, TableFormat.JSON):
        typer.echo(json_text(versioned(name, data()), indent=2))
    else:
        show(report())


@contextmanager
def beside(output: Path | None) -> Iterator[None]:
    """What is said while a file is written: on stderr where the file itself goes to stdout."""
    if output is None:
        yield
        return
    # Imported here because most commands write no file.
    from zumik.transaction.output_files import is_stdout

    if not is_stdout(output):
        yield
        return
    with redirect_stdout(sys.stderr):
        yield


def show_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a table to stdout as CSV."""
    from zumik.reports.csv_text import csv_text

    typer.echo(csv_text(columns, rows))


def show(report: Report | str) -> None:
    """Write a report to stdout: drawn to the terminal's width, or plain where it is piped."""
    typer.echo(from_here(painted(report)))


def painted(report: Report | str) -> str:
    """A report, or a sentence, as this run's stdout takes it."""
    if isinstance(report, str):
        report = [[report]]
    if not (sys.stdout and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        from zumik.reports.plain import plain

        return plain(report)
    from shutil import get_terminal_size

    from zumik.reports.terminal import terminal

    colour = not os.environ.get("NO_COLOR")
    return terminal(report, max(40, get_terminal_size().columns), colour=colour)


def versioned(name: str, data: Mapping[str, object]) -> dict[str, object]:
    """A document for programs: which schema it follows, in which version, and what it says."""
    return {"schema": f"zumik.{name}/1", **data}


def json_text(data: object, *, indent: int | None = None) -> str:
    """JSON of ASCII that can be seen, so that what a terminal shows of it cannot steer it."""
    return json.dumps(data, indent=indent, ensure_ascii=True).replace("\x7f", "\\u007f")


def stdin() -> IO[bytes]:
    """What is piped in; nothing where it is closed."""
    return sys.stdin.buffer if sys.stdin else io.BytesIO()


def at_terminal() -> bool:
    """Whether a person sits at the terminal and can answer a question."""
    return any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def people_at_terminal() -> bool:
    """Whether questions can be put: a person reads them and types the answers."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def tell(message: str | None) -> None:
    """Write to stderr what is not the result; None is nothing to write."""
    if message is not None:
        typer.echo(from_here(message), err=True)


def tell_published(notes: str | None, done: Published | None) -> None:
    """Write the notes on what was published, and only then raise what a push failed with."""
    tell(notes)
    if done is not None:
        done.require_pushed()


def asks_for_json(arguments: Sequence[str]) -> bool:
    """Whether a command line asks for JSON, also one that cannot be read as a whole."""
    own = list(takewhile(lambda word: word != "--", arguments))
    pairs = {*pairwise(own)}
    return bool(
        {("--format", "json"), ("-f", "json")} & pairs or {"--format=json", "-fjson"} & set(own)
    )


def error_to_json(error: ZumikError) -> str:
    """An error as one line for programs, as `schemas/outputs/error.schema.json` says."""
    findings = getattr(error, "findings", ())
    listed: list[dict[str, object]] = []
    if findings:
        from zumik.reports.finding_report import findings_to_json

        listed = findings_to_json(findings)
    document = versioned(
        "error",
        {
            "exit_code": error.exit_code,
            "kind": error.kind,
            "message": masked(error.message),
            "hint": from_here(error.hint) if error.hint else None,
            "findings": listed,
        },
    )
    return json_text(document)


def error_to_text(error: ZumikError) -> str:
    """`error: what, where`, an empty line, `hint: the next step`."""
    message = "\n".join(neutral(line) for line in masked(error.message).splitlines())
    findings = getattr(error, "findings", ())
    if findings:
        from zumik.reports.finding_report import findings_report
        from zumik.reports.plain import plain

        message += f"\n\n{plain(findings_report(findings))}"
    text = message if isinstance(error, Interrupted) else f"error: {message}"
    return from_here(f"{text}\n\nhint: {neutral(error.hint)}" if error.hint else text)
