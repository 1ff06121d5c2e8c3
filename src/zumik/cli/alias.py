"""`zumik alias`: what each alias stands for, and moving it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Annotated

import typer

from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.cli.release import (
    DryRunOption,
    NoCommitOption,
    chosen_release,
    require_text,
)
from zumik.cli.session import Session, session_of
from zumik.core.catalog import Model
from zumik.core.moving import already_there, promotable, rollback_target
from zumik.core.names import AliasName
from zumik.core.pointer import Pointer, next_pointer, pointer_to_bytes
from zumik.core.release import VerifiedRelease
from zumik.errors import CannotRun, UsageError, ZumikError
from zumik.reports.aliases import Live, Move, Past
from zumik.workspace.store import Store, parse_pointer

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
        yield Live(pointer, table, landed, problem)


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
    emit(
        form,
        lambda: alias_to_text(pointer, found, session.style),
        lambda: alias_to_json(pointer, found),
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
    form: FormatOption = Format.TEXT,
) -> None:
    """Move aliases to a release, and commit it; says whether that is live yet.

    An alias that stands for the release already is left alone.
    """
    session = session_of(context)
    _require_choice(aliases, everything, to, latest)
    source = chosen_release(session.store, None if latest else to)
    names = list(source.aliases) if everything else [AliasName(name) for name in aliases or ()]
    moves = []
    for name in dict.fromkeys(names):
        promotable(source, name)
        previous = session.store.pointer(name)
        if already_there(previous, source.ref):
            tell(f"{name} stands for {source.ref.id} already")
        else:
            moves.append((name, previous, source))
    _move(session, "promote", moves, reason, as_of, dry_run, no_commit, form)


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
    form: FormatOption = Format.TEXT,
) -> None:
    """Move aliases back to the release that was live before, and commit it.

    Skips releases whose winner has retired. Exits with 3 where there is none to go back to.
    """
    session = session_of(context)
    store = session.store
    moves = []
    for name in dict.fromkeys(AliasName(alias) for alias in aliases):
        current = store.live_pointer(name)
        if to is not None:
            source = chosen_release(store, to)
            promotable(source, name)
        else:
            today = session.now(as_of).date()
            earlier = [pointer.target for pointer in _earlier(session, name, current)]
            source = rollback_target(
                name, current, earlier, store.release, today, _retirement(store)
            )
        if already_there(current, source.ref):
            tell(f"{name} stands for {source.ref.id} already")
        else:
            moves.append((name, current, source))
    _move(session, "rollback", moves, reason, as_of, dry_run, no_commit, form)


def _retirement(store: Store) -> Callable[[Model], date | None]:
    """When a model retires, by the newest release, which may know what an older one could not."""
    newest = store.release(store.newest.id).models if store.newest else {}
    return lambda model: newest.get(model.id, model).retires_on


def _earlier(session: Session, alias: AliasName, current: Pointer) -> Iterator[Pointer]:
    """The pointers that git has of an alias, the latest first, up to the current one."""
    for past in _history(session, alias):
        if past.pointer is not None and past.pointer.generation < current.generation:
            yield past.pointer


def _move(
    session: Session,
    kind: str,
    moves: Sequence[tuple[AliasName, Pointer | None, VerifiedRelease]],
    reason: str | None,
    as_of: str | None,
    dry_run: bool,
    no_commit: bool,
    form: Format,
) -> None:
    """Write the pointers of all moves in one commit, and say where they stand."""
    from zumik.cli.landing import land, where_it_stands
    from zumik.reports.aliases import moves_to_json, moves_to_text
    from zumik.workspace.writing import NewBytes

    require_text(reason, "--reason")
    now = session.now(as_of)
    pointers = [
        next_pointer(name, source.ref, previous, kind=kind, reason=reason, now=now)
        for name, previous, source in moves
    ]
    files = [
        NewBytes(session.store.live / pointer.file_name, pointer_to_bytes(pointer))
        for pointer in pointers
    ]
    stands = "dry run: nothing was written" if files else "nothing moved"
    if files and not dry_run:
        frozen = {session.store.frozen / pointer.target.file_name for pointer in pointers}
        message = _message(kind, pointers, reason)
        commit = land(session, files, message, commit=not no_commit, relies_on=sorted(frozen))
        stands = where_it_stands(session, files[0].path, files[0].data, commit)
    done = [
        Move(pointer, _winner(session.store, previous), source.aliases[name].winner, previous)
        for pointer, (name, previous, source) in zip(pointers, moves, strict=True)
    ]
    emit(
        form,
        lambda: moves_to_text(done, session.style),
        lambda: {"status": stands, "dry_run": dry_run, "moves": moves_to_json(done)},
    )
    if done:
        tell(f"\n{stands}")
        _tell_retired(moves, _retirement(session.store), now.date())
    if done and not dry_run:
        undo = " ".join(move.pointer.alias for move in done[:3])
        commit_first = "git add releases && git commit, then " if no_commit else ""
        tell(
            f"next: {commit_first}git push, and open the pull request; "
            f"to undo: zumik alias rollback {undo}"
        )


def _tell_retired(
    moves: Sequence[tuple[AliasName, Pointer | None, VerifiedRelease]],
    retirement: Callable[[Model], date | None],
    today: date,
) -> None:
    """An alias can be moved to a model that is gone, and who does should know."""
    for name, _, source in moves:
        model = source.models[source.aliases[name].winner]
        day = retirement(model)
        if day is not None and day <= today:
            tell(f"warning: {name} now answers {model.id}, which retired on {day}")


def _winner(store: Store, pointer: Pointer | None) -> str | None:
    if pointer is None:
        return None
    try:
        return store.release(pointer.target.id).aliases[pointer.alias].winner
    except (ZumikError, KeyError):
        return None


def _message(kind: str, pointers: Sequence[Pointer], reason: str | None) -> str:
    verb = {"promote": "Promote", "rollback": "Roll back"}[kind]
    if len(pointers) == 1:
        subject = f"{verb} {pointers[0].alias} to {pointers[0].target.id}"
    else:
        targets = {pointer.target.id for pointer in pointers}
        to = f" to {targets.pop()}" if len(targets) == 1 else ""
        subject = f"{verb} {len(pointers)} aliases{to}"
    body = "\n".join(pointer.alias for pointer in pointers) if len(pointers) > 1 else ""
    return "\n\n".join(part for part in (subject, reason or "", body) if part)


@app.command("history")
def history(
    context: typer.Context,
    alias: Annotated[str, typer.Argument(help="As in code.fast.")],
    form: FormatOption = Format.TEXT,
) -> None:
    """Show every move of an alias, newest first: when, who, why, to which release and model."""
    from zumik.reports.aliases import history_to_json, history_to_text

    session = session_of(context)
    name = AliasName(alias)
    found = list(_history(session, name))
    if not found:
        session.store.live_pointer(name)
        raise CannotRun(
            f"{name} is live, but no commit has its pointer yet", hint="git add and commit it"
        )
    emit(form, lambda: history_to_text(found, session.style), lambda: history_to_json(found))


def _history(session: Session, alias: AliasName) -> Iterator[Past]:
    path = session.store.live / f"{alias}.json"
    for version in session.repository.versions(path):
        pointer = None
        if version.data is not None:
            try:
                pointer = parse_pointer(path.name, version.data)
            except ZumikError:
                pointer = None
        winner = _winner(session.store, pointer)
        yield Past(version.commit, version.committed_at, version.author, pointer, winner)
