"""Roll aliases back: point them to the release that was live before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date

from zumik.actions.live.live_on_ref import require_up_to_date
from zumik.actions.moves.move_aliases import (
    PlannedMove,
    move_aliases,
    move_request,
    require_allowed,
)
from zumik.actions.publishing.publish import PublishOptions
from zumik.actions.releases.chosen_release import chosen_release
from zumik.actions.session import Session
from zumik.core.basics.names import ReleaseId
from zumik.core.live.pointer import Pointer
from zumik.core.live.pointer_move import command_to_move, other_release, rollback_target
from zumik.core.releases.release import VerifiedRelease
from zumik.core.reviews.outcomes import MovedAliases
from zumik.errors import AnswerIsNo, ZumikError
from zumik.workspace.retirement_days import retirement_days
from zumik.workspace.target_facts import alias_named


def roll_back_aliases(
    session: Session,
    aliases: Sequence[str],
    release: str | None,
    *,
    reason: str | None,
    as_of: str | None,
    options: PublishOptions,
) -> MovedAliases:
    """Point aliases to the release that was live before, or to a named one, in one commit.

    Raises AnswerIsNo without a release to go back to; UsageError, CannotRun and IntegrityError.
    """
    request = move_request(session, "rollback", reason, as_of, options)
    store, today = session.store, request.now.date()
    names = list(dict.fromkeys(alias_named(store, alias) for alias in aliases))
    # First: what was live before is not known on a checkout that is behind.
    require_up_to_date(session, names)
    planned = []
    for name in names:
        current = store.live_pointer(name)
        if release is not None:
            source = chosen_release(store, release)
            require_allowed(store, source, name)
        else:
            source = _live_before(session, current, today)
        planned.append(PlannedMove(name, current, source))
    return move_aliases(session, request, planned)


def _live_before(session: Session, current: Pointer, today: date) -> VerifiedRelease:
    """The release that a rollback goes to when none is named.

    Raises AnswerIsNo where no other was live, and CannotRun where a shallow clone leaves that open.
    """
    # Only a rollback without --to needs the history, and so git.
    from zumik.actions.live.landed_pointers import LandedPointers

    landed = LandedPointers(session)
    store, alias = session.store, current.alias
    earlier = (
        past.pointer.target
        for past in landed.of(alias)
        if past.pointer is not None and past.pointer.generation < current.generation
    )
    days = retirement_days(store)
    try:
        return rollback_target(
            alias,
            current,
            earlier,
            store.release,
            today,
            lambda model: days(model.id),
            store.withdrawals,
        )
    except AnswerIsNo as error:
        landed.require_whole()
        raise AnswerIsNo(error.message, hint=_way_on(session, current)) from None


def commands_to_move(session: Session, pointers: Iterable[Pointer]) -> str:
    """The commands that move live aliases away from their releases, as they work when pasted."""
    today, back, further = session.now().date(), list[str](), list[str]()
    for pointer in pointers:
        try:
            _live_before(session, pointer, today)
            back.append(pointer.alias)
        except ZumikError:
            other = _other_release(session, pointer)
            further.append(command_to_move(pointer.alias, pointer.target.id, other))
    together = [f"zumik alias rollback {' '.join(back)}"] if back else []
    beside = " --pr" if session.checkout is not None else ""
    return " && ".join(f"{command}{beside}" for command in (*together, *further))


def _way_on(session: Session, current: Pointer) -> str:
    """What a person may do where no earlier release was live."""
    other, current_id = _other_release(session, current), current.target.id
    if other is not None and other.order < current_id.order:
        return f"name one: {command_to_move(current.alias, current_id, other)}"
    # A newer release may be the one that this person has just rolled back from.
    end = command_to_move(current.alias, current_id, None)
    return f"no older release can take it; to end it: {end}"


def _other_release(session: Session, current: Pointer) -> ReleaseId | None:
    """Another release that the alias can go to: a newer one, or an older one that was live."""
    from zumik.actions.live.landed_pointers import LandedPointers

    store, alias = session.store, current.alias
    were_live = None
    with suppress(ZumikError):
        were_live = LandedPointers(session).were_live(alias)
    usable = []
    for release in store.releases:
        # A release that cannot be read takes no alias.
        with suppress(ZumikError):
            source = store.release(release)
            older = release.order < current.target.id.order
            is_allowed = not older or were_live is None or source.ref in were_live
            if is_allowed and release not in store.withdrawals and alias in source.aliases:
                usable.append(release)
    return other_release(current.target.id, usable)
