"""What the pages show of a view: what a caller without a key may see, and nothing more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TypeVar, cast

from zumik.actions.live.landed_pointers import History
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.decisions.alias_table import Rederived
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.releases.outline import OutlineReader, ReleaseOutline
from zumik.core.releases.release import ReleaseRef, VerifiedRelease
from zumik.core.releases.signature import SignatureState, SignatureVerdict
from zumik.core.releases.withdrawal import Withdrawal
from zumik.errors import CannotRun
from zumik.serve.alias_routes import Histories, live_alias
from zumik.serve.view import View

Value = TypeVar("Value")

Outlines = MutableMapping[tuple[ReleaseRef, str], ReleaseOutline]
"""Outlines by release and by the rule of what is shown; no later view changes them."""

_NOT_JUDGED = SignatureVerdict(
    SignatureState.NOT_JUDGED, "this server does not judge signatures: zumik release show does"
)


class ViewSource:
    """A SiteSource of a view at a time. It keeps what is read, and is replaced with the view."""

    mix = None
    url = None

    def __init__(
        self, view: View, histories: Histories | None, outlines: Outlines, at: datetime
    ) -> None:
        self._view = view
        self._seen = view.seen(authenticated=False)
        self._histories = histories
        self._outlines = outlines
        self._reader = OutlineReader(self._seen.shows)
        self._at = at
        self._made: dict[str, object] = {}
        self._table = lru_cache(maxsize=256)(self._derived)
        self.today = at.date()
        self.releases: Sequence[ReleaseId] = view.releases.ids
        self.outlines: Mapping[ReleaseId, ReleaseOutline] = _OnDemand(self.releases, self._outline)

    def ref(self, release: ReleaseId) -> ReleaseRef:
        """A release by its digest."""
        return self._view.releases.ref(release)

    def release(self, release: ReleaseId) -> VerifiedRelease:
        """The release without what is confidential."""
        return self._seen.release(self._view.release(release))

    def _outline(self, release: ReleaseId) -> ReleaseOutline:
        key = self.ref(release), self.sight
        if key not in self._outlines:
            data = self._view.releases.frozen(release).data
            self._outlines[key] = self._reader.outline(key[0], data)
        return self._outlines[key]

    def release_bytes(self, release: ReleaseId) -> bytes | None:
        """The bytes, where all of the release may be shown."""
        frozen = self._view.releases.frozen(release)
        return frozen.data if self._seen.is_whole(frozen.source) else None

    def withheld(self, release: ReleaseId) -> Sequence[AliasName]:
        """The aliases that rank a confidential model."""
        source = self._view.release(release)
        return [name for name in source.aliases if not self._seen.shows_alias(source, name)]

    def withdrawal(self, release: ReleaseId) -> Withdrawal | None:
        """The mark, without a reason that names what is confidential; a bundle holds none."""
        return self._seen.withdrawal(self._view.releases.withdrawal(release)[0])

    def vouched(self, release: ReleaseId) -> bool | None:
        """Whether SHA256SUMS has it; None in a bundle, which has no ledger."""
        return self._view.releases.vouched(self.ref(release))

    def signature(self, release: ReleaseId) -> SignatureVerdict | None:
        """That there is a signature: judging one starts a program, which no request may do."""
        return _NOT_JUDGED if self._view.releases.signed(self.ref(release)) else None

    def table(self, release: ReleaseId, alias: AliasName) -> Rederived | None:
        """An alias derived again, without the confidential models."""
        return self._table(release, alias)

    def _derived(self, release: ReleaseId, alias: AliasName) -> Rederived | None:
        source = self._view.release(release)
        if alias not in source.aliases:
            raise CannotRun(f"{release} has no alias {alias}")
        if not self._seen.shows_alias(source, alias):
            return None
        return self._view.table(source, alias, authenticated=False)

    @cached_property
    def live(self) -> Mapping[AliasName, LiveAlias]:
        """Every pointer of the view, with what it answers at the time of this source."""
        found = (
            live_alias(self._view, pointer, self._at, authenticated=True)
            for pointer in self._view.bundle.pointers.values()
        )
        return {live.pointer.alias: self._seen.live(live, self._view.release) for live in found}

    def history(self, alias: AliasName) -> Sequence[LandedPointer]:
        """As git has it; empty where a bundle is served, or there is no git."""
        if self._pointers is None:
            return ()
        try:
            pasts = self._pointers.of(alias)
        except CannotRun:
            return ()
        return [self._seen.landed(past, self._view.release) for past in pasts]

    @cached_property
    def _pointers(self) -> History | None:
        return self._histories() if self._histories is not None else None

    def remembered(self, key: str, make: Callable[[], Value]) -> Value:
        """A value that pages make of this source once."""
        if key not in self._made:
            self._made[key] = make()
        return cast("Value", self._made[key])

    def named(self, text: str) -> frozenset[str]:
        """The words for what this caller may not see that a text has."""
        return self._seen.named(text) if self._seen.hides else frozenset()

    @property
    def sight(self) -> str:
        """The confidential names, as a digest."""
        return self._seen.digest


class _OnDemand(Mapping[ReleaseId, ReleaseOutline]):
    """Outlines in the order of the line, each read when it is asked for."""

    def __init__(
        self, ids: Sequence[ReleaseId], read: Callable[[ReleaseId], ReleaseOutline]
    ) -> None:
        self._ids = dict.fromkeys(ids)
        self._read = read

    def __getitem__(self, release: ReleaseId) -> ReleaseOutline:
        if release not in self._ids:
            raise KeyError(release)
        return self._read(release)

    def __iter__(self) -> Iterator[ReleaseId]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)
