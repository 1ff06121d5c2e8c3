"""Every model that a release knows, with its uses: read in one pass for all pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.facts.catalog import Model
from zumik.core.live.live_spans import ServedSpan, served_spans
from zumik.core.reviews.model_index import KnownModel, ModelIndex
from zumik.core.reviews.model_use import LivePlace, ModelUse, live_places, model_uses
from zumik.pages.live_history import live_history
from zumik.pages.site_source import SiteSource


class KnownModels:
    """The models of a source. Raises ZumikError where a release cannot be read."""

    def __init__(self, source: SiteSource) -> None:
        self._index = ModelIndex()
        for release in source.releases:
            self._index.add(source.release(release))
        self._live = live_places(source.live)
        self._served: Mapping[AliasName, Sequence[ServedSpan]] = {
            alias: served_spans(spans) for alias, spans in live_history(source).of_alias.items()
        }
        # The catalog may have learned of an end that no release knows yet.
        self._ends = {
            item.model: item.day
            for live in source.live.values()
            if (item := live.retirement) is not None
        }

    @property
    def ids(self) -> Sequence[ModelId]:
        """Every model, by id."""
        return tuple(self._index)

    def __contains__(self, model: object) -> bool:
        return model in self._index

    def known(self, model: ModelId) -> KnownModel:
        """A model with its newest facts. Raises KeyError."""
        return self._index.known(model)

    def uses(self, known: KnownModel) -> tuple[ModelUse, ...]:
        """The aliases that rank a model or did."""
        live = self._live.get(known.model.id, {})
        return model_uses(known.model.id, live, self._served, known.ranks)

    def live_place(self, model: ModelId) -> Mapping[AliasName, LivePlace]:
        """Where what is live ranks a model."""
        return self._live.get(model, {})

    def retires_on(self, model: Model) -> date | None:
        """The day on which a model retires: by the catalog where it is live, else as frozen."""
        return self._ends.get(model.id) or model.retires_on

    def variants(self, model: Model) -> Sequence[ModelId]:
        """The base of a model and its variants, but not the model itself."""
        base = model.variant_of or model.id
        family = (base, *(name for name in self._index if name.startswith(f"{base}:")))
        return tuple(name for name in family if name != model.id and name in self._index)


def known_models(source: SiteSource) -> KnownModels:
    """The models of a source, read once. Raises ZumikError."""
    return source.remembered("known models", lambda: KnownModels(source))
