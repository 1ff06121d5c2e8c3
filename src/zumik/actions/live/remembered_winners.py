"""Remembered winners: those that an alias was rolled back from, or whose release was withdrawn.

Git knows what landed; without it, and in what a shallow clone lacks, only withdrawals are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from zumik.actions.live.landed_pointers import LandedPointers, winner_of
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, ModelId
from zumik.core.live.pointer import Pointer
from zumik.core.live.taken_back import PastPointer, TakenBack, taken_back
from zumik.core.releases.withdrawal import Withdrawal
from zumik.core.reviews.plan import AliasPlan
from zumik.errors import ZumikError
from zumik.workspace.store import Store


class RememberedWinners(NamedTuple):
    """Which winners were taken back, and since when the history is here where that is not known.

    In a shallow clone the history of an alias begins with a pointer that was there already.
    """

    taken_back: Mapping[AliasName, TakenBack]
    history_from: Mapping[AliasName, datetime]

    def on(self, plan: AliasPlan) -> AliasPlan:
        """A plan, with what is remembered of its winner."""
        back, start = self.taken_back.get(plan.alias), self.history_from.get(plan.alias)
        return plan._replace(taken_back=back, history_from=start)


def remembered_winners(
    session: Session,
    proposed: Mapping[AliasName, ModelId],
    store: Store | None = None,
    ref: str | None = None,
) -> RememberedWinners:
    """Which of the proposed winners were taken back from their alias, and why.

    `store` and `ref` are where the aliases are live; without them the work tree, and what landed.
    """
    store, landed = store or session.store, LandedPointers(session, ref)
    found, history_from = dict[AliasName, TakenBack](), dict[AliasName, datetime]()
    for alias, winner in proposed.items():
        here = _here(store, alias)
        # Most aliases keep their winner, and reading the history of each would take git a while.
        if here is not None and here.winner == winner:
            continue
        past = list(_landed(landed, alias))
        cut_off = past[-1].since if past and _began_before(landed, alias) else None
        # An older pointer, of a checkout that is behind, is in the history already.
        if here is not None and here.pointer not in [item.pointer for item in past]:
            past.insert(0, here._replace(has_landed=not past))
        back = taken_back(alias, winner, past, _withdrawn(store, alias, winner))
        if back is not None:
            found[alias] = back
        elif cut_off is not None and winner not in [item.winner for item in past]:
            history_from[alias] = cut_off
    return RememberedWinners(found, history_from)


def _here(store: Store, alias: AliasName) -> PastPointer | None:
    with suppress(ZumikError):
        pointer = store.pointer(alias)
        if pointer is not None:
            return PastPointer(pointer, _winner(store, pointer), pointer.proposed_at)
    return None


def _landed(landed: LandedPointers, alias: AliasName) -> Iterator[PastPointer]:
    with suppress(ZumikError):
        for past in landed.of(alias):
            winner = None if past.winner is None else ModelId(past.winner)
            if past.pointer is not None and past.pointer.is_retired:
                winner = None
            yield PastPointer(past.pointer, winner, past.landed_at)


def _began_before(landed: LandedPointers, alias: AliasName) -> bool:
    """Whether the alias was live before what this clone has."""
    with suppress(ZumikError):
        return any(past.commit is None for past in landed.of(alias))
    return False


def _winner(store: Store, pointer: Pointer) -> ModelId | None:
    winner = None if pointer.is_retired else winner_of(store, pointer)
    return None if winner is None else ModelId(winner)


def _withdrawn(store: Store, alias: AliasName, winner: ModelId) -> Iterator[Withdrawal]:
    """The marks of the releases that had this winner for the alias, the newest release first."""
    for release, mark in reversed(list(store.withdrawals.items())):
        with suppress(ZumikError, KeyError):
            if store.release(release).aliases[alias].winner == winner:
                yield mark
