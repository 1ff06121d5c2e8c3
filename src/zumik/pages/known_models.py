"""Every model that a release knows, with its uses: read in one pass for all pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from threading import Lock

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.catalog import Model
from zumik.core.live.live_spans import ServedSpan, served_spans
from zumik.core.releases.release import ReleaseRef
from zumik.core.reviews.model_index import KnownModel, ModelIndex
from zumik.core.reviews.model_use import ModelUse, model_uses
from zumik.pages.live_history import live_history
from zumik.pages.live_models import all_models, places_of
from zumik.pages.site_source import SiteSource


class KnownModels:
    """The models of a source. Raises ZumikError where a release cannot be read."""

    def __init__(self, source: SiteSource) -> None:
        self._index = _index_of(source)
        self._places = places_of(source)
        self._served: Mapping[AliasName, Sequence[ServedSpan]] = {
            alias: served_spans(spans) for alias, spans in live_history(source).of_alias.items()
        }
        # The catalog may have learned of an end that no release knows yet.
        self._ends = {
            item.model: item.day
            for live in source.live.values()
            if (item := live.retirement) is not None
        }
        self.ids: Sequence[ModelId] = all_models(source)

    def known(self, model: ModelId) -> KnownModel:
        """A model with its newest facts. Raises KeyError."""
        with _LOCK:
            return self._index.known(model)

    def uses(self, known: KnownModel) -> tuple[ModelUse, ...]:
        """The aliases that rank a model or did."""
        live = self._places.get(known.model.id, {})
        return model_uses(known.model.id, live, self._served, known.ranks)

    def retires_on(self, model: Model) -> date | None:
        """The day on which a model retires: by the catalog where it is live, else as frozen."""
        return self._ends.get(model.id) or model.retires_on

    def variants(self, model: Model) -> Sequence[ModelId]:
        """The base of a model and its variants, but not the model itself."""
        base = model.variant_of or model.id
        return [
            name
            for name in self.ids
            if name != model.id and (name == base or name.startswith(f"{base}:"))
        ]


def known_models(source: SiteSource) -> KnownModels:
    """The models of a source, read once. Raises ZumikError."""
    return source.remembered("known models", lambda: KnownModels(source))


class _Kept:
    """An index, the newest release in it, and how many it has."""

    def __init__(self) -> None:
        self.index = ModelIndex()
        self.newest: ReleaseRef | None = None
        self.count = 0


_LOCK = Lock()
# A server has a new source with every move; the releases that it knew are not read again.
_kept: dict[str, _Kept] = {}
_MOST_KEPT = 2


def _index_of(source: SiteSource) -> ModelIndex:
    """The index of a source's line, which goes on from that of an earlier source.

    A release names its parent's digest, so that two lines with the same release are the same up to
    it. What is shown has to be the same, too.
    """
    with _LOCK:
        kept = _kept.get(source.sight)
        if kept is None or not _continues(source, kept):
            while len(_kept) >= _MOST_KEPT:
                del _kept[next(iter(_kept))]
            kept = _kept[source.sight] = _Kept()
        for release in source.releases[kept.count :]:
            kept.index.add(source.release(release))
            kept.newest, kept.count = source.ref(release), kept.count + 1
        return kept.index


def _continues(source: SiteSource, kept: _Kept) -> bool:
    if kept.newest is None or kept.count > len(source.releases):
        return False
    return source.ref(source.releases[kept.count - 1]) == kept.newest
