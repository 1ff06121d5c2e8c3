"""Live aliases: where each points, what it answers under the drains of now, and what has landed."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.actions.publish import is_on_live_ref_or_unknown
from zumik.actions.session import Session
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.alias_table import AliasTable, rederive
from zumik.core.decisions.drained_decision import answered
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.live.drains import DrainStatus, drains_to_bytes
from zumik.core.live.pointer import pointer_to_bytes
from zumik.errors import ZumikError


def drain_status(session: Session) -> DrainStatus:
    """The list of drains as of now, or why it cannot be read; and whether it has landed."""
    now = session.now()
    try:
        drains = session.store.drains
    except ZumikError as error:
        return DrainStatus(Unknown(f"{error.message} ({error.hint})"), now)
    landed = None
    if drains.generation:
        path = session.store.drains_path
        landed = is_on_live_ref_or_unknown(session, path, drains_to_bytes(drains))
    return DrainStatus(drains, now, landed)


def live_aliases(session: Session, status: DrainStatus) -> Iterator[LiveAlias]:
    """Every live pointer with the table behind it, what answers, and whether it has landed."""
    store = session.store
    for pointer in store.pointers():
        table: AliasTable | Unknown
        deprecated, answer = None, None
        try:
            source = store.live_release(pointer.alias)
            table = rederive(source, pointer.alias).table
            deprecated = table.alias.deprecated
            answer = answered(status.drains, source, pointer.alias, status.at)
        except ZumikError as error:
            table = Unknown(error.message)
        path = store.live / pointer.file_name
        landed = is_on_live_ref_or_unknown(session, path, pointer_to_bytes(pointer))
        withdrawal = store.withdrawals.get(pointer.target.id)
        overdue = deprecated is not None and deprecated.has_ended(session.now().date())
        yield LiveAlias(pointer, table, landed, withdrawal, overdue, answer)
