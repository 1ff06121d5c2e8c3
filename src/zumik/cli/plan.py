"""`zumik plan`: what freezing now would change, against what is live. It writes nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from zumik.actions.releases.plan_aliases import plan_aliases
from zumik.cli.context import session_of
from zumik.cli.log_options import AskedCalls, LogsOption, asks_for_calls
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.cli.progress import waiting
from zumik.reports.finding_report import findings_report
from zumik.reports.impact_report import weighed_report, weighed_to_json
from zumik.reports.plain import plain
from zumik.reports.plan_report import (
    AskedDay,
    asked_day_report,
    plan_notes,
    plans_report,
    plans_to_json,
)

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("plan")
@asks_for_calls
def plan(
    context: typer.Context,
    aliases: Annotated[
        list[str] | None, typer.Argument(metavar="[ALIAS]...", help="Only these, with the table.")
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="TIME", help="As if it were then, in UTC; also a future day."
        ),
    ] = None,
    logs: LogsOption = None,
    *,
    asked: AskedCalls,
    form: FormatOption = Format.TEXT,
) -> int:
    """Show what freezing policy and catalog now would change.

    For each alias: the winner, its figures, by how much it wins, and what would flip that. With
    --logs each logged request is asked of what is live, and of what freezing now would give.
    With --as-of policy, facts and live pointers are those of now, and only the day is another: what
    retires by then is left out.

    Exits with 3 where nothing could be frozen.
    """
    requests = asked.of_logs(logs)
    session = session_of(context)
    now = session.now(as_of, ahead=True)
    day = AskedDay(now.date(), session.now().date()) if as_of else None
    with waiting("planning"):
        plans, passed_over = plan_aliases(session, now.date(), aliases or ())
    cannot_freeze = any(found.after and found.after.winner is None for found in plans)
    weighed = None
    if requests and not cannot_freeze:
        from zumik.actions.logs.weigh_logs import weigh_freezing

        chosen = [found.alias for found in plans] if aliases else ()
        weighed = weigh_freezing(session, requests, now, chosen)
    emit(
        form,
        "plan",
        lambda: [
            *asked_day_report(day),
            *plans_report(plans, whole=bool(aliases)),
            *weighed_report(weighed),
        ],
        lambda: (
            {"plans": plans_to_json(plans, now.date()), "logged_traffic": weighed_to_json(weighed)}
        ),
    )
    if cannot_freeze:
        return 3
    if form is Format.TEXT:
        if passed_over:
            tell("\n" + plain(findings_report(passed_over)))
        tell(plan_notes(as_of, day))
    return 0
