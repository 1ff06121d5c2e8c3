"""What a person answers for a run: which model and metric is meant, and what no file says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from zumik.core.basics.field_readers import NOTHING
from zumik.core.basics.names import ModelId
from zumik.evaluations.run_figures import Doubt

ANY = ""
"""The name in a file that an answer is for, where the answer names none."""


class Answers(NamedTuple):
    """The answers; `models` and `metrics` are by the name in the file, or by ANY.

    `scale` is the one that the file's values are in: `fraction` or `percent`. `unit` and `better`
    declare a metric that the catalog does not have.
    """

    models: Mapping[str, ModelId] = NOTHING
    metrics: Mapping[str, str] = NOTHING
    day: date | None = None
    samples: int | None = None
    effort: str | None = None
    revision: str | None = None
    scale: str | None = None
    unit: str | None = None
    better: str | None = None
    accepted: frozenset[Doubt] = frozenset()
