"""What the pages of a workspace show to everybody: public facts alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import cached_property, lru_cache
from typing import Protocol, TypeVar, cast

from zumik.actions.live.landed_pointers import LandedPointers
from zumik.actions.live.live_aliases import drain_status, live_aliases
from zumik.actions.releases.sign_release import verdict_on
from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.tree import FROZEN
from zumik.core.decisions.alias_table import Rederived, rederive
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.facts.catalog import Model
from zumik.core.facts.hidden import Hidden
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.releases.outline import OutlineReader, RankingOutline, ReleaseOutline
from zumik.core.releases.release import MAX_RELEASE_BYTES, ReleaseRef, VerifiedRelease, digest_of
from zumik.core.releases.signature import SignatureState, SignatureVerdict
from zumik.core.releases.withdrawal import Withdrawal
from zumik.core.reviews.disclosure import Disclosure
from zumik.core.traffic.mix import Mix
from zumik.errors import CannotRun, ZumikError
from zumik.workspace.confidentiality import FrozenMarks

Value = TypeVar("Value")


class Watch(Protocol):
    """Shows a person how far something has come."""

    def __call__(self, items: Iterable[Value], what: str) -> Iterable[Value]:
        """The same items, counted as they are taken; `what` is a word for them."""


def unwatched(items: Iterable[Value], what: str) -> Iterable[Value]:
    """The items, where no person watches."""
    return items


_KEPT = 8
"""How many releases are kept: a page needs its own, the one before, and those that are live."""


class PagesSource:
    """A SiteSource of a workspace as it is in its work tree.

    `today` is now where it is None, and `hidden` is read from all releases. `watch` gets what is
    done release by release, with a word for it. Raises CannotRun and IntegrityError where it cannot
    be known what is confidential.
    """

    def __init__(
        self,
        session: Session,
        mix: Mix | None = None,
        today: date | None = None,
        url: str | None = None,
        hidden: Hidden | None = None,
        watch: Watch = unwatched,
    ) -> None:
        self._session = session
        self._store = session.store
        self._pointers = LandedPointers(session)
        self._made: dict[str, object] = {}
        self._mix = mix
        self.url = url
        self.today: date = today or session.now().date()
        self.releases: Sequence[ReleaseId] = tuple(self._store.releases)
        self._watch = watch
        self.hidden = hidden = self._read_hidden() if hidden is None else hidden
        aliases = [pointer.alias for pointer in self._store.pointers()]
        self._seen = Disclosure(hidden, aliases, self._live_models())
        self._shown = lru_cache(maxsize=_KEPT)(self._cleared)
        self._table = lru_cache(maxsize=256)(self._derived)

    def _read_hidden(self) -> Hidden:
        marks, refs = FrozenMarks(), self._store.releases.values()
        for ref in self._watch(refs, "releases searched for confidential models"):
            marks.marked_in(self._store.tree, [ref])
        return marks.hidden_in(self._store.tree, refs)

    def _live_models(self) -> Iterator[Model]:
        for live in self._store.live_releases():
            if not isinstance(live.found, ZumikError):
                yield from live.found.models.values()

    def ref(self, release: ReleaseId) -> ReleaseRef:
        """A release as its file is named."""
        return self._store.releases[release]

    def release(self, release: ReleaseId) -> VerifiedRelease:
        """The release without what is confidential."""
        return self._shown(release)

    def _cleared(self, release: ReleaseId) -> VerifiedRelease:
        return self._seen.release(self._store.release(release))

    @cached_property
    def outlines(self) -> Mapping[ReleaseId, ReleaseOutline]:
        """All releases; what ranks alike in two that follow each other is kept once."""
        found: dict[ReleaseId, ReleaseOutline] = {}
        kept: dict[AliasName, RankingOutline] = {}
        models: frozenset[ModelId] = frozenset()
        reader = OutlineReader(self._seen.shows)
        for name, ref in self._watch(self._store.releases.items(), "releases read"):
            data = self._store.tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES)
            outline = reader.outline(ref, data)
            for alias, ranking in outline.rankings.items():
                if kept.get(alias) != ranking:
                    kept[alias] = ranking
            models = models if models == outline.models else outline.models
            rankings = {alias: kept[alias] for alias in outline.rankings}
            found[name] = outline._replace(rankings=rankings, models=models)
        return found

    def release_bytes(self, release: ReleaseId) -> bytes | None:
        """The bytes, where all of the release may be shown."""
        ref = self._store.releases[release]
        data = self._store.tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES)
        # Without anything confidential their digest alone has to hold, and parsing takes long.
        if self._seen.hides or digest_of(data) != ref.sha256:
            return data if self._seen.is_whole(self._store.release(release)) else None
        return data

    def withheld(self, release: ReleaseId) -> Sequence[AliasName]:
        """The aliases that rank a confidential model."""
        source = self._store.release(release)
        return [name for name in source.aliases if not self._seen.shows_alias(source, name)]

    def withdrawal(self, release: ReleaseId) -> Withdrawal | None:
        """The mark, without a reason that names what is confidential."""
        return self._seen.withdrawal(self._store.withdrawals.get(release))

    def vouched(self, release: ReleaseId) -> bool:
        """Whether SHA256SUMS has it."""
        ref = self._store.releases[release]
        return self._ledger.get(ref.file_name) == ref.sha256

    def signature(self, release: ReleaseId) -> SignatureVerdict | None:
        """Whether the signature beside it is good today."""
        # The reason may say when it was judged, and two builds of one day are alike.
        today = datetime.combine(self.today, time(), UTC)
        found = verdict_on(self._session, self._store.releases[release], today)
        if found is None or found.state is not SignatureState.NOT_JUDGED:
            return found
        # What stands in the way here is nothing that a reader elsewhere has to know.
        return found._replace(reason="it could not be judged where this site was built")

    @cached_property
    def _ledger(self) -> Mapping[str, str]:
        return self._store.ledger()

    def table(self, release: ReleaseId, alias: AliasName) -> Rederived | None:
        """An alias derived again from all facts, and then shown without the confidential ones."""
        return self._table(release, alias)

    def _derived(self, release: ReleaseId, alias: AliasName) -> Rederived | None:
        source = self._store.release(release)
        if alias not in source.aliases:
            raise CannotRun(f"{release} has no alias {alias}", hint="zumik release show lists them")
        if not self._seen.shows_alias(source, alias):
            return None
        return self._seen.table(source, rederive(source, alias))

    @cached_property
    def live(self) -> Mapping[AliasName, LiveAlias]:
        """As `zumik status` has them."""
        found = live_aliases(self._session, drain_status(self._session))
        return {live.pointer.alias: self._seen.live(live, self._store.release) for live in found}

    def history(self, alias: AliasName) -> Sequence[LandedPointer]:
        """As `zumik alias history` has it; empty where there is no git."""
        try:
            pasts = self._pointers.of(alias)
        except CannotRun:
            return ()
        return [self._seen.landed(past, self._store.release) for past in pasts]

    def remembered(self, key: str, make: Callable[[], Value]) -> Value:
        """A value that pages make of this source once."""
        if key not in self._made:
            self._made[key] = make()
        return cast("Value", self._made[key])

    @cached_property
    def mix(self) -> Mix | None:
        """The mix without what hidden models cost, and without their names."""
        return self._mix and self._seen.mix(self._mix, self._store.release)

    def named(self, text: str) -> frozenset[str]:
        """The words for confidential providers and models that a text has."""
        return self._seen.named(text) if self._seen.hides else frozenset()

    @property
    def sight(self) -> str:
        """The confidential names, as a digest."""
        return self._seen.digest
