"""Drains: models that no alias uses for a while.

A drain removes candidates and never adds one. The logged request names what it removed, so that a
decision made under a drain replays without it. All drains are one file; every change of the file
increases its generation.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from zumik.core.basics.field_readers import (
    JsonFields,
    Malformed,
    count,
    list_of,
    moment,
    text,
)
from zumik.core.basics.findings import Path
from zumik.core.basics.names import ModelId
from zumik.core.basics.strict_json import from_strict, to_canonical
from zumik.core.basics.times import moment_text
from zumik.core.basics.unknown import Unknown
from zumik.core.facts.candidate_globs import glob_matcher

MAX_DRAINS_BYTES = 64 * 1024

MAX_DRAINS = 100

LONGEST = timedelta(days=30)
"""The longest drain. To exclude a model for longer, change the policy."""

_matcher = lru_cache(maxsize=1024)(glob_matcher)
"""Cached, because every request is matched against the drains."""


class Drain(NamedTuple):
    """A glob of model ids, since when and until when (UTC, to the second), and why."""

    models: str
    since: datetime
    until: datetime
    reason: str

    def in_force(self, now: datetime) -> bool:
        """Whether it applies at a time; at `until` it no longer does."""
        return self.since <= now < self.until

    def to_json(self) -> dict[str, object]:
        """As a bundle and the list of drains hold it."""
        return {
            "models": self.models,
            "since": moment_text(self.since),
            "until": moment_text(self.until),
            "reason": self.reason,
        }


class Drains(NamedTuple):
    """The list of drains. `generation` grows with each change and never repeats."""

    generation: int = 0
    drains: tuple[Drain, ...] = ()

    def to_json(self) -> dict[str, object]:
        """As a bundle and `live/unavailable.json` hold it."""
        return {
            "generation": self.generation,
            "drains": [drain.to_json() for drain in self.drains],
        }


NO_DRAINS = Drains()


class DrainStatus(NamedTuple):
    """The list of drains as it is at a time, or why it cannot be read.

    `landed` is None where git cannot say whether the list has landed. `behind` says that a newer
    list landed than the one here, and how to get it.
    """

    found: Drains | Unknown
    at: datetime
    landed: bool | None = None
    behind: str | None = None

    @property
    def drains(self) -> Drains:
        """The drains that count: none, where the list cannot be read."""
        return NO_DRAINS if isinstance(self.found, Unknown) else self.found

    @property
    def problem(self) -> str | None:
        """Why the list cannot be read."""
        return self.found.why if isinstance(self.found, Unknown) else None

    @property
    def listed(self) -> tuple[Drain, ...]:
        """Those that are not over."""
        return tuple(drain for drain in self.drains.drains if self.at < drain.until)


def read_drains(data: bytes) -> Drains:
    """The list of drains from its bytes. Raises MalformedJson and Malformed."""
    return drains_from_json(from_strict(data, max_bytes=MAX_DRAINS_BYTES), ())


def drains_from_json(value: object, path: Path) -> Drains:
    """The list of drains from its fields. Raises Malformed."""
    fields = JsonFields(value, path)
    drains = Drains(fields.need("generation", count), fields.need("drains", list_of(read_drain)))
    fields.close()
    if len(drains.drains) > MAX_DRAINS:
        raise Malformed(f"more than {MAX_DRAINS} drains", (*path, "drains"))
    return drains


def drains_to_bytes(drains: Drains) -> bytes:
    """The canonical bytes of the list of drains."""
    return to_canonical(drains.to_json())


def read_drain(value: object, path: Path) -> Drain:
    """One drain. Raises Malformed."""
    fields = JsonFields(value, path)
    drain = Drain(
        fields.need("models", text),
        fields.need("since", moment),
        fields.need("until", moment),
        fields.need("reason", text),
    )
    fields.close()
    if drain.until <= drain.since:
        raise Malformed("it ends before it begins", (*path, "until"))
    return drain


def drained(
    drains: Iterable[Drain], models: Iterable[ModelId], now: datetime
) -> tuple[ModelId, ...]:
    """Those of `models` that a drain removes at a time, in their order."""
    matchers = [_matcher(drain.models) for drain in drains if drain.in_force(now)]
    return tuple(model for model in models if any(m.fullmatch(model) for m in matchers))
