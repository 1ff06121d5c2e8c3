"""Moving aliases: the pointers of one command, written in one commit, and where they stand then.

What moves where is decided by the commands of `zumik alias`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from shlex import quote
from types import MappingProxyType
from typing import NamedTuple

from zumik.actions.landed_pointers import winner_of
from zumik.actions.publish import Landed, Landing
from zumik.actions.session import Session
from zumik.cli.output import Format, emit, tell
from zumik.cli.release import require_text
from zumik.core.basics.display import neutral
from zumik.core.basics.names import AliasName
from zumik.core.facts.catalog import Model
from zumik.core.live.pointer import Pointer, next_pointer, pointer_to_bytes
from zumik.core.live.pointer_move import MovedPointer
from zumik.core.releases.release import VerifiedRelease
from zumik.workspace.store import Store


class Asked(NamedTuple):
    """What a person wants of a move; `instead` is what to use in the place of what retires."""

    kind: str
    reason: str | None
    now: datetime
    landing: Landing
    dry_run: bool = False
    instead: Mapping[AliasName, AliasName] = MappingProxyType({})

    def reason_for(self, alias: AliasName) -> str | None:
        """Why this one moves, and what to use instead."""
        use = self.instead.get(alias)
        return f"use {use} instead; {self.reason}" if use else self.reason


def asked_of(
    session: Session, kind: str, reason: str | None, as_of: str | None, landing: Landing
) -> Asked:
    """Raises UsageError and CannotRun for what cannot be done, before anything is."""
    require_text(reason, "--reason")
    landing.require_possible(session)
    return Asked(kind, reason, session.now(as_of), landing)


Moves = Sequence[tuple[AliasName, Pointer | None, VerifiedRelease]]
"""Aliases with the pointers they have and the releases they go to."""


def move(session: Session, asked: Asked, moves: Moves, form: Format) -> None:
    """Write the pointers of all moves in one commit, and say where they stand."""
    from zumik.reports.alias_report import moves_section, moves_to_json

    pointers = [
        next_pointer(
            name,
            source.ref,
            previous,
            kind=asked.kind,
            reason=asked.reason_for(name),
            now=asked.now,
        )
        for name, previous, source in moves
    ]
    stands, done = "dry run: nothing was written" if moves else "nothing moved", None
    if pointers and not asked.dry_run:
        stands, done = _land(session, asked, pointers)
    rows = [
        MovedPointer(
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
        lambda: [moves_section(rows)],
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
            _tell_retired(moves, retirement(session.store), asked.now.date())
    if done is not None:
        _tell_next(pointers, done)


def _land(session: Session, asked: Asked, pointers: Sequence[Pointer]) -> tuple[str, Landed]:
    from zumik.actions.publish import land, where_it_stands
    from zumik.transaction.file_plan import NewBytes

    store = session.store
    files = [
        NewBytes(store.live / pointer.file_name, pointer_to_bytes(pointer)) for pointer in pointers
    ]
    frozen = {store.frozen / pointer.target.file_name for pointer in pointers}
    message = _message(asked.kind, pointers)
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


def _message(kind: str, pointers: Sequence[Pointer]) -> str:
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
    reason, *others = dict.fromkeys(pointer.reason or "" for pointer in pointers)
    names: list[str] = [pointer.alias for pointer in pointers]
    if others:
        reason, names = "", [f"{pointer.alias}: {pointer.reason}" for pointer in pointers]
    body = "\n".join(names) if len(pointers) > 1 else ""
    return "\n\n".join(part for part in (subject, reason, body) if part)


def retirement(store: Store) -> Callable[[Model], date | None]:
    """When a model retires, by the newest release, which may know what an older one could not."""
    newest = store.release(store.newest.id).models if store.newest else {}
    return lambda model: newest.get(model.id, model).retires_on
