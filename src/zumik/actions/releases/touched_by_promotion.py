"""Touched by a promotion: the aliases that a new release changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from zumik.actions.live.landed_store import landed_store
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import Content
from zumik.core.reviews.changes import changes_between, touched_aliases


def touched_by_promotion(
    session: Session, content: Content
) -> tuple[tuple[AliasName, ...], tuple[AliasName, ...]]:
    """The aliases that a promotion to a new release changes, and those that it does not.

    An alias is compared with the newest release that landed, or with a later draft that it points
    to: people may leave an alias at an older release on purpose. One that is not live is changed.
    Retired aliases are in neither: `--all` leaves them out. Raises CannotRun and IntegrityError.
    """
    pointers = {alias: session.store.pointer(alias) for alias in content.aliases}
    moving = [alias for alias, pointer in pointers.items() if not (pointer and pointer.is_retired)]
    touched = {alias for alias in moving if pointers[alias] is None}
    for release, aliases in _compared(session, pointers, moving).items():
        before, after = (
            each._replace(aliases={name: each.aliases[name] for name in aliases & {*each.aliases}})
            for each in (session.store.release(release).release.content, content)
        )
        touched.update(touched_aliases(changes_between(before, after), after))
    return (
        tuple(alias for alias in moving if alias in touched),
        tuple(alias for alias in moving if alias not in touched),
    )


def _compared(
    session: Session, pointers: Mapping[AliasName, Pointer | None], moving: Iterable[AliasName]
) -> Mapping[ReleaseId, set[AliasName]]:
    """The live aliases, by the release that each is compared with."""
    # Where `live_ref` is not known, what is newest here has landed as far as anyone can say.
    newest = (landed_store(session) or session.store).newest
    compared = defaultdict[ReleaseId, set[AliasName]](set)
    for alias in moving:
        if (pointer := pointers[alias]) is not None:
            known = [pointer.target.id, *([newest.id] if newest else ())]
            compared[max(known, key=lambda release: release.order)].add(alias)
    return compared
