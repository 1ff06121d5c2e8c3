"""The history of an alias: every pointer that landed, or the one that was live at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from zumik.actions.live.landed_pointers import LandedPointers, winner_of
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName
from zumik.core.live.landed_pointer import AliasHistory, LandedPointer, LiveThen
from zumik.core.live.move_people import MovePeople
from zumik.core.live.pointer import Pointer
from zumik.errors import AnswerIsNo, ZumikError


def alias_history(session: Session, alias: AliasName) -> AliasHistory:
    """Every landing of an alias's pointer.

    Raises CannotRun where the alias never had a pointer, or a shallow clone leaves that open.
    """
    pointers = LandedPointers(session)
    found = pointers.of(alias)
    waiting = _waiting(session, alias, found)
    if not found:
        pointers.require_whole()
        session.store.live_pointer(alias)
    history, people = pointers.line, _people(session, pointers, alias, found)
    return AliasHistory(history.ref, found, people, waiting, history.boundary, pointers.stand_in)


def live_at(session: Session, alias: AliasName, moment: datetime) -> LiveThen:
    """The pointer that was live at a moment.

    Raises AnswerIsNo where none was, CannotRun where a shallow clone does not reach back that far.
    """
    pointers = LandedPointers(session)
    found, ref = pointers.at(alias, moment), pointers.line.ref
    if found is None or found.pointer is None or found.pointer.is_retired:
        raise AnswerIsNo(
            f"{alias} was not live on {ref} at {moment:%Y-%m-%dT%H:%M:%SZ}: {_why_not(found)}",
            hint=f"zumik alias history {alias} shows when it was",
        )
    return LiveThen(ref, found, _people(session, pointers, alias, [found]), pointers.stand_in)


def _people(
    session: Session, pointers: LandedPointers, alias: AliasName, landed: Sequence[LandedPointer]
) -> dict[str, MovePeople]:
    """Who moved the pointer, by commit. Raises GitFailed."""
    from zumik.git.landing_people import LandingPeople

    path = session.store.live / f"{alias}.json"
    commits = {past.commit for past in landed if past.commit is not None}
    return LandingPeople(pointers.line, path).of(commits)


def _why_not(found: LandedPointer | None) -> str:
    if found is None:
        return "nothing had landed"
    commit = found.commit or "an unknown commit"
    what = "it was retired" if found.pointer is not None else "its pointer was removed or broken"
    return f"{what} by {commit} of {found.landed_at:%Y-%m-%d %H:%M}"


def _waiting(
    session: Session, alias: AliasName, landed: tuple[LandedPointer, ...]
) -> tuple[tuple[Pointer, str | None], ...]:
    """The pointer in the work tree, where it never landed: an old checkout has one that did."""
    try:
        pointer = session.store.pointer(alias)
    except ZumikError:
        return ()
    if pointer is None or any(past.pointer == pointer for past in landed):
        return ()
    return ((pointer, winner_of(session.store, pointer)),)
