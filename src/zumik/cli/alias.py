"""`zumik alias`: what each alias stands for, and moving it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.move_aliases import asked_of, move, retirement
from zumik.actions.publish import BranchOption, DryRunOption, Landing, NoCommitOption, PushOption
from zumik.actions.session import Session
from zumik.cli.context import session_of, writer
from zumik.cli.history import history
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.cli.release import chosen_release, require_text
from zumik.core.basics.display import neutral
from zumik.core.basics.names import AliasName
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.live.drains import DrainStatus
from zumik.core.live.pointer import Pointer, pointer_to_bytes
from zumik.core.live.pointer_move import already_there, promotable, rollback_target
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import AnswerIsNo, UsageError, ZumikError
from zumik.workspace.store import Store

if TYPE_CHECKING:
    from zumik.core.decisions.alias_table import AliasTable

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Show what aliases point to; promote, roll back, see the past.",
)

MovedAsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="TIME", help="Date the move then, in UTC.")
]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why it moves.")]


@app.command("list")
def list_aliases(context: typer.Context, form: FormatOption = Format.TEXT) -> None:
    """List the aliases with what they answer now, and the releases they stand for."""
    from zumik.actions.drain_change import shown_now
    from zumik.reports.alias_report import lives_section, lives_to_json, overruled
    from zumik.reports.drain_report import drains_section

    session = session_of(context)
    shown = shown_now(session)
    found = list(lives(session, shown))

    emit(
        form,
        lambda: [drains_section(shown, overruled(found)), lives_section(found)],
        lambda: lives_to_json(found),
    )


def lives(session: Session, shown: DrainStatus) -> Iterator[LiveAlias]:
    """Every live pointer with the table behind it, what answers, and whether it has landed."""
    from zumik.actions.publish import landed_or_unknown
    from zumik.core.decisions.alias_table import rederive
    from zumik.core.decisions.drained_decision import answered

    store = session.store
    for pointer in store.pointers():
        table: AliasTable | Unknown
        said, answer = None, None
        try:
            source = store.live_release(pointer.alias)
            table = rederive(source, pointer.alias).table
            said = table.alias.deprecated
            answer = answered(shown.drains, source, pointer.alias, shown.at)
        except ZumikError as error:
            table = Unknown(error.message)
        path = store.live / pointer.file_name
        landed = landed_or_unknown(session, path, pointer_to_bytes(pointer))
        withdrawal = store.withdrawals.get(pointer.target.id)
        overdue = said is not None and said.has_ended(session.now().date())
        yield LiveAlias(pointer, table, landed, withdrawal, overdue, answer)


@app.command("show")
def show(
    context: typer.Context,
    alias: Annotated[str, typer.Argument(help="As in code.fast.")],
    form: FormatOption = Format.TEXT,
) -> None:
    """Show one alias: its pointer, its policy as frozen, its ranking, and what it answers now."""
    from zumik.actions.drain_change import shown_now
    from zumik.core.decisions.alias_table import rederive
    from zumik.core.decisions.drained_decision import answered
    from zumik.reports.alias_report import alias_report, alias_to_json

    session = session_of(context)
    name = AliasName(alias)
    pointer = session.store.live_pointer(name)
    source = session.store.live_release(name)
    found = rederive(source, name)
    withdrawal = session.store.withdrawal(pointer.target.id)
    shown = shown_now(session)
    answer = answered(shown.drains, source, name, shown.at)
    emit(
        form,
        lambda: alias_report(pointer, found, withdrawal, answer, shown),
        lambda: alias_to_json(pointer, found, withdrawal, answer),
    )


@app.command("promote")
def promote(
    context: typer.Context,
    aliases: Annotated[
        list[str] | None, typer.Argument(metavar="[ALIAS]...", help="As in code.fast.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", metavar="RELEASE", help="The release.")] = None,
    latest: Annotated[bool, typer.Option("--latest", help="The newest release.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Every alias that the release holds.")
    ] = False,
    reason: ReasonOption = None,
    as_of: MovedAsOfOption = None,
    dry_run: DryRunOption = False,
    no_commit: NoCommitOption = False,
    branch: BranchOption = None,
    push: PushOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Move aliases to a release, and commit it; says whether that is live yet.

    An alias that stands for the release already is left alone.
    """
    session = writer(context, "alias promote", dry_run=dry_run)
    _require_choice(aliases, everything, to, latest)
    landing = Landing(not no_commit, branch, push)
    asked = asked_of(session, "promote", reason, as_of, landing)._replace(dry_run=dry_run)
    source = chosen_release(session.store, None if latest else to)
    names = list(source.aliases) if everything else [AliasName(name) for name in aliases or ()]
    moves = []
    for name in dict.fromkeys(names):
        _require_promotable(session.store, source, name)
        previous = session.store.pointer(name)
        if already_there(previous, source.ref):
            tell(f"{name} stands for {source.ref.id} already")
        else:
            moves.append((name, previous, source))
    move(session, asked, moves, form)


def _require_promotable(store: Store, source: VerifiedRelease, alias: AliasName) -> None:
    """Raises CannotRun and AnswerIsNo where the alias cannot go to the release."""
    withdrawal = store.withdrawals.get(source.ref.id)
    standing = store.standing if withdrawal else None
    promotable(source, alias, withdrawal, standing.id if standing else None)


def _require_choice(
    aliases: list[str] | None, everything: bool, to: str | None, latest: bool
) -> None:
    if bool(aliases) == everything:
        raise UsageError(
            "name the aliases, or give --all", hint="zumik alias promote code.fast --latest"
        )
    if (to is None) == (not latest):
        raise UsageError("give --to RELEASE or --latest", hint="zumik release list shows them")


@app.command("rollback")
def rollback(
    context: typer.Context,
    aliases: Annotated[list[str], typer.Argument(metavar="ALIAS...", help="As in code.fast.")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="RELEASE", help="Not the last one live before.")
    ] = None,
    reason: ReasonOption = None,
    as_of: MovedAsOfOption = None,
    dry_run: DryRunOption = False,
    no_commit: NoCommitOption = False,
    branch: BranchOption = None,
    push: PushOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Move aliases back to the release that was live before, and commit it.

    Skips releases that are withdrawn, or whose winner has retired. Exits with 3 where there is none
    to go back to.
    """
    session = writer(context, "alias rollback", dry_run=dry_run)
    store = session.store
    landing = Landing(not no_commit, branch, push)
    asked = asked_of(session, "rollback", reason, as_of, landing)._replace(dry_run=dry_run)
    moves = []
    for name in dict.fromkeys(AliasName(alias) for alias in aliases):
        current = store.live_pointer(name)
        if to is not None:
            source = chosen_release(store, to)
            _require_promotable(store, source, name)
        else:
            source = _went_before(session, current, asked.now.date())
        if already_there(current, source.ref):
            tell(f"{name} stands for {source.ref.id} already")
        else:
            moves.append((name, current, source))
    move(session, asked, moves, form)


@app.command("retire")
def retire(
    context: typer.Context,
    aliases: Annotated[list[str], typer.Argument(metavar="ALIAS...", help="As in code.fast.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for whoever asks for it.")],
    instead: Annotated[
        str | None, typer.Option("--use", metavar="ALIAS", help="What to ask for instead.")
    ] = None,
    as_of: MovedAsOfOption = None,
    dry_run: DryRunOption = False,
    no_commit: NoCommitOption = False,
    branch: BranchOption = None,
    push: PushOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """End aliases, and commit it: they answer nothing more, and their past stays explained.

    Whoever asks for one is told why, and what to use instead: without --use what replaces it by its
    policy, if that says so. A promotion brings one back.
    """
    session = writer(context, "alias retire", dry_run=dry_run)
    names = list(dict.fromkeys(AliasName(alias) for alias in aliases))
    landing = Landing(not no_commit, branch, push)
    asked = asked_of(session, "retire", reason, as_of, landing)._replace(dry_run=dry_run)
    asked = asked._replace(instead=_replacements(session.store, names, instead))
    moves = []
    for name in names:
        require_text(asked.reason_for(name), "--reason")
        current = session.store.live_pointer(name)
        if current.kind == "retire":
            tell(f"{name} was retired already")
        else:
            moves.append((name, current, session.store.live_release(name)))
    move(session, asked, moves, form)


def _replacements(
    store: Store, leaving: Sequence[AliasName], instead: str | None
) -> dict[AliasName, AliasName]:
    """What to use instead of each: what was named, else what its policy as frozen names.

    Raises UsageError and CannotRun where nobody could use what was named. What a policy names and
    nobody can use is told and left out: it does not hold up a retirement.
    """
    if instead is not None:
        _require_usable(store, AliasName(instead), leaving)
        return dict.fromkeys(leaving, AliasName(instead))
    found = {}
    for name in leaving:
        if store.live_pointer(name).kind == "retire":
            continue
        said = store.live_release(name).aliases[name].policy.deprecated
        if said is None or said.replaced_by is None:
            continue
        try:
            _require_usable(store, said.replaced_by, leaving)
            found[name] = said.replaced_by
        except ZumikError as error:
            tell(f"warning: nothing is named to use instead of {name}: {neutral(error.message)}")
    return found


def _require_usable(store: Store, instead: AliasName, leaving: Sequence[AliasName]) -> None:
    """Raises UsageError and CannotRun where nobody could use it."""
    if instead in leaving:
        raise UsageError(f"{instead} is retired by this very command", hint="name another")
    store.live_release(instead)


def _went_before(session: Session, current: Pointer, today: date) -> VerifiedRelease:
    """Where a rollback goes by itself.

    Raises AnswerIsNo where there is nothing to go back to, and CannotRun where a shallow clone
    leaves that open.
    """
    from zumik.actions.landed_pointers import LandedPointers

    landed = LandedPointers(session)
    store, alias = session.store, current.alias
    earlier = (
        past.pointer.target
        for past in landed.of(alias)
        if past.pointer is not None and past.pointer.generation < current.generation
    )
    try:
        return rollback_target(
            alias,
            current,
            earlier,
            store.release,
            today,
            retirement(store),
            store.withdrawals,
        )
    except AnswerIsNo:
        landed.require_whole()
        raise


app.command("history")(history)
