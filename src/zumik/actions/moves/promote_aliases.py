"""Promote aliases: point them to a release."""

from __future__ import annotations

from collections.abc import Sequence

from zumik.actions.live.remembered_winners import remembered_winners
from zumik.actions.moves.move_aliases import (
    PlannedMove,
    move_aliases,
    move_request,
    require_allowed,
    winners_of,
)
from zumik.actions.publishing.publish import PublishOptions
from zumik.actions.releases.chosen_release import chosen_release
from zumik.actions.session import Session
from zumik.core.reviews.outcomes import MovedAliases
from zumik.workspace.target_facts import alias_named


def promote_aliases(
    session: Session,
    aliases: Sequence[str] | None,
    release: str | None,
    *,
    reason: str | None,
    as_of: str | None,
    options: PublishOptions,
) -> MovedAliases:
    """Point aliases to a release, in one commit; None means all of its aliases, and the newest.

    An alias that points there already is left alone. So is one that was retired, or whose winner
    people took back from it before, unless it is named. Raises UsageError, AnswerIsNo, CannotRun
    and IntegrityError.
    """
    request = move_request(session, "promote", reason, as_of, options)
    store, source = session.store, chosen_release(session.store, release)
    names = source.aliases if aliases is None else [alias_named(store, name) for name in aliases]
    planned = []
    for name in dict.fromkeys(names):
        require_allowed(store, source, name)
        planned.append(PlannedMove(name, store.pointer(name), source))
    if aliases is not None:
        return move_aliases(session, request, planned)
    # Who promotes all looks at none of them, so what people took back does not come along.
    retired = [move.previous for move in planned if move.previous and move.previous.is_retired]
    gone = {pointer.alias for pointer in retired}
    planned = [move for move in planned if move.alias not in gone]
    back = remembered_winners(session, winners_of(planned)).taken_back
    moved = move_aliases(session, request, [move for move in planned if move.alias not in back])
    return moved._replace(
        left_out=tuple((item, source.ref.id) for item in back.values()),
        left_retired=tuple((pointer, source.ref.id) for pointer in retired),
    )
