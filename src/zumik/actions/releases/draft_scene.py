"""Drafts: what a branch has that has not landed, and what a merge left in conflict.

It looks at three things and at no command's history: what is on `live_ref`, the work tree, and what
the index has in conflict. So it does not matter whether a merge, a rebase or a squash led here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from zumik.actions.live.landed_store import landed_store
from zumik.actions.releases.proposal import incumbents_of
from zumik.actions.session import Session
from zumik.checks.draft_release import check_incumbents
from zumik.core.basics.display import neutral
from zumik.core.basics.tree import FROZEN
from zumik.core.live.pointer import Pointer
from zumik.core.releases.refreeze import continue_the_line, drafts_among
from zumik.core.releases.release import MAX_RELEASE_BYTES, ReleaseRef, VerifiedRelease, verify
from zumik.errors import CannotRun, ZumikError
from zumik.workspace.store import Store, parse_pointer


@dataclass(frozen=True)
class Scene:
    """What a branch and `live_ref` each hold; `as_of` is the time to freeze for, if not now.

    `landed` is the workspace on `live_ref`; `drafts` are the releases that are only here;
    `outdated` says that policy, catalog or note changed since the last of them was frozen, and
    `conflicts` are the pointers that both sides changed, by the paths of their files. `note` is the
    one to freeze with, if not the drafts' own; `require_note` raises for one that may not be.
    """

    session: Session
    live_ref: str
    landed: Store
    drafts: tuple[VerifiedRelease, ...]
    conflicts: Mapping[Path, tuple[Pointer, ...]]
    now: datetime
    as_of: datetime | None
    ledger_in_conflict: bool
    outdated: bool = False
    note: str | None = None
    require_note: Callable[[str | None], None] = lambda _: None

    @cached_property
    def stale(self) -> bool:
        """Whether the drafts are frozen again: another release landed where they wanted to, policy
        or catalog changed since, or an incumbent is not live.

        The branch itself may have moved the alias that an incumbent was taken from, and what has
        not landed answers nothing.
        """
        if self.outdated or not continue_the_line(self.drafts, self.landed.newest):
            return True
        incumbents = incumbents_of(self.landed) if self.drafts else {}
        live = {name: {incumbent} for name, incumbent in incumbents.items()}
        return any(any(check_incumbents(draft, live, live)) for draft in self.drafts)

    @property
    def landed_refs(self) -> frozenset[ReleaseRef]:
        """The releases on `live_ref`."""
        return frozenset(self.landed.releases.values())


def look(session: Session, as_of: str | None) -> Scene:
    """What there is to refreeze. Raises CannotRun where people have to decide something first."""
    from zumik.git.conflicts import unmerged

    repository, store = session.repository, session.store
    in_conflict = unmerged(repository)
    _require_settled(session, in_conflict)
    live_ref = session.settings.live_ref
    if live_ref is None:
        raise CannotRun(
            "no live_ref is set, so git cannot say what has landed",
            hint="set it in zumik.yaml, as in live_ref: origin/main",
        )
    landed = landed_store(session)
    if landed is None:
        raise CannotRun(f"live_ref {live_ref} is not known here", hint="git fetch")
    landed_refs = frozenset(landed.releases.values())
    drafts = tuple(_verified(store, ref) for ref in drafts_among(frozen_here(store), landed_refs))
    conflicts = {
        path: tuple(_sides(session, path, stages))
        for path, stages in in_conflict.items()
        if path.parent == store.live
    }
    return Scene(
        session,
        live_ref,
        landed,
        drafts,
        conflicts,
        session.now(),
        session.now(as_of) if as_of is not None else None,
        ledger_in_conflict=store.ledger_path in in_conflict,
    )


def _require_settled(session: Session, in_conflict: Mapping[Path, object]) -> None:
    """Raises CannotRun for conflicts in what people write: policy, catalog and the like."""
    store = session.store
    others = [
        path
        for path in in_conflict
        if path.is_relative_to(store.root)
        and path != store.ledger_path
        and path.parent not in (store.live, store.frozen)
    ]
    if others:
        names = ", ".join(
            neutral(str(path.relative_to(session.repository.root))) for path in others
        )
        raise CannotRun(
            f"in conflict: {names}",
            hint="settle what people decide first, git add it, and then: zumik release refreeze",
        )


def frozen_here(store: Store) -> Iterator[ReleaseRef]:
    """The releases that the work tree has: two may claim one id, until this has settled it."""
    for name in store.tree.entries(FROZEN):
        try:
            yield ReleaseRef.from_file_name(name)
        except ZumikError:
            continue


def _verified(store: Store, ref: ReleaseRef) -> VerifiedRelease:
    data = store.tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES)
    return verify(ref.file_name, data)


def _sides(session: Session, path: Path, stages: Mapping[int, str]) -> Iterator[Pointer]:
    from zumik.git.conflicts import OURS, THEIRS

    for stage in (OURS, THEIRS):
        if stage in stages:
            yield parse_pointer(path.name, session.repository.blob(stages[stage]))
