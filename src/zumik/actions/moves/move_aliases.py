"""Move aliases: the pointers of one command, published in one commit.

`promote_aliases`, `roll_back_aliases` and `retire_aliases` decide which alias goes where.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from zumik.actions.live.landed_pointers import LandedPointers, winner_of
from zumik.actions.live.live_on_ref import live_on_ref, require_up_to_date
from zumik.actions.live.live_retirements import retirements_of
from zumik.actions.live.remembered_winners import remembered_winners
from zumik.actions.publishing.kept_text import require_text
from zumik.actions.publishing.publish import PublishOptions, publish
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.decisions.drained_decision import resolve_under
from zumik.core.facts.request import NOTHING_ASKED
from zumik.core.live.drains import NO_DRAINS
from zumik.core.live.live_retirement import LiveRetirement
from zumik.core.live.pointer import Pointer, next_pointer, pointer_to_bytes
from zumik.core.live.pointer_move import MovedPointer, already_there, require_promotable
from zumik.core.live.pointer_pair import PointerPair
from zumik.core.live.published import AnswerChange, Published
from zumik.core.releases.release import VerifiedRelease
from zumik.core.reviews.outcomes import MovedAliases
from zumik.errors import AnswerIsNo, ZumikError
from zumik.transaction.file_plan import NewBytes
from zumik.workspace.store import Store


class MoveRequest(NamedTuple):
    """What a person wants of a move: its kind, why, at which time, and how far to publish it.

    `replacements` are what to use instead of aliases that are retired.
    """

    kind: str
    reason: str | None
    now: datetime
    options: PublishOptions
    replacements: Mapping[AliasName, AliasName] = MappingProxyType({})

    def reason_for(self, alias: AliasName) -> str | None:
        """Why this alias moves, and what to use instead."""
        use = self.replacements.get(alias)
        return f"use {use} instead; {self.reason}" if use else self.reason


def move_request(
    session: Session, kind: str, reason: str | None, as_of: str | None, options: PublishOptions
) -> MoveRequest:
    """Raises UsageError and CannotRun for what cannot be done, before anything is done."""
    require_text(reason, "--reason")
    options.require_possible(session)
    return MoveRequest(kind, reason, session.now(as_of), options)


class PlannedMove(NamedTuple):
    """An alias, the pointer that it has, and the release that it goes to."""

    alias: AliasName
    previous: Pointer | None
    source: VerifiedRelease

    @property
    def is_needed(self) -> bool:
        """Whether the alias points to another release, or was retired."""
        return not already_there(self.previous, self.source.ref)

    def kind(self, asked: str, landed: Pointer | None) -> str:
        """The kind of this move: back to an older release is a rollback, on to a newer a promotion.

        A draft that makes way for another draft was never live, so `landed` decides there.
        """
        before, target = self.previous, self.source.ref.id
        if asked == "retire" or before is None:
            return asked
        if landed is not None and target.order > landed.target.id.order:
            return "promote"
        order = before.target.id.order
        return asked if target.order == order else "rollback" if target.order < order else "promote"


def move_aliases(
    session: Session, request: MoveRequest, planned: Sequence[PlannedMove]
) -> MovedAliases:
    """Publish the pointers of all moves that are needed, in one commit. Raises as `publish`."""
    retires = request.kind == "retire"
    require_up_to_date(session, [move.alias for move in planned])
    moves = [move for move in planned if retires or move.is_needed]
    store = session.store
    pairs = _pairs(store, moves)
    pointers = [
        next_pointer(
            move.alias,
            move.source.ref,
            move.previous,
            kind=move.kind(request.kind, _landed(pairs, move)),
            reason=request.reason_for(move.alias),
            now=request.now,
        )
        for move in moves
    ]
    _require_was_live(session, pointers)
    # Before anything is published: afterwards every winner is the one that answers.
    back = remembered_winners(session, {} if retires else winners_of(moves))
    made = _moved(session, moves, pointers)
    answers = [each.answers for each in made]
    return MovedAliases(
        request.kind,
        published=_publish(session, request, pointers, answers) if pointers else None,
        dry_run=request.options.dry_run,
        moves=made,
        unmoved=tuple((move.alias, move.source.ref.id) for move in planned if move not in moves),
        returns=tuple(_returns(store, moves)),
        retiring=() if retires else tuple(_retiring(session, request, moves)),
        taken_back=tuple(back.taken_back.values()),
        history_from=back.history_from,
    )


def _pairs(store: Store, moves: Iterable[PlannedMove]) -> Mapping[AliasName, PointerPair] | None:
    """Where what landed for these aliases differs from here; None where that is not known."""
    found = live_on_ref(store, [move.alias for move in moves])
    return None if found is None else found.pairs


def _landed(pairs: Mapping[AliasName, PointerPair] | None, move: PlannedMove) -> Pointer | None:
    """The pointer of an alias on `live_ref`; the one here where that is the same or not known."""
    pair = pairs.get(move.alias) if pairs is not None else None
    return move.previous if pair is None else pair.landed


def _require_was_live(session: Session, pointers: Sequence[Pointer]) -> None:
    """A rollback goes to what was live before. Raises AnswerIsNo, and CannotRun where a shallow
    clone leaves that open.
    """
    back = [pointer for pointer in pointers if pointer.kind == "rollback"]
    if not back or session.repository_or_none is None:
        return  # A promotion is the usual move, and needs no history.
    landed = LandedPointers(session)
    for pointer in back:
        live = landed.were_live(pointer.alias)
        if live is not None and pointer.target not in live:
            landed.require_whole()
            raise AnswerIsNo(
                f"{pointer.alias} cannot go back to {pointer.target.id}: it was never live for it",
                hint="freeze what is known today, and promote it: zumik release create",
            )


def _moved(
    session: Session, moves: Sequence[PlannedMove], pointers: Sequence[Pointer]
) -> tuple[MovedPointer, ...]:
    """The moves with who answers before and after, by what is drained now."""
    store, now, drains = session.store, session.now(), NO_DRAINS
    # A list that cannot be read does not hold up a move; `status` and every answer report it.
    with suppress(ZumikError):
        drains = store.drains

    def answer(pointer: Pointer | None, winner: str | None) -> tuple[str | None, bool]:
        if pointer is None or winner is None:
            return None, False
        source = store.release(pointer.target.id)
        found = resolve_under(drains, source, pointer.alias, NOTHING_ASKED, now)
        return found.model, bool(found.drain_ignored)

    made = []
    for move, pointer in zip(moves, pointers, strict=True):
        before, after = winner_of(store, move.previous), winner_of(store, pointer)
        answers, ignored = answer(pointer, after)
        change = AnswerChange(move.alias, answer(move.previous, before)[0], answers)
        made.append(MovedPointer(pointer, before, after, move.previous, change, ignored))
    return tuple(made)


def winners_of(moves: Iterable[PlannedMove]) -> dict[AliasName, ModelId]:
    """What each move makes answer."""
    return {move.alias: move.source.aliases[move.alias].winner for move in moves if move.is_needed}


def _publish(
    session: Session,
    request: MoveRequest,
    pointers: Sequence[Pointer],
    answers: Sequence[AnswerChange],
) -> Published:
    store = session.store
    files = [
        NewBytes(store.live / pointer.file_name, pointer_to_bytes(pointer)) for pointer in pointers
    ]
    # A pointer that lands before its release would point to nothing.
    frozen = {store.frozen / pointer.target.file_name for pointer in pointers}
    kinds = {pointer.kind for pointer in pointers}
    message = _message(kinds.pop() if len(kinds) == 1 else request.kind, pointers)
    return publish(
        session, files, message, request.options, relies_on=sorted(frozen), answers=answers
    )


def _returns(store: Store, moves: Iterable[PlannedMove]) -> Iterator[Pointer]:
    """The pointers that a person can go back to: a withdrawn release takes no alias again."""
    for move in moves:
        if move.previous is not None and move.previous.target.id not in store.withdrawals:
            yield move.previous


def _retiring(
    session: Session, request: MoveRequest, moves: Sequence[PlannedMove]
) -> Iterator[LiveRetirement]:
    """Moves to models that are no longer served, or soon will not be: allowed, and reported."""
    retirement = retirements_of(session.store, request.now.date())
    for move in moves:
        winner = move.source.aliases[move.alias].winner
        item = retirement(move.alias, move.source, winner)
        if item is not None:
            yield item


def require_allowed(store: Store, source: VerifiedRelease, alias: AliasName) -> None:
    """Raises CannotRun and AnswerIsNo where the alias cannot go to the release."""
    withdrawal = store.withdrawals.get(source.ref.id)
    usable = store.newest_usable if withdrawal else None
    require_promotable(source, alias, withdrawal, usable.id if usable else None)


def _message(kind: str, pointers: Sequence[Pointer]) -> str:
    """The commit's message: the subject, the reason, and the aliases where there are several."""
    reason, *others = dict.fromkeys(pointer.reason or "" for pointer in pointers)
    names: list[str] = [pointer.alias for pointer in pointers]
    if others:
        reason, names = "", [f"{pointer.alias}: {pointer.reason}" for pointer in pointers]
    body = "\n".join(names) if len(pointers) > 1 else ""
    return "\n\n".join(part for part in (_subject(kind, pointers), reason, body) if part)


def _subject(kind: str, pointers: Sequence[Pointer]) -> str:
    verb = {"promote": "Promote", "rollback": "Roll back", "retire": "Retire"}[kind]
    only = pointers[0] if len(pointers) == 1 else None
    what = only.alias if only else f"{len(pointers)} aliases"
    targets = {pointer.target.id for pointer in pointers}
    to = f" to {targets.pop()}" if len(targets) == 1 and kind != "retire" else ""
    return f"{verb} {what}{to}"
