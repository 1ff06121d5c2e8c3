"""Output: results to stdout, the rest to stderr, in the format that was asked for."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Annotated

import typer

from zumik.core.basics.display import neutral
from zumik.errors import ZumikError

if TYPE_CHECKING:
    from zumik.reports.text import Style


class Format(StrEnum):
    """How a result is written."""

    TEXT = "text"
    JSON = "json"


FormatOption = Annotated[
    Format, typer.Option("--format", "-f", help="text for people, json with exact values.")
]


def emit(form: Format, text: Callable[[], str], data: Callable[[], object]) -> None:
    """Write a result to stdout."""
    typer.echo(json_text(data(), indent=2) if form is Format.JSON else text())


def json_text(data: object, *, indent: int | None = None) -> str:
    """JSON of ASCII that can be seen, so that what a terminal shows of it cannot steer it."""
    return json.dumps(data, indent=indent, ensure_ascii=True).replace("\x7f", "\\u007f")


def stdin() -> IO[bytes]:
    """What is piped in; nothing where it is closed."""
    return sys.stdin.buffer if sys.stdin else io.BytesIO()


def terminal_style() -> Style:
    """Colour on a terminal, unless NO_COLOR or TERM=dumb turns it off."""
    from zumik.reports.text import Style

    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Style(colour=bool(sys.stdout) and sys.stdout.isatty() and not plain)


def at_terminal() -> bool:
    """Whether a person sits at the terminal and can answer a question."""
    return any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def tell(message: str) -> None:
    """Say something that is not the result: to stderr."""
    typer.echo(message, err=True)


def error_to_text(error: ZumikError) -> str:
    """`error: what, where`, an empty line, `hint: the next step`."""
    message = "\n".join(neutral(line) for line in error.message.splitlines())
    findings = getattr(error, "findings", ())
    if findings:
        from zumik.reports.finding_report import findings_to_text

        message += f"\n\n{findings_to_text(findings)}"
    text = f"error: {message}"
    return f"{text}\n\nhint: {neutral(error.hint)}" if error.hint else text
