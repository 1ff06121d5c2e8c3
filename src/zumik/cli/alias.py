"""`zumik alias`: which release and model each alias points to, and moving it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.publishing.publish import PublishOptions
from zumik.cli.context import publisher, session_of
from zumik.cli.demanded_reason import asked_reason, require_demanded
from zumik.cli.history import AtOption, history, moment_at
from zumik.cli.new_alias import new
from zumik.cli.output import (
    Format,
    FormatOption,
    TableFormat,
    TableFormatOption,
    emit,
    show_csv,
    tell,
    tell_published,
)
from zumik.cli.publish_options import proposes
from zumik.errors import UsageError

if TYPE_CHECKING:
    from zumik.core.reviews.outcomes import MovedAliases

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Show what aliases point to; promote, roll back, see the past.",
)

app.command("new")(new)

MovedAsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="TIME", help="Date the move then, in UTC.")
]
ReasonOption = Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why it moves.")]


@app.command("list")
def list_aliases(
    context: typer.Context,
    at: AtOption = None,
    form: TableFormatOption = TableFormat.TEXT,
) -> None:
    """List the aliases: what each answers now, and from which release.

    With --at it shows what was live then on live_ref, by the commit that had landed last, with the
    drains and withdrawals of then. Exits with 3 where nothing had landed, 4 where a shallow clone
    cannot know.
    """
    if at is not None:
        _list_then(context, at, form)
        return
    from zumik.actions.live.live_aliases import drain_status, live_aliases, only_on_live_ref
    from zumik.reports.alias_report import lives_section, lives_to_json, overruled
    from zumik.reports.audit_table import ALIAS_COLUMNS, aliases_to_rows, then_to_json
    from zumik.reports.drain_report import drains_section

    session = session_of(context)
    status = drain_status(session)
    found = list(live_aliases(session, status))
    missing = only_on_live_ref(session)
    if form is TableFormat.CSV:
        show_csv(ALIAS_COLUMNS, aliases_to_rows(found))
        return
    emit(
        form,
        "alias-list",
        lambda: [drains_section(status, overruled(found)), lives_section(found, missing)],
        lambda: {**then_to_json(None), "aliases": lives_to_json(found)},
    )


def _list_then(context: typer.Context, at: str, form: TableFormat) -> None:
    """The aliases as they were live at a moment."""
    from zumik.actions.live.live_aliases import aliases_of
    from zumik.actions.live.workspace_then import workspace_then
    from zumik.core.live.drains import DrainStatus
    from zumik.reports.alias_report import lives_section, lives_to_json, overruled
    from zumik.reports.audit_table import (
        ALIAS_COLUMNS,
        aliases_to_rows,
        then_to_json,
        then_to_text,
    )
    from zumik.reports.drain_report import drains_section

    session = session_of(context)
    then = workspace_then(session, moment_at(at, session.now()))
    status = DrainStatus(then.store.drains, then.at)
    found = list(aliases_of(then.store, status, {}, is_known=True))
    said = (then.at, then.ref, then.commit, then.landed_at)
    if form is TableFormat.CSV:
        show_csv(ALIAS_COLUMNS, aliases_to_rows(found, said))
    else:
        emit(
            form,
            "alias-list",
            lambda: [
                [then_to_text(said)],
                drains_section(status, overruled(found)),
                lives_section(found) if found else ["no alias was live"],
            ],
            lambda: {**then_to_json(said), "aliases": lives_to_json(found)},
        )
    tell(then.stand_in)


@app.command("show")
def show(
    context: typer.Context,
    alias: Annotated[str, typer.Argument(help="As in code.fast.")],
    form: FormatOption = Format.TEXT,
) -> None:
    """Show an alias: pointer, frozen policy, ranking, current answer."""
    from zumik.actions.live.live_aliases import drain_status
    from zumik.actions.live.live_on_ref import not_here, pair_of
    from zumik.actions.live.live_retirements import retirements_of
    from zumik.core.decisions.alias_table import rederive
    from zumik.core.decisions.drained_decision import answered
    from zumik.reports.alias_report import alias_report, alias_to_json
    from zumik.workspace.target_facts import alias_named

    session = session_of(context)
    name = alias_named(session.store, alias)
    beside = pair_of(session.store, name)
    if beside is not None and beside.here is None:
        raise not_here(beside)
    pointer = session.store.live_pointer(name)
    source = session.store.live_release(name)
    found = rederive(source, name)
    withdrawal = session.store.withdrawal(pointer.target.id)
    status = drain_status(session)
    answer = answered(status.drains, source, name, status.at)
    today = session.now().date()
    retires = retirements_of(session.store, today)(name, source, answer.decision.model)
    emit(
        form,
        "alias-show",
        lambda: alias_report(pointer, found, withdrawal, answer, status, beside, retires),
        lambda: alias_to_json(pointer, found, withdrawal, answer, beside, retires),
    )


@app.command("promote")
@proposes
def promote(
    context: typer.Context,
    aliases: Annotated[
        list[str] | None, typer.Argument(metavar="[ALIAS]...", help="As in code.fast.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="RELEASE", help="The release.")] = None,
    latest: Annotated[bool, typer.Option("--latest", help="The newest release.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Every alias that the release holds and is not retired.")
    ] = False,
    reason: ReasonOption = None,
    as_of: MovedAsOfOption = None,
    *,
    options: PublishOptions,
    form: FormatOption = Format.TEXT,
) -> None:
    """Move aliases to a release, and commit the move.

    Says whether the move is live yet. An alias that already points to the release does not change.
    """
    from zumik.actions.moves.promote_aliases import promote_aliases

    reason = asked_reason(context, reason)
    session = publisher(context, "alias promote", options)
    if bool(aliases) == everything:
        raise UsageError(
            "name the aliases, or give --all", hint="zumik alias promote code.fast --latest"
        )
    if (to is None) == (not latest):
        raise UsageError("give --to RELEASE or --latest", hint="zumik release list shows them")
    require_demanded(session, reason)
    names = None if everything else aliases
    _show_moved(
        promote_aliases(session, names, to, reason=reason, as_of=as_of, options=options), form
    )


@app.command("rollback")
@proposes
def rollback(
    context: typer.Context,
    aliases: Annotated[list[str], typer.Argument(metavar="ALIAS...", help="As in code.fast.")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="RELEASE", help="Not the last one live before.")
    ] = None,
    reason: ReasonOption = None,
    as_of: MovedAsOfOption = None,
    *,
    options: PublishOptions,
    form: FormatOption = Format.TEXT,
) -> None:
    """Move aliases back to the release before, and commit the move.

    Skips releases that are withdrawn, or whose winner has retired. Exits with 3 where no
    release remains to go back to.
    """
    from zumik.actions.moves.roll_back_aliases import roll_back_aliases

    reason = asked_reason(context, reason)
    session = publisher(context, "alias rollback", options)
    require_demanded(session, reason)
    _show_moved(
        roll_back_aliases(session, aliases, to, reason=reason, as_of=as_of, options=options), form
    )


@app.command("retire")
@proposes
def retire(
    context: typer.Context,
    aliases: Annotated[list[str], typer.Argument(metavar="ALIAS...", help="As in code.fast.")],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, for those who ask for it.")
    ],
    replacement: Annotated[
        str | None, typer.Option("--use", metavar="ALIAS", help="What to ask for instead.")
    ] = None,
    as_of: MovedAsOfOption = None,
    *,
    options: PublishOptions,
    form: FormatOption = Format.TEXT,
) -> None:
    """Retire aliases, and commit it: they answer nothing more.

    Log lines of a retired alias are still explained and replayed.

    A request for one is answered with the reason and what to use instead: --use, or else what its
    policy says replaces it. A promotion brings one back.
    """
    from zumik.actions.moves.retire_aliases import retire_aliases

    session = publisher(context, "alias retire", options)
    require_demanded(session, reason)
    _show_moved(
        retire_aliases(session, aliases, replacement, reason=reason, as_of=as_of, options=options),
        form,
    )


def _show_moved(moved: MovedAliases, form: Format) -> None:
    from zumik.reports.moves_report import moved_notes, moved_report, moved_to_json

    emit(form, "moved-aliases", lambda: moved_report(moved), lambda: moved_to_json(moved))
    tell_published(moved_notes(moved), moved.published)


app.command("history")(history)
