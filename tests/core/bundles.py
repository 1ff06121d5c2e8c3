"""Bundles made in memory: what is live, in the fewest words that say what matters."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from tests.core.builders import CODE_FAST, alias, frozen, limited

from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.live.bundle import Bundle, Frozen, bundle_of
from zumik.core.live.drains import NO_DRAINS, Drain, Drains
from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import VerifiedRelease, release_to_bytes

NOON = datetime(2026, 6, 9, 12, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)
SECOND = ReleaseId("alr_2026_06_09_002")
BEST = AliasName("reasoning.best")

MODELS = [
    limited("acme/small", 100, 100, 50, revision="small-1", capabilities=["tools"]),
    limited("bolt/big", 1000, 1000, 500, revision="big-1", capabilities=["tools"]),
]


def release(*order: str, id: str = "alr_2026_06_09_001") -> VerifiedRelease:
    """A release that lists models for `code.fast` in this order, and for `reasoning.best` too."""
    listed = list(order or [model.id for model in MODELS])
    return frozen(
        alias("listed", candidates=listed),
        alias("listed", name=BEST, candidates=listed),
        models=MODELS,
        id=id,
    )


ONE = release()
TWO = release("bolt/big", "acme/small", id=SECOND)


def drain(models: str, until: datetime = FOREVER, *, since: datetime = LONG_AGO) -> Drain:
    """A drain of a glob, in force for as long as tests run."""
    return Drain(models, since, until, "an outage")


def draining(*drains: Drain | str, generation: int = 1) -> Drains:
    """A list of drains, each one or the glob of one."""
    return Drains(generation, tuple(drain(d) if isinstance(d, str) else d for d in drains))


def pointed(source: VerifiedRelease, name: str = CODE_FAST, **changed: Any) -> Pointer:
    """A pointer to a release."""
    fields: dict[str, Any] = {"generation": 1, "kind": "promote", **changed}
    return Pointer(AliasName(name), source.ref, proposed_at=NOON, **fields)


def bundled(
    *pointers: Pointer,
    releases: Iterable[VerifiedRelease] = (ONE, TWO),
    drains: Drains = NO_DRAINS,
    made_at: datetime = NOON,
) -> Bundle:
    """A bundle of these pointers; without any, `code.fast` stands for the first release."""
    kept = [Frozen(source, release_to_bytes(source.release)) for source in releases]
    return bundle_of(
        pointers or [pointed(ONE)], kept, drains=drains, commit="1a" * 20, made_at=made_at
    )
