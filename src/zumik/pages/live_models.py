"""What is known of models without reading releases whole: which there are, and what they serve."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.reviews.model_use import LivePlace, live_places
from zumik.pages.site_source import SiteSource


def all_models(source: SiteSource) -> Sequence[ModelId]:
    """Every model that a release has, by id."""

    def made() -> Sequence[ModelId]:
        return sorted(frozenset().union(*(each.models for each in source.outlines.values())))

    return source.remembered("all models", made)


def places_of(source: SiteSource) -> Mapping[ModelId, Mapping[AliasName, LivePlace]]:
    """Where what is live ranks each model."""
    return source.remembered("live places", lambda: live_places(source.live))


def serves(source: SiteSource, model: ModelId) -> Sequence[AliasName]:
    """The aliases that a model answers now."""
    places = places_of(source).get(model, {})
    return sorted(alias for alias, place in places.items() if place.answers)


def state_of(source: SiteSource) -> str:
    """A digest of all that the pages of models are made of: the line, what is live, and the day.

    The newest release's digest covers the whole line, because each names its parent's.
    """

    def made() -> str:
        newest = source.ref(source.releases[-1]).sha256 if source.releases else ""
        live = [
            (
                item.pointer,
                item.answers.model.id if item.answers else None,
                item.retirement,
                [(past.landed_at, past.release, past.winner) for past in source.history(alias)],
            )
            for alias, item in source.live.items()
        ]
        state = repr((newest, source.today, live))
        return hashlib.sha256(state.encode()).hexdigest()

    return source.remembered("state of models", made)
