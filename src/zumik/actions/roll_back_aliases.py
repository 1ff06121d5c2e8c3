"""Roll aliases back: point them to the release that was live before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from zumik.actions.chosen_release import chosen_release
from zumik.actions.live_on_ref import require_up_to_date
from zumik.actions.move_aliases import (
    PlannedMove,
    move_aliases,
    move_request,
    require_allowed,
    retirement,
)
from zumik.actions.publish import PublishOptions
from zumik.actions.session import Session
from zumik.core.live.pointer import Pointer
from zumik.core.live.pointer_move import rollback_target
from zumik.core.releases.release import VerifiedRelease
from zumik.core.reviews.outcomes import MovedAliases
from zumik.errors import AnswerIsNo
from zumik.workspace.store import Store
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

    Raises AnswerIsNo where there is none to go back to; UsageError, CannotRun and IntegrityError.
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

    Raises AnswerIsNo where there is none, and CannotRun where a shallow clone leaves that open.
    """
    # Only a rollback without --to needs the history, and so git.
    from zumik.actions.landed_pointers import LandedPointers

    landed = LandedPointers(session)
    store, alias = session.store, current.alias
    earlier = (
        past.pointer.target
        for past in landed.of(alias)
        if past.pointer is not None and past.pointer.generation < current.generation
    )
    retires_on = retirement(store)
    try:
        return rollback_target(
            alias, current, earlier, store.release, today, retires_on, store.withdrawals
        )
    except AnswerIsNo as error:
        landed.require_whole()
        raise AnswerIsNo(error.message, hint=_way_on(store, current)) from None


def _way_on(store: Store, current: Pointer) -> str:
    """What a person may do where no earlier release was live: the newest older one, or none."""
    alias, order = current.alias, current.target.id.order
    for release in reversed(list(store.releases)):
        is_usable = release.order < order and release not in store.withdrawals
        if is_usable and alias in store.release(release).aliases:
            return f"name one: zumik alias rollback {alias} --to {release}"
    return f"no older release can take it; to end it: zumik alias retire {alias} --reason '…'"
