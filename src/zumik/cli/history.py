"""`zumik alias history`: which pointers of an alias landed, when, by whom and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Annotated

import typer

from zumik.actions.landed_pointers import LandedPointers, winner_of
from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, emit, tell, terminal_style
from zumik.core.basics.names import AliasName
from zumik.core.basics.times import utc_from_iso
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.live.pointer import Pointer
from zumik.errors import AnswerIsNo, UsageError, ZumikError


def history(
    context: typer.Context,
    alias: Annotated[str, typer.Argument(help="As in code.fast.")],
    at: Annotated[
        str | None,
        typer.Option(
            "--at",
            metavar="TIME",
            help="Only what was live then, in UTC; a date alone is the end of that day.",
        ),
    ] = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Show every move of an alias that landed on live_ref: when, who, why, release and model.

    The order of the commits counts: one that claims to be older than the one before it landed with
    that. Exits with 3 where nothing was live at that time, 4 where a shallow clone cannot know.
    """
    session = session_of(context)
    name, landed = AliasName(alias), LandedPointers(session)
    moment = _moment(at, session.now()) if at is not None else None
    if moment is not None:
        _show_at(session, landed, name, moment, form)
    else:
        _show_all(session, landed, name, form)
    if landed.stand_in is not None:
        tell(f"\n{landed.stand_in}")


def _show_all(session: Session, landed: LandedPointers, alias: AliasName, form: Format) -> None:
    from zumik.reports.alias_report import history_to_json, history_to_text

    found, ref = landed.of(alias), landed.line.ref
    waiting = list(_not_landed(session, alias, found))
    if not found:
        landed.require_whole()
        session.store.live_pointer(alias)
    emit(
        form,
        lambda: history_to_text(found, waiting, ref, terminal_style()),
        lambda: history_to_json(found),
    )
    if landed.line.boundary is not None:
        from zumik.git.first_parent_history import UNSHALLOW

        tell(
            f"\nthis is a shallow clone: what landed on {ref} before "
            f"{landed.line.boundary:%Y-%m-%d %H:%M} is not here: {UNSHALLOW}"
        )


def _not_landed(
    session: Session, alias: AliasName, found: tuple[LandedPointer, ...]
) -> Iterator[tuple[Pointer, str | None]]:
    """The pointer in the work tree, where it is another than the one that landed last."""
    try:
        pointer = session.store.pointer(alias)
    except ZumikError:
        return
    if pointer is not None and (not found or found[0].pointer != pointer):
        yield pointer, winner_of(session.store, pointer)


def _show_at(
    session: Session, landed: LandedPointers, alias: AliasName, moment: datetime, form: Format
) -> None:
    from zumik.reports.alias_report import past_to_json, past_to_text

    past = landed.at(alias, moment)
    if past is None or past.pointer is None or past.pointer.is_retired:
        why = "nothing had landed"
        if past is not None:
            why = "it was retired" if past.pointer is not None else "its pointer was gone or broken"
            why += f" by {past.commit or 'an unknown commit'} of {past.landed_at:%Y-%m-%d %H:%M}"
        raise AnswerIsNo(
            f"{alias} was not live on {landed.line.ref} at {moment:%Y-%m-%dT%H:%M:%SZ}: {why}",
            hint=f"zumik alias history {alias} shows when it was",
        )
    emit(
        form,
        lambda: past_to_text(past, moment, landed.line.ref, terminal_style()),
        lambda: past_to_json(past),
    )


def _moment(text: str, now: datetime) -> datetime:
    """The time that a person means; a day means all of it, as far as it has gone.

    Raises UsageError for what is no time, or lies in the future.
    """
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
    raise UsageError("--at lies in the future", hint="nobody knows what will be live then")


def _parsed(text: str) -> date | datetime:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return utc_from_iso(text)
