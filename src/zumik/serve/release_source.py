"""Where releases come from: every release that the server can show, live or not.

A bundle has the releases that it holds; a workspace has all of them, with its ledger and marks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache, partial
from typing import Protocol

from zumik.actions.live.live_retirements import Retirement, retirements_by, retirements_of
from zumik.core.basics.names import ModelId, ReleaseId
from zumik.core.basics.tree import FROZEN
from zumik.core.facts.hidden import Hidden
from zumik.core.live.bundle import Bundle, Frozen
from zumik.core.releases.release import MAX_RELEASE_BYTES, ReleaseRef, verify
from zumik.core.releases.withdrawal import Withdrawal
from zumik.errors import CannotRun, IntegrityError
from zumik.workspace.confidentiality import FrozenMarks
from zumik.workspace.settings_in_text import DEFAULT_RETIREMENT_DAYS
from zumik.workspace.store import Store

NO_MARKS = "a bundle does not hold which releases are withdrawn"


class ReleaseSource(Protocol):
    """Releases by id, with what is known of each beside its bytes."""

    @property
    def ids(self) -> Sequence[ReleaseId]:
        """The ids of all releases, oldest first."""

    @property
    def hidden(self) -> Hidden:
        """What of all this may not be shown to a caller without a key."""

    def ref(self, release: ReleaseId) -> ReleaseRef:
        """One of these releases by its digest; nothing is read."""

    def frozen(self, release: ReleaseId) -> Frozen:
        """A release and its bytes. Raises CannotRun and IntegrityError."""

    def withdrawal(self, release: ReleaseId) -> tuple[Withdrawal | None, str | None]:
        """The mark of a withdrawn release, or why that is unknown. Raises as `frozen`."""

    def vouched(self, ref: ReleaseRef) -> bool | None:
        """Whether the ledger has the release; None where there is no ledger."""

    def signed(self, ref: ReleaseRef) -> bool:
        """Whether the release has a signature file, good or bad."""

    def retirement(self, today: date) -> Retirement:
        """Says whether what answers has retired on that day, or will within the horizon."""


class BundleReleases:
    """The releases that a bundle holds."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self.ids: Sequence[ReleaseId] = tuple(bundle.releases)
        self.hidden = bundle.hidden

    def ref(self, release: ReleaseId) -> ReleaseRef:
        """A release of the bundle by its digest."""
        return self._bundle.releases[release].source.ref

    def frozen(self, release: ReleaseId) -> Frozen:
        """A release of the bundle."""
        found = self._bundle.releases.get(release)
        if found is None:
            raise CannotRun(
                f"{release} is not in the bundle",
                hint="zumik bundle --all-releases writes a bundle with every release",
            )
        return found

    def withdrawal(self, release: ReleaseId) -> tuple[Withdrawal | None, str | None]:
        """Unknown: a bundle holds no marks."""
        return None, NO_MARKS

    def vouched(self, ref: ReleaseRef) -> bool | None:
        """Unknown: a bundle has no ledger. Its pointers hold the digests."""
        return None

    def signed(self, ref: ReleaseRef) -> bool:
        """A bundle has no signatures."""
        return False

    def retirement(self, today: date) -> Retirement:
        """By the newest facts that the bundle holds; it has no settings, so the usual horizon."""

        def retires_on(model: ModelId) -> date | None:
            for release in reversed(self.ids):
                known = self._bundle.releases[release].source.models.get(model)
                if known is not None:
                    return known.ends_on
            return None

        return retirements_by(retires_on, today, DEFAULT_RETIREMENT_DAYS)


class WorkspaceReleases:
    """Every release of a workspace. The live ones are in memory.

    Raises CannotRun and IntegrityError where it cannot be known what is confidential.
    """

    def __init__(self, store: Store, bundle: Bundle, marks: FrozenMarks) -> None:
        self._store = store
        self._bundle = bundle
        self._read = lru_cache(maxsize=32)(self._from_disk)
        self._retirement = lru_cache(maxsize=2)(partial(retirements_of, store))
        self.ids: Sequence[ReleaseId] = tuple(store.releases)
        self.hidden = marks.hidden_in(store.tree, store.releases.values())

    def ref(self, release: ReleaseId) -> ReleaseRef:
        """A release of the workspace by its digest."""
        return self._store.releases[release]

    def frozen(self, release: ReleaseId) -> Frozen:
        """A release of the workspace. Raises CannotRun and IntegrityError."""
        return self._bundle.releases.get(release) or self._read(release)

    def _from_disk(self, release: ReleaseId) -> Frozen:
        ref = self._store.releases.get(release)
        if ref is None:
            raise CannotRun(
                f"no release {release} in the workspace", hint="GET /v2/alias-releases lists them"
            )
        try:
            data = self._store.tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES)
        except CannotRun as error:
            # git is rewriting the work tree, or the file was removed: it is no unknown release.
            raise IntegrityError(
                f"{release} is in SHA256SUMS, and its file cannot be read: {error.message}",
                hint="ask again in a moment; zumik check says what is wrong with the files",
            ) from None
        return Frozen(verify(ref.file_name, data), data)

    def withdrawal(self, release: ReleaseId) -> tuple[Withdrawal | None, str | None]:
        """The mark of the release, if it has one."""
        return self._store.withdrawal(release), None

    def vouched(self, ref: ReleaseRef) -> bool | None:
        """Whether SHA256SUMS has the release."""
        return self._store.vouches(ref)

    def signed(self, ref: ReleaseRef) -> bool:
        """Whether the release has a signature file, good or bad."""
        return self._store.is_signed(ref)

    def retirement(self, today: date) -> Retirement:
        """By the catalog and the horizon of the workspace, as when this was made."""
        return self._retirement(today)
