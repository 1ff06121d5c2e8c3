"""Live aliases: where each points, what it answers under the drains of now, and what has landed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date

from zumik.actions.live.live_on_ref import live_on_ref
from zumik.actions.live.live_retirements import retirements_of
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.basics.times import days_after
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.alias_table import AliasTable, rederive
from zumik.core.decisions.drained_decision import answered
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.live.drains import DrainStatus
from zumik.core.live.pointer_pair import PointerPair
from zumik.errors import ZumikError
from zumik.workspace.retirement_days import price_days
from zumik.workspace.settings_in_text import retirement_days_setting
from zumik.workspace.store import Store


def drain_status(session: Session) -> DrainStatus:
    """The list of drains as of now, or why it cannot be read; and whether it has landed."""
    now = session.now()
    try:
        drains = session.store.drains
    except ZumikError as error:
        return DrainStatus(Unknown(f"{error.message} ({error.hint})"), now)
    on_ref = live_on_ref(session.store, ())
    if on_ref is None or on_ref.drains is None:
        return DrainStatus(drains, now)
    landed = on_ref.drains == drains if drains.generation else None
    behind = f"{on_ref.live_ref} has a newer list: {on_ref.update}"
    return DrainStatus(drains, now, landed, behind if on_ref.drains_behind else None)


def only_on_live_ref(session: Session) -> tuple[PointerPair, ...]:
    """The aliases that landed and that this checkout does not have."""
    found = live_on_ref(session.store)
    return found.only_landed if found else ()


def live_aliases(
    session: Session, status: DrainStatus, without: Collection[str] = ()
) -> Iterator[LiveAlias]:
    """Every live pointer with the table behind it, what answers, and whether it has landed.

    `without` are files of pointers that are not to be read.
    """
    store = session.store
    on_ref = live_on_ref(store)
    pairs = on_ref.pairs if on_ref else {}
    yield from aliases_of(store, status, pairs, without, is_known=on_ref is not None)


def aliases_of(
    store: Store,
    status: DrainStatus,
    pairs: Mapping[AliasName, PointerPair],
    without: Collection[str] = (),
    *,
    is_known: bool,
) -> Iterator[LiveAlias]:
    """The same of any store, as of the time of `status`; `pairs` differ on `live_ref`."""
    today = status.at.date()
    retirement = retirements_of(store, today)
    new_price_on = _new_price_on(store, today)
    for pointer in store.pointers(without):
        table: AliasTable | Unknown
        deprecated, answer, retires, priced = None, None, None, None
        try:
            source = store.live_release(pointer.alias)
            table = rederive(source, pointer.alias).table
            deprecated = table.alias.deprecated
            answer = answered(status.drains, source, pointer.alias, status.at)
            retires = retirement(pointer.alias, source, answer.decision.model)
            priced = new_price_on(answer.decision.model)
        except ZumikError as error:
            table = Unknown(error.message)
        pair = pairs.get(pointer.alias)
        withdrawal = store.withdrawals.get(pointer.target.id)
        overdue = deprecated is not None and deprecated.has_ended(today)
        yield LiveAlias(
            pointer, table, is_known, pair, withdrawal, overdue, answer, retires, priced
        )


def _new_price_on(store: Store, today: date) -> Callable[[ModelId], date | None]:
    """The next day within the horizon on which the price of a model changes."""
    begins = price_days(store)
    last = days_after(today, retirement_days_setting(store.tree))

    def found(model: ModelId) -> date | None:
        return next((day for day in begins(model) if today < day <= last), None)

    return found
