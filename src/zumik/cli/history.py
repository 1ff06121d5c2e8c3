"""`zumik alias history`: which pointers of an alias landed, when, by whom and why."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated

import typer

from zumik.actions.live.alias_history import alias_history, live_at
from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.output import TableFormat, TableFormatOption, emit, show_csv, tell
from zumik.cli.progress import waiting
from zumik.core.basics.names import AliasName
from zumik.core.basics.times import utc_from_iso
from zumik.core.live.landed_pointer import UNSHALLOW
from zumik.errors import UsageError

AtOption = Annotated[
    str | None,
    typer.Option(
        "--at",
        metavar="TIME",
        help="Only what was live then, in UTC: a date means its end; or now.",
    ),
]


def history(
    context: typer.Context,
    alias: Annotated[str, typer.Argument(help="As in code.fast.")],
    at: AtOption = None,
    form: TableFormatOption = TableFormat.TEXT,
) -> None:
    """Show the moves of an alias that landed: when, who, why, where.

    Shows release and model of each move on live_ref, and who proposed, merged, approved and signed
    it, as far as git says. The order of the commits counts. A commit whose clock cannot be true is
    marked, and dated like the one before it. Exits with 3 where nothing was live at that time, 4
    where a shallow clone cannot know.
    """
    from zumik.workspace.target_facts import alias_named

    session = session_of(context)
    name = alias_named(session.store, alias)
    if at is not None:
        stand_in = _show_at(session, name, moment_at(at, session.now()), form)
    else:
        stand_in = _show_all(session, name, form)
    if stand_in is not None:
        tell(f"\n{stand_in}")


def _show_all(session: Session, alias: AliasName, form: TableFormat) -> str | None:
    from zumik.reports.alias_history_report import alias_history_to_json, history_report
    from zumik.reports.audit_table import HISTORY_COLUMNS, history_to_rows

    # Git starts ssh-keygen or gpg for each signature.
    with waiting("reading the history and its signatures"):
        found = alias_history(session, alias)
    if form is TableFormat.CSV:
        show_csv(HISTORY_COLUMNS, history_to_rows(alias, found.landed, found.people))
        return found.stand_in
    emit(
        form,
        "alias-history",
        lambda: history_report(found),
        lambda: alias_history_to_json(alias, found),
    )
    if found.boundary is not None:
        tell(
            f"\nthis is a shallow clone: what landed on {found.ref} before "
            f"{found.boundary:%Y-%m-%d %H:%M} is not here: {UNSHALLOW}"
        )
    return found.stand_in


def _show_at(session: Session, alias: AliasName, moment: datetime, form: TableFormat) -> str | None:
    from zumik.reports.alias_history_report import live_then_to_json, past_report
    from zumik.reports.audit_table import HISTORY_COLUMNS, history_to_rows

    found = live_at(session, alias, moment)
    if form is TableFormat.CSV:
        show_csv(HISTORY_COLUMNS, history_to_rows(alias, [found.landed], found.people))
        return found.stand_in
    emit(
        form,
        "alias-history",
        lambda: past_report(found, moment),
        lambda: live_then_to_json(alias, found, moment),
    )
    return found.stand_in


def moment_at(text: str, now: datetime) -> datetime:
    """The time that a person means; `now` too. A day means its end, or now where it has not ended.

    Raises UsageError for what is no time, or lies in the future.
    """
    if text == "now":
        return now
    try:
        moment = _parsed(text)
    except ValueError:
        raise UsageError(
            "--at takes a date or a UTC time", hint="--at 2026-06-09, or --at 2026-06-09T08:00:00Z"
        ) from None
    if isinstance(moment, datetime) and moment <= now:
        return moment
    if not isinstance(moment, datetime) and moment <= now.date():
        return min(datetime.combine(moment, time.max, UTC), now)
    raise UsageError("--at lies in the future", hint="--at takes a time up to now")


def _parsed(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return utc_from_iso(text)
