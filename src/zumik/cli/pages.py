"""`zumik pages`: what the workspace says, as pages that any web server can publish."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.session import Session
from zumik.cli.context import end_like_ctrl_c, session_of
from zumik.cli.log_options import AskedCalls, ReadBy, asks_for_calls, chooses_engine
from zumik.cli.options import DryRunOption
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.cli.progress import watched
from zumik.errors import CannotRun, UsageError
from zumik.processors import usable_processors

if TYPE_CHECKING:
    from zumik.core.traffic.mix import Mix

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def _pages() -> None:
    """Build a site of pages."""


@app.command("build")
@asks_for_calls
@chooses_engine
def build(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="The site's own directory.")
    ],
    url: Annotated[
        str | None,
        typer.Option("--url", metavar="URL", help="Where the site will be, for its feeds."),
    ] = None,
    logs: Annotated[
        list[str] | None,
        typer.Option("--logs", metavar="LOGS", help="Show the traffic of these logs, by month."),
    ] = None,
    *,
    asked: AskedCalls,
    read_by: ReadBy,
    dry_run: DryRunOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Write a static site of aliases, models and releases.

    Writes what changed since the last build, and removes only files of earlier builds.
    Nothing of confidential providers is in it.
    """
    if str(output) == "-":
        raise UsageError("a site is a directory, and has no place on stdout", hint="--out site")
    _require_extra()
    from zumik.actions.site.build_pages import SiteOptions, build_pages, plan_pages
    from zumik.reports.built_site_report import built_site_report, built_site_to_json

    session, address = session_of(context), _site_url(url)
    end_like_ctrl_c(context)
    options = SiteOptions(address, _mix(session, logs, asked, read_by), usable_processors())
    site = (
        plan_pages(session, output, options, watched)
        if dry_run
        else build_pages(session, output, options, watched, tell)
    )
    emit(form, "built-site", lambda: built_site_report(site), lambda: built_site_to_json(site))
    if dry_run:
        tell("dry run: nothing was written")


def _mix(
    session: Session, logs: list[str] | None, asked: AskedCalls, read_by: ReadBy
) -> Mix | None:
    """The mix of the logs; None where none are given. Raises ZumikError."""
    selection = asked.selection()
    if not logs:
        return None
    from zumik.actions.logs.logs_mix import mix_of

    return mix_of(session, read_by.table_of(logs, asked, by_day=True), selection)


def _site_url(text: str | None) -> str | None:
    """The address of the site, with a slash at its end. Raises UsageError."""
    if text is None:
        return None
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(text)
        is_good = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0
        is_good = is_good and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        is_good = False
    if not is_good or not text.isascii() or not text.isprintable() or set(text) & set(' "<>\\'):
        raise UsageError("--url takes an https address", hint="--url https://example.org/aliases/")
    return text if text.endswith("/") else f"{text}/"


def _require_extra() -> None:
    """Raises CannotRun where the extra is not installed."""
    from importlib.util import find_spec

    if find_spec("jinja2") is None:
        raise CannotRun("building pages needs jinja2", hint="pip install 'zumik[pages]'")
