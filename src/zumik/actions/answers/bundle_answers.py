"""Answers from a bundle: what it holds, without the ledger and history of a workspace."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property

from zumik.actions.answers.workspace_answers import WorkspaceAnswers
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.replay import LandedThen
from zumik.core.releases.release import ReleaseRef, VerifiedRelease
from zumik.core.releases.withdrawal import Withdrawal
from zumik.errors import CannotRun
from zumik.reports.text import plural


class BundleAnswers(WorkspaceAnswers):
    """An AnswerSource of a bundle's file, which says of what else is asked that it is not known."""

    def landed_by(self, alias: AliasName, moment: datetime) -> LandedThen:
        """Raises CannotRun: a bundle has what is live, and not what was."""
        raise CannotRun(
            "a bundle does not say what was live at a time",
            hint="name the release in the line; or ask in the workspace, without --bundle",
        )

    def release(self, release: ReleaseId) -> VerifiedRelease:
        """A release of the bundle. Raises CannotRun for another."""
        if release not in self._store.releases:
            self.landed.hint = self._all
            raise CannotRun(f"{release} is not in this bundle{self._holds}", hint=self._all)
        return super().release(release)

    @property
    def _holds(self) -> str:
        """How much there is, which shows that one of what is live alone was asked."""
        return f", which holds {plural(len(self._store.releases), 'release')}"

    @cached_property
    def _all(self) -> str:
        # Only a release that is missing needs it: it loads what speaks HTTP.
        from zumik.actions.gateways.fetch_bundle import how_to_get_all

        assert self._session.bundle is not None
        return how_to_get_all(self._session.bundle)

    def vouches(self, ref: ReleaseRef) -> bool | None:
        """Unknown: a bundle has no ledger. Its pointers hold the digests."""
        return None

    def withdrawal(self, release: ReleaseId) -> Withdrawal | Unknown | None:
        """Unknown: a bundle holds no marks."""
        return Unknown("a bundle does not hold which releases are withdrawn")


def answers_of(session: Session) -> WorkspaceAnswers:
    """The answers of a session: of its bundle where it has one, else of its workspace."""
    return WorkspaceAnswers(session) if session.bundle is None else BundleAnswers(session)
