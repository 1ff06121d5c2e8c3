"""Rules for the aliases that a branch moves: the release that each moves to, and its winner."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import date, timedelta

from zumik.checks.derived_winners import check_winner
from zumik.checks.release_chain import ReleaseChain
from zumik.core.basics.findings import Finding, Location
from zumik.core.basics.tree import LIVE
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import ReleaseRef, VerifiedRelease
from zumik.rules.branch_rules import BEHIND_THE_NEWEST, PROMOTED_BACKFILL

LONG_AGO = timedelta(days=14)
"""How old a release may be before its date is worth a warning: so long a draft may wait to land."""


def check_moved_aliases(
    chain: ReleaseChain,
    pointers: Iterable[Pointer],
    changed: Container[str],
    new: Container[ReleaseRef],
    day: date,
    retirement_days: int,
) -> Iterator[Finding]:
    """Who answers for each alias that moves, by the newest facts that there are.

    `changed` are the paths that the branch changes, `new` the releases that it adds.
    """
    newest = chain.release(next(reversed(chain.releases))) if chain.releases else None
    for pointer in pointers:
        file = f"{LIVE}/{pointer.file_name}"
        source = chain.release(pointer.target.id)
        if file not in changed or source is None or pointer.alias not in source.aliases:
            continue
        if pointer.is_retired or newest is None:
            continue
        if source.ref in new and source.ref != newest.ref:
            yield BEHIND_THE_NEWEST.at(
                file,
                f"{pointer.alias} moves to {source.ref.id}, and this branch adds "
                f"{newest.ref.id} after it",
                "policy and catalog land as the newest release has them: promote that one",
                about=(pointer.alias, source.ref.id),
            )
        yield from _check_backfill(pointer, source, day)
        ranking = source.aliases[pointer.alias].ranking
        known = [newest.models.get(model, source.models[model]) for model in ranking]
        yield from check_winner(pointer.alias, known, day, retirement_days, Location(file))


def _check_backfill(pointer: Pointer, source: VerifiedRelease, day: date) -> Iterator[Finding]:
    """A promotion to a release whose maker chose a day long ago; a rollback goes where it must."""
    made = source.release.created_at.date()
    if pointer.kind == "promote" and source.release.backfilled and day - made > LONG_AGO:
        yield PROMOTED_BACKFILL.at(
            f"{LIVE}/{pointer.file_name}",
            f"{pointer.alias} is promoted to {source.ref.id}, which was backfilled to {made}, "
            f"{(day - made).days} days ago",
            "zumik release create freezes what is known today",
            about=(pointer.alias, source.ref.id),
        )
