"""Which pointers of an alias landed, when and by whom: git knows, and is asked only when needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from zumik.actions.live.landed_releases import LandedReleases
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import ReleaseRef, VerifiedRelease
from zumik.errors import CannotRun, ZumikError
from zumik.workspace.store import Store, parse_pointer

if TYPE_CHECKING:
    from zumik.git.first_parent_history import FirstParentHistory, LandedVersion


class History(Protocol):
    """What landed for the aliases, as git has it."""

    def of(self, alias: AliasName) -> tuple[LandedPointer, ...]:
        """Every landing of an alias's pointer, newest first. Raises CannotRun."""

    def until(self, alias: AliasName, moment: datetime) -> Sequence[LandedPointer]:
        """What had landed by a moment, what was live then first. Raises CannotRun."""

    @property
    def tip(self) -> str | None:
        """The commit that all this is as of; None before the first commit. Raises CannotRun."""


class LandedPointers:
    """The pointers that landed on `live_ref`; on HEAD where that is not set or not known here.

    Each release is verified once, and the line of commits is read once, however many are asked for.
    `ref` is looked at instead, where it is given.
    """

    def __init__(self, session: Session, ref: str | None = None) -> None:
        self._session = session
        self._ref = ref
        self._pasts: dict[AliasName, tuple[LandedPointer, ...]] = {}
        self._releases: dict[ReleaseId, VerifiedRelease | None] = {}
        # A checkout that is behind lacks the releases that its history of moves names last.
        self._landed = LandedReleases(session)

    @cached_property
    def line(self) -> FirstParentHistory:
        """The commits that count. Raises CannotRun without git."""
        from zumik.git.first_parent_history import FirstParentHistory

        repository = self._session.repository
        if self._ref is not None:
            return FirstParentHistory(repository, self._ref, self._session.now())
        live_ref = self._session.settings.live_ref
        known = live_ref is not None and repository.has_ref(live_ref)
        ref = live_ref if live_ref and known else "HEAD"
        return FirstParentHistory(repository, ref, self._session.now())

    @property
    def tip(self) -> str | None:
        """The newest commit that counts; None in a repository without commits. Raises CannotRun."""
        return self.line.repository.parsed(self.line.ref)

    @property
    def stand_in(self) -> str | None:
        """Why HEAD was asked instead, in words; None where `live_ref` was."""
        live_ref = self._session.settings.live_ref
        if live_ref is None:
            return "no live_ref is set, so this is what landed on the current branch"
        if self.line.ref != live_ref:
            return f"{live_ref} is not known here, so this is what landed on the current branch"
        return None

    def of(self, alias: AliasName) -> tuple[LandedPointer, ...]:
        """Every landing of an alias's pointer, newest first. Raises CannotRun."""
        if alias not in self._pasts:
            path = self._session.store.live / f"{alias}.json"
            self._pasts[alias] = tuple(
                self._past(path.name, version) for version in self.line.versions_of(path)
            )
        return self._pasts[alias]

    def at(self, alias: AliasName, moment: datetime) -> LandedPointer | None:
        """The pointer that was live at a moment; None where none was. Raises as `until`."""
        return next(iter(self.until(alias, moment)), None)

    def until(self, alias: AliasName, moment: datetime) -> tuple[LandedPointer, ...]:
        """The pointers that had landed by a moment, newest first.

        Raises CannotRun where a shallow clone does not reach back that far.
        """
        pasts = self.of(alias)
        self.line.require_reaches(moment)
        return tuple(past for past in pasts if past.landed_at <= moment)

    def were_live(self, alias: AliasName) -> frozenset[ReleaseRef] | None:
        """The releases that answered for an alias; None where `live_ref` is not known here.

        Raises CannotRun.
        """
        if self.stand_in is not None:
            return None
        past = (landing.pointer for landing in self.of(alias))
        return frozenset(pointer.target for pointer in past if pointer and not pointer.is_retired)

    def require_whole(self) -> None:
        """Raises CannotRun where the line began before what is here."""
        if self.line.boundary is not None:
            self.line.require_reaches(datetime.min.replace(tzinfo=UTC))

    def _past(self, name: str, version: LandedVersion) -> LandedPointer:
        pointer = None
        if version.blob is not None:
            try:
                pointer = parse_pointer(name, self.line.repository.blob(version.blob))
            except ZumikError:
                pointer = None
        winner = winner_of(self._session.store, pointer, self._release)
        return LandedPointer(
            None if version.boundary else version.commit,
            version.clock,
            version.author,
            pointer,
            winner,
        )

    def _release(self, release: ReleaseId) -> VerifiedRelease:
        """A release, verified once: a line of promotions names the same few again and again."""
        if release not in self._releases:
            try:
                self._releases[release] = self._landed.release(release)
            except ZumikError:
                self._releases[release] = None
        found = self._releases[release]
        if found is None:
            raise CannotRun(f"no intact release {release}")
        return found


def winner_of(
    store: Store,
    pointer: Pointer | None,
    lookup: Callable[[ReleaseId], VerifiedRelease] | None = None,
) -> str | None:
    """The model that answers by a pointer; None where it is retired, or its release not intact."""
    if pointer is None or pointer.is_retired:
        return None
    try:
        source = (lookup or store.release)(pointer.target.id)
        return source.aliases[pointer.alias].winner if source.ref == pointer.target else None
    except (ZumikError, KeyError):
        return None
