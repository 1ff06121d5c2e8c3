"""`zumik alias`: what each alias stands for, and moving it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from shlex import quote
from typing import Annotated, NamedTuple

import typer

from zumik.cli.history import history, winner_of
from zumik.cli.landing import (
    BranchOption,
    DryRunOption,
    Landed,
    Landing,
    NoCommitOption,
    PushOption,
)
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.cli.release import chosen_release, require_text
from zumik.cli.session import Session, session_of, writer
from zumik.core.catalog import Model
from zumik.core.moving import already_there, promotable, rollback_target
from zumik.core.names import AliasName, neutral
from zumik.core.pointer import Pointer, next_pointer, pointer_to_bytes
from zumik.core.release import VerifiedRelease
from zumik.errors import AnswerIsNo, UsageError, ZumikError
from zumik.reports.aliases import Live, Move
from zumik.workspace.store import Store

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Show what aliases stand for; promote, roll back, and look at their history.",
)

MovedAsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="TIME", help="Date the move then, in UTC.")
]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Why it moves.")]


@app.command("list")
def list_aliases(context: typer.Context, form: FormatOption = Format.TEXT) -> None:
    """List the aliases with what they answer now, and the releases they stand for."""
    from zumik.reports.aliases import lives_to_json, lives_to_text

    session = session_of(context)
    found = list(lives(session))
    emit(form, lambda: lives_to_text(found, session.style), lambda: lives_to_json(found))


def lives(session: Session) -> Iterator[Live]:
    """Every live pointer with the table behind it, and whether it has landed."""
    from zumik.cli.landing import landed_or_unknown
    from zumik.core.explanation import rederive

    store = session.store
    for pointer in store.pointers():
        try:
            source = store.live_release(pointer.alias)
            table = rederive(source, pointer.alias).table
            problem = None
        except ZumikError as error:
            table, problem = None, error.message
        path = store.live / pointer.file_name
        landed = landed_or_unknown(session, path, pointer_to_bytes(pointer))
        withdrawal = store.withdrawals.get(pointer.target.id)
        yield Live(pointer, table, landed, problem, withdrawal)


@app.command("show")
def show(
    context: typer.Context,
    alias: Annotated[str, typer.Argument(help="As in code.fast.")],
    form: FormatOption = Format.TEXT,
) -> None:
    """Show one alias: its pointer, its policy as frozen, and its ranking."""
    from zumik.core.explanation import rederive
    from zumik.reports.aliases import alias_to_json, alias_to_text

    session = session_of(context)
    name = AliasName(alias)
    pointer = session.store.live_pointer(name)
    found = rederive(session.store.live_release(name), name)
    withdrawal = session.store.withdrawal(pointer.target.id)
    emit(
        form,
        lambda: alias_to_text(pointer, found, session.style, withdrawal),
        lambda: alias_to_json(pointer, found, withdrawal),
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
    asked = _asked(session, "promote", reason, as_of, landing)._replace(dry_run=dry_run)
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
    _move(session, asked, moves, form)


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
    asked = _asked(session, "rollback", reason, as_of, landing)._replace(dry_run=dry_run)
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
    _move(session, asked, moves, form)


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

    Whoever asks for one is told why, and what to use instead. A promotion brings one back.
    """
    session = writer(context, "alias retire", dry_run=dry_run)
    names = list(dict.fromkeys(AliasName(alias) for alias in aliases))
    if instead is not None:
        _require_usable(session.store, AliasName(instead), names)
        reason = f"use {instead} instead; {reason}"
    landing = Landing(not no_commit, branch, push)
    asked = _asked(session, "retire", reason, as_of, landing)._replace(dry_run=dry_run)
    moves = []
    for name in names:
        current = session.store.live_pointer(name)
        if current.kind == "retire":
            tell(f"{name} was retired already")
        else:
            moves.append((name, current, session.store.live_release(name)))
    _move(session, asked, moves, form)


def _require_usable(store: Store, instead: AliasName, leaving: Sequence[AliasName]) -> None:
    """Raises UsageError and CannotRun where nobody could use it."""
    if instead in leaving:
        raise UsageError(f"--use {instead} is retired by this very command", hint="name another")
    store.live_release(instead)


def _retirement(store: Store) -> Callable[[Model], date | None]:
    """When a model retires, by the newest release, which may know what an older one could not."""
    newest = store.release(store.newest.id).models if store.newest else {}
    return lambda model: newest.get(model.id, model).retires_on


def _went_before(session: Session, current: Pointer, today: date) -> VerifiedRelease:
    """Where a rollback goes by itself.

    Raises AnswerIsNo where there is nothing to go back to, and CannotRun where a shallow clone
    leaves that open.
    """
    from zumik.cli.history import LandedPointers

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
            _retirement(store),
            store.withdrawals,
        )
    except AnswerIsNo:
        landed.require_whole()
        raise


class Asked(NamedTuple):
    """What a person wants of a move."""

    kind: str
    reason: str | None
    now: datetime
    landing: Landing
    dry_run: bool = False


def _asked(
    session: Session, kind: str, reason: str | None, as_of: str | None, landing: Landing
) -> Asked:
    """Raises UsageError and CannotRun for what cannot be done, before anything is."""
    require_text(reason, "--reason")
    landing.require_possible(session)
    return Asked(kind, reason, session.now(as_of), landing)


Moves = Sequence[tuple[AliasName, Pointer | None, VerifiedRelease]]
"""Aliases with the pointers they have and the releases they go to."""


def _move(session: Session, asked: Asked, moves: Moves, form: Format) -> None:
    """Write the pointers of all moves in one commit, and say where they stand."""
    from zumik.reports.aliases import moves_to_json, moves_to_text

    pointers = [
        next_pointer(
            name, source.ref, previous, kind=asked.kind, reason=asked.reason, now=asked.now
        )
        for name, previous, source in moves
    ]
    stands, done = "dry run: nothing was written" if moves else "nothing moved", None
    if pointers and not asked.dry_run:
        stands, done = _land(session, asked, pointers)
    rows = [
        Move(
            pointer,
            winner_of(session.store, previous),
            None if asked.kind == "retire" else source.aliases[name].winner,
            previous,
        )
        for pointer, (name, previous, source) in zip(pointers, moves, strict=True)
    ]
    landed = done.to_json() if done else {}
    emit(
        form,
        lambda: moves_to_text(rows, session.style),
        lambda: {
            "status": stands,
            "dry_run": asked.dry_run,
            **landed,
            "moves": moves_to_json(rows),
        },
    )
    if rows:
        tell(f"\n{stands}")
        if asked.kind != "retire":
            _tell_retired(moves, _retirement(session.store), asked.now.date())
    if done is not None:
        _tell_next(pointers, done)


def _land(session: Session, asked: Asked, pointers: Sequence[Pointer]) -> tuple[str, Landed]:
    from zumik.cli.landing import land, where_it_stands
    from zumik.workspace.writing import NewBytes

    store = session.store
    files = [
        NewBytes(store.live / pointer.file_name, pointer_to_bytes(pointer)) for pointer in pointers
    ]
    frozen = {store.frozen / pointer.target.file_name for pointer in pointers}
    message = _message(asked.kind, pointers, asked.reason)
    done = land(session, files, message, asked.landing, relies_on=sorted(frozen))
    return where_it_stands(session, files[0].path, files[0].data, done), done


def _tell_next(pointers: Sequence[Pointer], done: Landed) -> None:
    """The way on and the way back. Raises PushFailed where the push did."""
    first, names = pointers[0], " ".join(pointer.alias for pointer in pointers[:3])
    undo = f"zumik alias rollback {names}"
    if first.kind == "retire":
        undo = f"zumik alias promote {first.alias} --to {first.target.id}"
    if done.branch is not None:
        undo = neutral(f"git switch - && git branch -D {quote(done.branch)}")
    tell(f"next: {done.next}; to undo: {undo}")
    done.require_pushed()


def _tell_retired(
    moves: Moves,
    retirement: Callable[[Model], date | None],
    today: date,
) -> None:
    """An alias can be moved to a model that is gone, and who does should know."""
    for name, _, source in moves:
        model = source.models[source.aliases[name].winner]
        day = retirement(model)
        if day is not None and day <= today:
            tell(f"warning: {name} now answers {model.id}, which retired on {day}")


def _message(kind: str, pointers: Sequence[Pointer], reason: str | None) -> str:
    verb = {"promote": "Promote", "rollback": "Roll back", "retire": "Retire"}[kind]
    if kind == "retire":
        only = pointers[0].alias
        subject = f"{verb} {only if len(pointers) == 1 else f'{len(pointers)} aliases'}"
    elif len(pointers) == 1:
        subject = f"{verb} {pointers[0].alias} to {pointers[0].target.id}"
    else:
        targets = {pointer.target.id for pointer in pointers}
        to = f" to {targets.pop()}" if len(targets) == 1 else ""
        subject = f"{verb} {len(pointers)} aliases{to}"
    body = "\n".join(pointer.alias for pointer in pointers) if len(pointers) > 1 else ""
    return "\n\n".join(part for part in (subject, reason or "", body) if part)


app.command("history")(history)
