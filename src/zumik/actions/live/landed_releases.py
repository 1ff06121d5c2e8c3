"""Where a release is read: in the checkout, or on `live_ref` where the checkout is behind.

A line may name a release that landed after the last pull, or whose id a draft here has taken. The
checkout stays as it is. GitPython is loaded only where the checkout cannot answer.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

from zumik.actions.session import Session
from zumik.core.basics.names import ReleaseId
from zumik.core.basics.tree import FROZEN, LEDGER
from zumik.core.releases.ledger import LedgerLine, releases_in
from zumik.core.releases.read_elsewhere import ReadElsewhere
from zumik.core.releases.release import ReleaseRef, VerifiedRelease
from zumik.errors import CannotRun, IntegrityError, ZumikError
from zumik.workspace.settings_in_text import live_ref_setting
from zumik.workspace.store import Store

if TYPE_CHECKING:
    from zumik.git.repository import Repository


class LandedReleases:
    """The releases of a checkout and of its `live_ref`.

    `elsewhere` are those that were read on `live_ref`; `hint` is what may bring a release that
    neither has, once one was asked for.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.elsewhere: dict[ReleaseId, ReadElsewhere] = {}
        self.hint: str | None = None

    @cached_property
    def landed(self) -> Store | None:
        """The files as `live_ref` has them; None where that is not known here."""
        from zumik.actions.live.landed_store import landed_store

        with suppress(ZumikError):
            return landed_store(self._session)
        return None

    def store_of(self, release: ReleaseId) -> Store:
        """The files that have a release. Raises CannotRun where there are none."""
        here, ref = self._session.store, None
        # A sparse checkout may leave out all releases, and what has landed is in git all the same.
        with suppress(CannotRun):
            ref = here.releases.get(release)
        if ref is not None and not self._is_taken(ref):
            return here
        if self.landed is not None and release in self.landed.releases:
            live_ref = self._live_ref
            assert live_ref is not None
            self.elsewhere[release] = ReadElsewhere(live_ref, instead=ref is not None)
            return self.landed
        if ref is None:
            self._refuse(release)
        return here

    def release(self, release: ReleaseId) -> VerifiedRelease:
        """A release, verified. Raises CannotRun and IntegrityError."""
        store = self.store_of(release)
        try:
            return store.release(release)
        except IntegrityError as error:
            if store is self._session.store:
                raise
            # What restores a file of the checkout would bring the same bytes again.
            path = f"{store.tree.name}/{FROZEN}/{store.releases[release].file_name}"
            raise IntegrityError(
                f"{error.message} on {self._live_ref}",
                hint=f"git log {self._live_ref} -- ':/{path}' shows who changed it",
            ) from None

    @cached_property
    def _live_ref(self) -> str | None:
        # The directory of a bundle may be anywhere.
        store = self._session.store
        return live_ref_setting(store.tree) if store.root.is_dir() else None

    @cached_property
    def _repository(self) -> Repository | None:
        with suppress(ZumikError):
            return self._session.repository_or_none
        return None

    @cached_property
    def _fetch(self) -> str | None:
        """What brings all that has landed; asked once, since a log may name any ids at all."""
        from zumik.git.remotes import fetch_command

        assert self._repository is not None
        assert self._live_ref is not None
        return fetch_command(self._repository, self._live_ref)

    def _is_taken(self, ref: ReleaseRef) -> bool:
        """Whether another release has landed with the id of a draft here: what landed has it.

        Raises IntegrityError for a file that is no draft, since it was changed or renamed by hand.
        """
        # Nearly each release has landed as it is here, which needs no reading of all the lines.
        if LedgerLine.of(ref).to_text().encode() in self._landed_ledger:
            return False
        landed = releases_in(self._landed_ledger)
        if ref in landed or all(other.id != ref.id for other in landed):
            return False
        self._session.store.release(ref.id)
        return self._session.store.vouches(ref)

    @cached_property
    def _landed_ledger(self) -> bytes:
        """The ledger on `live_ref`, from one short run of git; empty where it is not known."""
        if self._live_ref is None:
            return b""
        from zumik.git.files_on_ref import files_on_ref

        found = files_on_ref(self._session.store.root, self._live_ref, [LEDGER])
        return (found.data[LEDGER] if found else None) or b""

    def _refuse(self, release: ReleaseId) -> NoReturn:
        """Raises CannotRun with the command that brings what has landed since the last fetch."""
        live_ref = self._live_ref
        if live_ref is None or self._repository is None:
            self._session.store.release(release)  # it raises
        self.hint = f"{self._fetch}, and run this again" if self._fetch else None
        there = f"or on {live_ref}" if self.landed is not None else f"and {live_ref} is not known"
        where = f"this checkout {there}"
        raise CannotRun(
            f"no release {release} in {where}",
            hint=(f"{self.hint}; " if self.hint else "") + "zumik release list shows what there is",
        )
