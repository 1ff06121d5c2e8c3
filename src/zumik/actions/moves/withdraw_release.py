"""Withdraw a release: a mark beside it, so that no alias is moved to it again."""

from __future__ import annotations

from zumik.actions.live.live_on_ref import require_unused_on_live_ref, require_up_to_date
from zumik.actions.moves.roll_back_aliases import commands_to_move
from zumik.actions.publishing.publish import PublishOptions, publish
from zumik.actions.releases.chosen_release import chosen_release
from zumik.actions.session import Session
from zumik.core.live.published import Published
from zumik.core.releases.release import ReleaseRef
from zumik.core.releases.withdrawal import Withdrawal, withdrawal_to_bytes
from zumik.core.reviews.outcomes import WithdrawnRelease
from zumik.errors import AnswerIsNo
from zumik.transaction.file_plan import NewBytes


def withdraw_release(
    session: Session, release: str, reason: str, options: PublishOptions
) -> WithdrawnRelease:
    """Mark a release as withdrawn; where it has a mark already, the first reason stays.

    Raises AnswerIsNo while an alias is live at it, CannotRun and IntegrityError.
    """
    options.require_possible(session)
    store = session.store
    ref = chosen_release(store, release).ref
    before = store.withdrawal(ref.id)
    if before is not None:
        return WithdrawnRelease(before)
    require_unused_on_live_ref(session, ref)
    _require_unused(session, ref)
    mark = Withdrawal(ref, reason, session.now())
    return WithdrawnRelease(mark, _publish(session, mark, options), store.newest == ref)


def _require_unused(session: Session, ref: ReleaseRef) -> None:
    """Raises AnswerIsNo where an alias points to it, and would go on answering by it."""
    live = [p for p in session.store.pointers() if p.target.id == ref.id and not p.is_retired]
    # An alias that has left it on the live ref is moved here by a pull, not by a second rollback.
    require_up_to_date(session, [pointer.alias for pointer in live])
    if live:
        raise AnswerIsNo(
            f"{ref.id} is live for {', '.join(pointer.alias for pointer in live)}",
            hint=f"move them first: {commands_to_move(session, live)}",
        )


def _publish(session: Session, mark: Withdrawal, options: PublishOptions) -> Published:
    store = session.store
    file = NewBytes(store.withdrawn / mark.file_name, withdrawal_to_bytes(mark), must_be_new=True)
    return publish(
        session,
        [file],
        f"Withdraw {mark.target.id}\n\n{mark.reason}",
        options,
        relies_on=[store.frozen / mark.target.file_name],
    )
