"""A source of pages from releases in memory: what each test says of it, and nothing of a disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TypeVar, cast

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.decisions.alias_table import Rederived, rederive
from zumik.core.decisions.drained_decision import answered
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.live.commit_clocks import CommitClock
from zumik.core.live.drains import NO_DRAINS
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.live.pointer import Pointer
from zumik.core.releases.outline import OutlineReader, RankingOutline, ReleaseOutline
from zumik.core.releases.release import ReleaseRef, VerifiedRelease, release_to_bytes
from zumik.core.releases.signature import SignatureVerdict
from zumik.core.releases.withdrawal import Withdrawal
from zumik.core.traffic.mix import Mix

Value = TypeVar("Value")

TODAY = date(2026, 11, 28)


def at(day: int) -> datetime:
    """A day of June."""
    return datetime(2026, 6, day, 12, tzinfo=UTC)


class MemorySource:
    """A SiteSource of releases, oldest first, of which `moves` were live: day, alias, release."""

    def __init__(
        self,
        *releases: VerifiedRelease,
        moves: Sequence[tuple[int, str, VerifiedRelease]] = (),
        withdrawals: Mapping[ReleaseId, Withdrawal] | None = None,
        signatures: Mapping[ReleaseId, SignatureVerdict] | None = None,
        hidden_aliases: Mapping[ReleaseId, Sequence[AliasName]] | None = None,
        hidden_bytes: Sequence[ReleaseId] = (),
    ) -> None:
        self._releases = {source.ref.id: source for source in releases}
        self._moves = moves
        self._withdrawals = withdrawals or {}
        self._signatures = signatures or {}
        self._hidden_aliases = hidden_aliases or {}
        self._hidden_bytes = hidden_bytes
        self._made: dict[str, object] = {}
        self.today = TODAY
        self.mix: Mix | None = None
        self.url: str | None = None
        self.sight = repr(self._hidden_aliases)
        self.releases: Sequence[ReleaseId] = tuple(self._releases)
        self.history_is_known = True
        self.drains = NO_DRAINS

    def ref(self, release: ReleaseId) -> ReleaseRef:
        return self._releases[release].ref

    def release(self, release: ReleaseId) -> VerifiedRelease:
        source = self._releases[release]
        hidden = self._hidden_aliases.get(release, ())
        content = source.release.content
        aliases = {name: item for name, item in content.aliases.items() if name not in hidden}
        shown = source.release._replace(content=content._replace(aliases=aliases))
        return source._replace(release=shown)

    def release_bytes(self, release: ReleaseId) -> bytes | None:
        if release in self._hidden_bytes:
            return None
        return release_to_bytes(self._releases[release].release)

    def withheld(self, release: ReleaseId) -> Sequence[AliasName]:
        return self._hidden_aliases.get(release, ())

    def withdrawal(self, release: ReleaseId) -> Withdrawal | None:
        return self._withdrawals.get(release)

    def vouched(self, release: ReleaseId) -> bool | None:
        return True

    def signature(self, release: ReleaseId) -> SignatureVerdict | None:
        return self._signatures.get(release)

    def table(self, release: ReleaseId, alias: AliasName) -> Rederived | None:
        if alias in self.withheld(release):
            return None
        return rederive(self._releases[release], alias)

    @property
    def live(self) -> Mapping[AliasName, LiveAlias]:
        found = {}
        for day, name, source in self._moves:
            alias = AliasName(name)
            pointer = Pointer(alias, source.ref, day, "promote", at(day))
            table, now = rederive(source, alias).table, datetime(2026, 11, 28, tzinfo=UTC)
            decided = answered(self.drains, source, alias, now) if self.drains.drains else None
            found[alias] = LiveAlias(pointer, table, is_known=True, answered=decided)
        return found

    def history(self, alias: AliasName) -> Sequence[LandedPointer]:
        if not self.history_is_known:
            return ()
        landed = [_landed(day, alias, source) for day, name, source in self._moves if name == alias]
        return landed[::-1]

    @cached_property
    def outlines(self) -> Mapping[ReleaseId, ReleaseOutline]:
        found, reader = {}, OutlineReader(lambda model: True)
        for release, source in self._releases.items():
            outline = reader.outline(source.ref, release_to_bytes(source.release))
            hidden = self.withheld(release)
            empty = dict.fromkeys(hidden, RankingOutline(None, 0, b""))
            seen = {name: item for name, item in outline.identities.items() if name not in hidden}
            rankings = {**outline.rankings, **empty}
            found[release] = outline._replace(rankings=rankings, identities=seen)
        return found

    def remembered(self, key: str, make: Callable[[], Value]) -> Value:
        if key not in self._made:
            self._made[key] = make()
        return cast("Value", self._made[key])

    def named(self, text: str) -> frozenset[str]:
        return frozenset()


def _landed(day: int, alias: AliasName, source: VerifiedRelease) -> LandedPointer:
    seconds = int(at(day).timestamp())
    clock = CommitClock(seconds, seconds, seconds, holds=True)
    pointer = Pointer(alias, source.ref, day, "promote", at(day))
    return LandedPointer(f"c{day}", clock, "Ada", pointer, source.aliases[alias].winner)
