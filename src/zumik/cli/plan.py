"""`zumik plan`: what freezing now would change, against what is live. It writes nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from zumik.actions.plan_aliases import plan_aliases
from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.reports.plan_report import plans_report, plans_to_json

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("plan")
def plan(
    context: typer.Context,
    aliases: Annotated[
        list[str] | None, typer.Argument(metavar="[ALIAS]...", help="Only these, with the table.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="TIME", help="As if it were then, in UTC.")
    ] = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """Show what freezing policy and catalog now would change.

    For each alias: the winner, its figures, by how much it wins, and what would flip that.

    Exits with 3 where nothing could be frozen.
    """
    session = session_of(context)
    plans = plan_aliases(session, session.now(as_of).date(), aliases or ())
    emit(
        form,
        lambda: plans_report(plans, whole=bool(aliases)),
        lambda: plans_to_json(plans),
    )
    if any(found.after is not None and found.after.winner is None for found in plans):
        return 3
    if form is Format.TEXT:
        tell("\nNothing was written. Freeze it with: zumik release create --note '…'")
    return 0
