"""Answers from one view, for one caller: without a key, none of them is confidential."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property

from zumik.actions.live.live_retirements import Retirement
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.references import Reference
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.alias_table import Rederived
from zumik.core.decisions.decision import Decision
from zumik.core.decisions.drained_decision import resolve_under
from zumik.core.decisions.replay import LandedBy, LandedThen
from zumik.core.facts.catalog import Model
from zumik.core.facts.request import NOTHING_ASKED, Request
from zumik.core.live.drains import Drain, Drains
from zumik.core.releases.incumbents import Winners, winners_of
from zumik.core.releases.release import ReleaseRef, VerifiedRelease
from zumik.core.releases.withdrawal import Withdrawal
from zumik.errors import CannotRun
from zumik.serve.alias_routes import Histories, pointed
from zumik.serve.answers import withheld
from zumik.serve.view import View, now


class CallerAnswers:
    """An AnswerSource of a view. It raises Refusal for what the caller may not see.

    What is live is answered by the view's Resolver, which keeps its answers.
    """

    def __init__(self, view: View, authenticated: bool, histories: Histories | None = None) -> None:
        self._view = view
        self._authenticated = authenticated
        self._histories = histories

    @property
    def drains(self) -> Drains:
        """The drains of the view."""
        return self._view.bundle.drains

    @cached_property
    def landed_by(self) -> LandedBy | None:
        """As git has it now; None where a bundle is served."""
        if self._histories is None:
            return None
        history = self._histories()
        return lambda alias, moment: LandedThen.of(history.until(alias, moment), moment, now())

    def known_as(self, model: ModelId) -> tuple[Model, ...]:
        """The model as the server's releases froze it, where the caller may see it."""
        shown = self._view.shows(model, self._authenticated)
        return self._view.known_as.get(model, ()) if shown else ()

    def release(self, release: ReleaseId) -> VerifiedRelease:
        """Any release that the server has."""
        return self._view.release(release)

    def live_release(self, alias: AliasName) -> VerifiedRelease:
        """The release of an alias that is live and visible. Raises Refusal."""
        return pointed(self._view, alias, self._authenticated)[1]

    def beside(self, alias: AliasName) -> None:
        """Nothing: the server answers from the files that its operator gave it."""

    def require_visible(self, source: VerifiedRelease, alias: AliasName) -> None:
        """Raises Refusal."""
        if not self._view.shows_alias(source, alias, self._authenticated):
            raise withheld(f"how {alias} is ranked")

    def winners(self, release: ReleaseId, alias: AliasName) -> Winners:
        """Rank 1 of each alias, where the caller may see who it is of this one."""
        source = self._view.release(release)
        visible = alias not in source.aliases or self._view.shows_alias(
            source, alias, self._authenticated
        )
        if not visible:
            raise CannotRun(f"how {release} ranks {alias} is confidential")
        return winners_of(source)

    def rederived(self, source: VerifiedRelease, alias: AliasName) -> Rederived:
        """The table, without models that the caller may not see."""
        return self._view.table(source, alias, self._authenticated)

    def visible_drains(self, drains: Iterable[Drain]) -> tuple[Drain, ...]:
        """Drains without a reason that names a confidential provider."""
        return self._view.visible_drains(drains, self._authenticated)

    def decide_live(self, reference: Reference, request: Request, now: datetime) -> Decision:
        """What a live and visible alias answers. Raises Refusal and ZumikError."""
        if not self._authenticated and self._view.hides:
            pointed(self._view, reference.text, authenticated=False)
        return self._view.resolver.resolve(reference.text, request)

    def decide_pinned(
        self, source: VerifiedRelease, reference: Reference, request: Request, now: datetime
    ) -> Decision:
        """What any release answers: a workspace has more of them than its Resolver holds."""
        alias, text = reference.alias, reference.text
        assert alias is not None
        if reference.release in self._view.bundle.releases:
            return self._view.resolver.resolve(text, request)
        return resolve_under(self.drains, source, alias, request, now, requested=text)

    def decide_target(self, reference: Reference) -> Decision:
        """The model itself, where the caller may see it."""
        assert reference.model is not None
        # The same words for what is hidden and for what does not exist.
        if not self.known_as(reference.model):
            otherwise = "GET /v1/models lists the models"
            hint = self._view.hint_of_meant(reference.model, self._authenticated, otherwise)
            raise CannotRun(f"no release knows {reference.text}", hint=hint)
        return self._view.resolver.resolve(reference.text, NOTHING_ASKED)

    def answer_today(self, alias: AliasName, request: Request, now: datetime) -> Decision:
        """What a live and visible alias answers."""
        source = self._view.live(alias)
        if source is not None and not self._view.shows_alias(source, alias, self._authenticated):
            raise CannotRun("what it answers now is confidential")
        return self._view.resolver.resolve(alias, request)

    def retirement(self, today: date) -> Retirement:
        """By what the server knows."""
        return self._view.releases.retirement(today)

    def vouches(self, ref: ReleaseRef) -> bool | None:
        """Whether SHA256SUMS has it; None in a bundle, which has no ledger."""
        return self._view.releases.vouched(ref)

    def is_signed(self, ref: ReleaseRef) -> bool:
        """Whether a signature lies beside it; a bundle has none."""
        return self._view.releases.signed(ref)

    def read_elsewhere(self, release: ReleaseId) -> None:
        """Never: a server answers from its own files."""
        return

    def withdrawal(self, release: ReleaseId) -> Withdrawal | Unknown | None:
        """The mark; a bundle holds none."""
        mark, why_not = self._view.releases.withdrawal(release)
        return mark if why_not is None else Unknown(why_not)
