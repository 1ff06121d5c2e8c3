"""What the pages show: read, verified, and cleared of what their reader may not see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol, TypeVar

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.decisions.alias_table import Rederived
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.releases.outline import ReleaseOutline
from zumik.core.releases.release import ReleaseRef, VerifiedRelease
from zumik.core.releases.signature import SignatureVerdict
from zumik.core.releases.withdrawal import Withdrawal

if TYPE_CHECKING:
    from collections.abc import Callable

    from zumik.core.traffic.mix import Mix

Value = TypeVar("Value")


class SiteSource(Protocol):
    """A workspace as the reader of its pages may see it.

    Every value lacks what is confidential. A release without its confidential models and aliases is
    still called by its digest, but `release_bytes` gives none of its bytes.
    """

    @property
    def today(self) -> date:
        """The day for which the pages are made."""

    @property
    def url(self) -> str | None:
        """Where the site lies, with a slash at its end; None where that is not known."""

    @property
    def releases(self) -> Sequence[ReleaseId]:
        """All releases, oldest first."""

    def ref(self, release: ReleaseId) -> ReleaseRef:
        """A release by its digest too, as its file is named; nothing is read."""

    def release(self, release: ReleaseId) -> VerifiedRelease:
        """A release, without the models and aliases that are not shown. Raises ZumikError."""

    @property
    def outlines(self) -> Mapping[ReleaseId, ReleaseOutline]:
        """The rankings of all releases, oldest first: read once, and small. Raises ZumikError."""

    def release_bytes(self, release: ReleaseId) -> bytes | None:
        """Its bytes; None where they hold what is not shown. Raises ZumikError."""

    def withheld(self, release: ReleaseId) -> Sequence[AliasName]:
        """Its aliases that are not shown, by name. Raises ZumikError."""

    def withdrawal(self, release: ReleaseId) -> Withdrawal | None:
        """Its mark, where it is withdrawn. Raises ZumikError."""

    def vouched(self, release: ReleaseId) -> bool | None:
        """Whether the ledger has it; None where there is no ledger. Raises ZumikError."""

    def signature(self, release: ReleaseId) -> SignatureVerdict | None:
        """What its signature proves; None where it has none. Raises ZumikError."""

    def table(self, release: ReleaseId, alias: AliasName) -> Rederived | None:
        """An alias of a release, derived again; None where its ranking is not shown.

        Raises ZumikError.
        """

    @property
    def live(self) -> Mapping[AliasName, LiveAlias]:
        """Every alias that has a live pointer, retired ones too, by name."""

    def history(self, alias: AliasName) -> Sequence[LandedPointer]:
        """Each pointer of an alias that landed, newest first; empty where that is not known."""

    @property
    def mix(self) -> Mix | None:
        """What the logs say of the traffic; None where no logs were given."""

    def remembered(self, key: str, make: Callable[[], Value]) -> Value:
        """A value that pages make of this source once, such as an index, by a name of its own."""

    def named(self, text: str) -> frozenset[str]:
        """The words for what is not shown that a text has. No page may have one of its own."""

    @property
    def sight(self) -> str:
        """A text that changes with the rule of what is shown; for the record of what was built."""
