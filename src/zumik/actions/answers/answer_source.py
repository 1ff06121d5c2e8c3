"""Where answers come from: what the command line and the server each give to the same actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.references import Reference
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.alias_table import Rederived
from zumik.core.decisions.decision import Decision
from zumik.core.decisions.replay import LandedBy
from zumik.core.facts.catalog import Model
from zumik.core.facts.request import Request
from zumik.core.live.drains import Drain, Drains
from zumik.core.releases.incumbents import Winners
from zumik.core.releases.release import ReleaseRef, VerifiedRelease

if TYPE_CHECKING:
    from zumik.actions.live.live_retirements import Retirement
    from zumik.core.live.pointer_pair import PointerPair
    from zumik.core.releases.read_elsewhere import ReadElsewhere
    from zumik.core.releases.withdrawal import Withdrawal


class AnswerSource(Protocol):
    """Releases, what is live and what is drained, as one caller may see them.

    On the command line that is a workspace, all of it. In the server it is one view, without what
    is confidential where the caller sent no key: what the caller may not see raises, or is dropped
    from what is returned.
    """

    @property
    def drains(self) -> Drains:
        """The list of drains. Raises CannotRun and IntegrityError."""

    @property
    def landed_by(self) -> LandedBy | None:
        """Which releases had landed by a time; None where git is not there to say."""

    def known_as(self, model: ModelId) -> Iterable[Model]:
        """What visible releases know of a concrete target, the newest first."""

    def release(self, release: ReleaseId) -> VerifiedRelease:
        """Any release, verified, for a replay. Raises CannotRun and IntegrityError."""

    def live_release(self, alias: AliasName) -> VerifiedRelease:
        """The release that an alias points to. Raises where it points to none."""

    def beside(self, alias: AliasName) -> PointerPair | None:
        """The pointers of an alias here and on `live_ref`, where both are known and differ."""

    def require_visible(self, source: VerifiedRelease, alias: AliasName) -> None:
        """Raises where the caller may not see how the release ranks the alias.

        It comes before anything is resolved, because an error names the ranked models too.
        """

    def winners(self, release: ReleaseId, alias: AliasName) -> Winners:
        """Rank 1 of each alias of a release, to be held against an incumbent of `alias`.

        Raises a ZumikError that says why they are not known, also where the caller may not see
        how the release ranks that alias.
        """

    def rederived(self, source: VerifiedRelease, alias: AliasName) -> Rederived:
        """An alias that is visible, derived again. Raises CannotRun."""

    def visible_drains(self, drains: Iterable[Drain]) -> tuple[Drain, ...]:
        """Drains, without a reason that names what the caller may not see."""

    def decide_live(self, reference: Reference, request: Request, now: datetime) -> Decision:
        """What a live alias answers. Raises as `live_release` and `resolve`."""

    def decide_pinned(
        self, source: VerifiedRelease, reference: Reference, request: Request, now: datetime
    ) -> Decision:
        """What a visible alias of a release answers. Raises as `resolve`."""

    def decide_target(self, reference: Reference) -> Decision:
        """The decision for a concrete target. Raises where no visible release knows it."""

    def answer_today(self, alias: AliasName, request: Request, now: datetime) -> Decision:
        """What a live alias answers, to be shown beside an older decision.

        Raises NoCandidate, or another ZumikError that says why there is no answer to show.
        """

    def retirement(self, today: date) -> Retirement:
        """Says whether what answers has retired on that day, or will within the horizon."""

    def vouches(self, ref: ReleaseRef) -> bool | None:
        """Whether the ledger has a release under this digest; None where there is no ledger."""

    def is_signed(self, ref: ReleaseRef) -> bool:
        """Whether a signature lies beside a release, good or not."""

    def read_elsewhere(self, release: ReleaseId) -> ReadElsewhere | None:
        """Where a release was read, if not in the files that answer otherwise."""

    def withdrawal(self, release: ReleaseId) -> Withdrawal | Unknown | None:
        """The mark of a withdrawn release; None where it is not withdrawn."""
