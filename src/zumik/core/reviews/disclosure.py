"""Disclosure: values as one reader may see them, for every output that is not the terminal's.

A reader who may see everything gets values as they are. For all others they lose what `visibility`
hides: confidential models, aliases whose ranking follows from one, and sentences that name one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from functools import cached_property

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.basics.unknown import Unknown
from zumik.core.decisions.alias_table import AliasTable, CandidateRow, Rederived
from zumik.core.decisions.live_alias import LiveAlias
from zumik.core.facts.catalog import Model
from zumik.core.facts.hidden import Hidden, named_by
from zumik.core.live.drains import Drain
from zumik.core.live.landed_pointer import LandedPointer
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import VerifiedRelease, content_to_json
from zumik.core.releases.withdrawal import Withdrawal
from zumik.core.reviews.visibility import public, public_values
from zumik.core.traffic.mix import Mix, MixKey
from zumik.errors import ZumikError

CONFIDENTIAL = Unknown("how it is ranked is confidential")
"""What is known of an alias whose ranking follows from confidential facts."""

ReleaseById = Callable[[ReleaseId], VerifiedRelease]
"""Gives a whole release. Raises ZumikError."""


class Disclosure:
    """What one reader may see. Nothing is hidden from a reader for whom `hidden` is empty.

    The names of `aliases` may always be shown. A word for a hidden model that one of `models` has
    too gives nothing away.
    """

    def __init__(
        self, hidden: Hidden, aliases: Collection[str] = (), models: Iterable[Model] = ()
    ) -> None:
        self._hidden = hidden
        self._aliases = aliases
        self._models = models

    @property
    def hides(self) -> bool:
        """Whether anything is hidden from this reader."""
        return bool(self._hidden.providers)

    @property
    def digest(self) -> str:
        """A text that changes with what is hidden, and does not say what that is."""
        named = repr([sorted(words) for words in self._hidden]) if self.hides else ""
        return hashlib.sha256(named.encode()).hexdigest()

    @cached_property
    def named(self) -> Callable[[str], frozenset[str]]:
        """The words for hidden providers and models that a text has."""
        return named_by(self._hidden, self._aliases, filter(self._shows_model, self._models))

    def speaks(self, text: str) -> bool:
        """Whether a text names a hidden provider or one of its models."""
        return self.hides and bool(self.named(text))

    def shows(self, model: ModelId) -> bool:
        """Whether this reader may see a model."""
        return self._hidden.shows(model)

    def _shows_model(self, model: Model) -> bool:
        return self.shows(model.id)

    def shows_alias(self, source: VerifiedRelease, alias: AliasName) -> bool:
        """Whether this reader may see how a release ranks an alias."""
        frozen = source.aliases.get(alias)
        return frozen is None or self._hidden.shows_all(frozen.ranking)

    def drains(self, drains: Iterable[Drain]) -> tuple[Drain, ...]:
        """Drains without a reason, and without models, that name what is hidden."""
        return tuple(
            d._replace(
                models=self._sentence(d.models) or "confidential",
                reason=self._sentence(d.reason) or "",
            )
            for d in drains
        )

    def withdrawal(self, mark: Withdrawal | None) -> Withdrawal | None:
        """A mark without such a reason."""
        return mark and mark._replace(reason=self._sentence(mark.reason) or "confidential")

    def _sentence(self, text: str | None) -> str | None:
        return None if text is not None and self.speaks(text) else text

    def content(self, source: VerifiedRelease) -> dict[str, object]:
        """A release's content as JSON."""
        return public(source.release.content, self._hidden)

    def is_whole(self, source: VerifiedRelease) -> bool:
        """Whether this reader may see a release's bytes."""
        if not self.hides:
            return True
        whole = content_to_json(source.release.content)
        return self.content(source) == whole and not self.speaks(source.release.note or "")

    def release(self, source: VerifiedRelease) -> VerifiedRelease:
        """A release without what is hidden; its digest is still that of the whole."""
        if not self.hides:
            return source
        release = source.release
        shown = release._replace(
            content=public_values(release.content, self._hidden), note=self._sentence(release.note)
        )
        return source._replace(release=shown)

    def table(self, source: VerifiedRelease, found: Rederived) -> Rederived:
        """A derived alias of a release without hidden models and their effects.

        Call it only for an alias that the reader may see.
        """
        if not self.hides:
            return found
        content = public_values(source.release.content, self._hidden)
        policy, table = content.aliases[found.table.alias.name].policy, found.table

        def shown(rows: Iterable[CandidateRow]) -> tuple[CandidateRow, ...]:
            kept = (row for row in rows if self.shows(row.model.id))
            return tuple(row._replace(model=content.models[row.model.id]) for row in kept)

        table = table._replace(
            alias=policy,
            ranked=shown(table.ranked),
            excluded=shown(table.excluded),
            would_win=tuple(c for c in table.would_win if self.shows(c.model)),
            flips=tuple(f for f in table.flips if f.to is None or self.shows(f.to)),
        )
        return found._replace(table=table, frozen=content.aliases[policy.name])

    def live(self, live: LiveAlias, releases: ReleaseById) -> LiveAlias:
        """A live alias; of one that is hidden only its pointer."""
        if not self.hides:
            return live
        pointer = self._pointer(live.pointer)
        source = self._readable(live.pointer, releases)
        if source is None or not self.shows_alias(source, pointer.alias):
            return LiveAlias(pointer, CONFIDENTIAL, live.is_known)
        table, answered, beside = live.known_table, live.answered, live.beside
        shown: AliasTable | Unknown = live.table
        if table is not None:
            frozen = source.aliases[pointer.alias]
            found = Rederived(table, frozen, frozen.ranking, source.release.resolver)
            shown = self.table(source, found).table
        if beside is not None and beside.landed_winner and not self.shows(beside.landed_winner):
            beside = beside._replace(landed_winner=None)
        return live._replace(
            pointer=pointer,
            table=shown,
            beside=beside,
            withdrawal=self.withdrawal(live.withdrawal),
            answered=answered and answered._replace(drains=self.drains(answered.drains)),
        )

    def landed(self, past: LandedPointer, releases: ReleaseById) -> LandedPointer:
        """A pointer that landed, without a winner that is hidden."""
        if not self.hides or past.pointer is None:
            return past
        source = self._readable(past.pointer, releases)
        is_shown = source is not None and self.shows_alias(source, past.pointer.alias)
        return past._replace(
            author="confidential" if self.speaks(past.author) else past.author,
            pointer=self._pointer(past.pointer),
            winner=past.winner if is_shown else None,
        )

    def mix(self, mix: Mix, releases: ReleaseById) -> Mix:
        """A mix in which requests of hidden models have no model and no cost.

        What they cost, beside their tokens, would reveal a hidden price.
        """
        if not self.hides:
            return mix
        shown = Mix(mix.logs)
        for key, counts in mix.cells.items():
            if self._shows_cell(key, releases):
                shown.add(key, counts)
            else:
                shown.add(key._replace(model=None), counts.without_costs())
        return shown

    def _shows_cell(self, key: MixKey, releases: ReleaseById) -> bool:
        if key.model is not None and not self.shows(key.model):
            return False
        if key.alias is None or key.release is None:
            return True
        try:
            return self.shows_alias(releases(key.release), key.alias)
        except ZumikError:
            return False

    def _pointer(self, pointer: Pointer) -> Pointer:
        return pointer._replace(reason=self._sentence(pointer.reason))

    def _readable(self, pointer: Pointer, releases: ReleaseById) -> VerifiedRelease | None:
        try:
            return releases(pointer.target.id)
        except ZumikError:
            return None
