"""The index of models: what the releases know of each, how that changed, and which alias ranks it.

It is made in one pass over the line, and holds two releases at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.facts.catalog import Metric, Model
from zumik.core.releases.rank_index import RankIndex, RankSpan
from zumik.core.releases.release import Content, VerifiedRelease
from zumik.core.reviews.changes import ModelChange, model_change

MAX_CHANGES = 100
"""How many releases that changed a model's facts are kept; older ones are counted."""


class ChangedFacts(NamedTuple):
    """How the facts of a model changed with a release, against the release before it.

    `metrics` declares the figures of both.
    """

    release: ReleaseId
    change: ModelChange
    metrics: Mapping[str, Metric]


class KnownModel(NamedTuple):
    """A model with the facts of the newest release that knows it.

    `changes` are newest first; `older_changes` counts those that are not kept. Releases that only
    gave newer sources or dates are not among them.
    """

    model: Model
    metrics: Mapping[str, Metric]
    first: ReleaseId
    newest: ReleaseId
    changes: tuple[ChangedFacts, ...]
    older_changes: int
    ranks: Mapping[AliasName, tuple[RankSpan, ...]]


class ModelIndex:
    """Every model that a release knows. Releases are added in the order of their line."""

    def __init__(self) -> None:
        self._ranks = RankIndex()
        self._last: Content | None = None
        self._metrics: Mapping[str, Metric] = {}
        self._models: dict[ModelId, _Entry] = {}

    def add(self, source: VerifiedRelease) -> None:
        """Add the next release, as far as it may be shown."""
        content, release = source.release.content, source.ref.id
        metrics = {**self._metrics, **content.metrics}
        # Kept once for all releases that declare the same.
        self._metrics = self._metrics if metrics == self._metrics else metrics
        self._ranks.add(release, {name: item.ranking for name, item in content.aliases.items()})
        for name, model in content.models.items():
            entry = self._models.get(name)
            if entry is None:
                self._models[name] = _Entry(model, content.metrics, release)
                continue
            entry.add_change(release, self._metrics, model_change(name, self._last, content))
            entry.model, entry.metrics, entry.newest = model, content.metrics, release
        for name in set(self._last.models if self._last else ()) - content.models.keys():
            self._models[name].add_change(
                release, self._metrics, model_change(name, self._last, content)
            )
        self._last = content

    def __iter__(self) -> Iterator[ModelId]:
        """Every model, by id."""
        return iter(sorted(self._models))

    def __contains__(self, model: object) -> bool:
        return model in self._models

    def known(self, model: ModelId) -> KnownModel:
        """A model of the index. Raises KeyError."""
        entry = self._models[model]
        return KnownModel(
            entry.model,
            entry.metrics,
            entry.first,
            entry.newest,
            tuple(reversed(entry.changes)),
            entry.changed - len(entry.changes),
            self._ranks.of(model),
        )


class _Entry:
    """What the pass has found of a model so far."""

    def __init__(self, model: Model, metrics: Mapping[str, Metric], release: ReleaseId) -> None:
        self.model, self.metrics = model, metrics
        self.first = self.newest = release
        self.changes: deque[ChangedFacts] = deque(maxlen=MAX_CHANGES)
        self.changed = 0

    def add_change(
        self, release: ReleaseId, metrics: Mapping[str, Metric], change: ModelChange | None
    ) -> None:
        if change is not None and not change.provenance_only:
            self.changes.append(ChangedFacts(release, change, metrics))
            self.changed += 1
