"""`zumik status`: where am I, what is live, and what is waiting?"""

from __future__ import annotations

import typer

from zumik.actions.gather_status import gather_status
from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, emit
from zumik.cli.progress import waiting
from zumik.reports.status_report import status_report, status_to_json

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("status")
def status(context: typer.Context, form: FormatOption = Format.TEXT) -> None:
    """Show what is live, what each alias answers, and what is waiting.

    Exits with 4 where a live pointer cannot be read, after it has shown the others.
    """
    with waiting("looking at what is live"):
        found = gather_status(session_of(context))
    emit(form, "status", lambda: status_report(found), lambda: status_to_json(found))
    for error in found.unread:
        raise error
