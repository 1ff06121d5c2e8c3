"""`zumik pages`: what the workspace says, as pages that any web server can publish."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, emit
from zumik.cli.progress import watched
from zumik.errors import CannotRun
from zumik.reports.text import plural

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def _pages() -> None:
    """Build a site of pages."""


@app.command("build")
def build(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIRECTORY", help="Where the site is written.")
    ],
    form: FormatOption = Format.TEXT,
) -> None:
    """Write a static site of aliases, models and releases.

    Nothing of confidential providers is in it.
    """
    _require_extra()
    from zumik.actions.build_pages import build_pages

    count = sum(1 for _ in watched(build_pages(session_of(context), output), "pages"))
    emit(
        form,
        lambda: f"{output}: {plural(count, 'file')}",
        lambda: {"directory": str(output), "files": count},
    )


def _require_extra() -> None:
    """Raises CannotRun where the extra is not installed."""
    from importlib.util import find_spec

    if find_spec("jinja2") is None:
        raise CannotRun("building pages needs jinja2", hint="pip install 'zumik[pages]'")
