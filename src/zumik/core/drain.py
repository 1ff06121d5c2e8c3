"""Drains: models that are not to be used for a while, whoever ranks them.

A drain takes candidates away and never adds one; what it took is in the logged request, so that a
decision made under it replays.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from zumik.core.findings import Path
from zumik.core.names import ModelId
from zumik.core.policy import glob_matcher
from zumik.core.reading import Fields, moment, moment_text, text

_matcher = lru_cache(maxsize=1024)(glob_matcher)
"""Drains are looked at for every request."""


class Drain(NamedTuple):
    """A glob of model ids, until when, and why."""

    models: str
    until: datetime
    reason: str

    def to_json(self) -> dict[str, object]:
        """As a bundle and the list of drains hold it."""
        return {"models": self.models, "until": moment_text(self.until), "reason": self.reason}


def read_drain(value: object, path: Path) -> Drain:
    """One drain. Raises Malformed."""
    fields = Fields(value, path)
    drain = Drain(
        fields.need("models", text), fields.need("until", moment), fields.need("reason", text)
    )
    fields.close()
    return drain


def drained(
    drains: Iterable[Drain], models: Iterable[ModelId], now: datetime
) -> tuple[ModelId, ...]:
    """Those of `models` that a drain takes away at a time, in their order."""
    matchers = [_matcher(drain.models) for drain in drains if now < drain.until]
    return tuple(model for model in models if any(m.fullmatch(model) for m in matchers))
