"""What every resolver works from: the facts of a catalog or of a release, and one date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from zumik.core.basics.names import ModelId, ReleaseId
from zumik.core.facts.catalog import Metric, Model
from zumik.core.facts.policy import Measure

_UNKNOWN = ("fact_unknown", "fact_too_old", "revision_unknown", "cost_incomplete")


class Facts(NamedTuple):
    """Models, metrics and measures as known on `day`, the release's date: the only clock."""

    models: Mapping[ModelId, Model]
    metrics: Mapping[str, Metric]
    measures: Mapping[str, Measure]
    day: date


class Failure(NamedTuple):
    """One requirement that a model did not meet: which, what was wanted and what was found."""

    code: str
    field: str
    wanted: str = ""
    found: str = ""

    @property
    def unknown(self) -> bool:
        """Whether it failed for want of a fact, rather than by one."""
        return self.code in _UNKNOWN


class Incumbent(NamedTuple):
    """The winner of the release that was live when a new one was frozen."""

    model: ModelId
    release: ReleaseId
