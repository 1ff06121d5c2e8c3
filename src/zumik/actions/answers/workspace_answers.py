"""Answers from a workspace: the person who has its files may see all of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from zumik.actions.live.landed_releases import LandedReleases
from zumik.actions.live.live_retirements import Retirement, retirements_of
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.references import Reference
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.alias_table import Rederived, rederive
from zumik.core.decisions.decision import Decision, resolve_target
from zumik.core.decisions.drained_decision import resolve_under
from zumik.core.decisions.replay import LandedThen
from zumik.core.facts.catalog import Model
from zumik.core.facts.request import Request
from zumik.core.live.drains import Drain, Drains
from zumik.core.releases.incumbents import Winners, winners_of
from zumik.core.releases.release import ReleaseRef, VerifiedRelease
from zumik.errors import CannotRun, ZumikError

if TYPE_CHECKING:
    from zumik.actions.live.landed_pointers import LandedPointers
    from zumik.core.live.pointer_pair import LiveOnRef, PointerPair
    from zumik.core.releases.read_elsewhere import ReadElsewhere
    from zumik.core.releases.withdrawal import Withdrawal
    from zumik.workspace.store import Store
    from zumik.workspace.target_facts import Target


class WorkspaceAnswers:
    """An AnswerSource of a workspace's files, and of `live_ref` for releases that they lack.

    It needs git for what landed: `landed_by`, and what `live_ref` has beside the files. A store of
    the `past` is answered from instead, where one is given.
    """

    def __init__(self, session: Session, past: Store | None = None) -> None:
        self._session = session
        self._store = past or session.store
        self._is_past = past is not None
        self._releases: dict[ReleaseId, VerifiedRelease] = {}
        self.landed = LandedReleases(session)
        self._on_live_ref: dict[AliasName, LiveOnRef | None] = {}

    @cached_property
    def drains(self) -> Drains:
        """The list of drains, read once."""
        return self._store.drains

    def landed_by(self, alias: AliasName, moment: datetime) -> LandedThen:
        """The releases that had landed by a time, newest first; only this asks git."""
        return LandedThen.of(self._history.until(alias, moment), moment, self._session.now())

    def known_as(self, model: ModelId) -> Iterator[Model]:
        """A model as each release froze it that knows it, the newest first.

        What only `live_ref` has comes last.
        """
        here = self._store.releases
        for release in reversed(list(here)):
            known = self.release(release).models.get(model)
            if known is not None:
                yield known
        landed = None if self._is_past else self.landed.landed
        for release in reversed(list(landed.releases if landed else ())):
            known = None if release in here else self.release(release).models.get(model)
            if known is not None:
                yield known

    @cached_property
    def _history(self) -> LandedPointers:
        from zumik.actions.live.landed_pointers import LandedPointers

        return LandedPointers(self._session)

    def release(self, release: ReleaseId) -> VerifiedRelease:
        """A release of `frozen/` here or on `live_ref`, read and verified once."""
        if release not in self._releases:
            source = self._store if self._is_past else self.landed
            self._releases[release] = source.release(release)
        return self._releases[release]

    def read_elsewhere(self, release: ReleaseId) -> ReadElsewhere | None:
        """Where it was read, if not in the files here."""
        return self.landed.elsewhere.get(release)

    def _files_of(self, release: ReleaseId) -> Store:
        """The files that have a release, with what lies beside it."""
        return self._store if self._is_past else self.landed.store_of(release)

    def live_release(self, alias: AliasName) -> VerifiedRelease:
        """The release that the live pointer names."""
        beside = self.beside(alias)
        if beside is not None and beside.here is None:
            from zumik.actions.live.live_on_ref import not_here

            raise not_here(beside)
        return self._store.live_release(alias)

    def beside(self, alias: AliasName) -> PointerPair | None:
        """The pointers here and on `live_ref`, where they differ."""
        found = self.on_live_ref(alias)
        return found.pairs.get(alias) if found else None

    def on_live_ref(self, alias: AliasName) -> LiveOnRef | None:
        """Where the workspace and `live_ref` differ for an alias, asked once; None of the past."""
        if self._is_past:
            return None
        if alias not in self._on_live_ref:
            from zumik.actions.live.live_on_ref import live_on_ref

            self._on_live_ref[alias] = live_on_ref(self._store, [alias])
        return self._on_live_ref[alias]

    def require_visible(self, source: VerifiedRelease, alias: AliasName) -> None:
        """Everything is visible."""

    def winners(self, release: ReleaseId, alias: AliasName) -> Winners:
        """Rank 1 of each alias."""
        return winners_of(self.release(release))

    def rederived(self, source: VerifiedRelease, alias: AliasName) -> Rederived:
        """The whole table."""
        return rederive(source, alias)

    def visible_drains(self, drains: Iterable[Drain]) -> tuple[Drain, ...]:
        """All of them."""
        return tuple(drains)

    def decide_live(self, reference: Reference, request: Request, now: datetime) -> Decision:
        """What the live pointer's release answers."""
        assert reference.alias is not None
        source = self.live_release(reference.alias)
        return self.decide_pinned(source, reference, request, now)

    def decide_pinned(
        self, source: VerifiedRelease, reference: Reference, request: Request, now: datetime
    ) -> Decision:
        """What the release answers."""
        alias, text = reference.alias, reference.text
        assert alias is not None
        return resolve_under(self.drains, source, alias, request, now, requested=text)

    def decide_target(self, reference: Reference) -> Decision:
        """The model, as the newest release that knows it froze it."""
        assert reference.model is not None
        model = self.target(reference.model).model
        return resolve_target(reference, model.id, model.revision)

    def target(self, model: ModelId) -> Target:
        """The facts of a model; those of `live_ref` where no release here knows it.

        Raises CannotRun and IntegrityError.
        """
        from zumik.workspace.target_facts import find_target

        try:
            return find_target(self._store, model)
        except CannotRun:
            landed = None if self._is_past else self.landed.landed
            with suppress(CannotRun):
                if landed is not None:
                    found = find_target(landed, model)
                    self.landed.store_of(found.known_from.ref.id)
                    return found
            raise

    def answer_today(self, alias: AliasName, request: Request, now: datetime) -> Decision:
        """What the live pointer's release answers."""
        source = self.live_release(alias)
        return resolve_under(self.drains, source, alias, request, now)

    def retirement(self, today: date) -> Retirement:
        """By the catalog as it is now."""
        return retirements_of(self._store, today)

    def vouches(self, ref: ReleaseRef) -> bool | None:
        """Whether SHA256SUMS has it."""
        return self._files_of(ref.id).vouches(ref)

    def is_signed(self, ref: ReleaseRef) -> bool:
        """Whether its `.sig` lies in `frozen/`."""
        return self._files_of(ref.id).is_signed(ref)

    def withdrawal(self, release: ReleaseId) -> Withdrawal | Unknown | None:
        """The mark. A mark that cannot be read does not keep the rest from being explained."""
        try:
            return self._files_of(release).withdrawal(release)
        except ZumikError as error:
            return Unknown(error.message)
