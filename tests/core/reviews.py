"""Reviews to test with: two aliases, two models, and releases that each differ in one thing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.core.builders import CODE_FAST, CREATED, alias, frozen, model

from zumik.core.basics.names import AliasName
from zumik.core.live.pointer import Pointer, next_pointer
from zumik.core.releases.release import VerifiedRelease
from zumik.core.reviews.review import DrainLists, Review, review_of

OTHER = AliasName("other")
BEST = alias("maximize q")
LISTED = alias("listed", name=OTHER, candidates=["a/x", "a/y"])

X = {"metrics": {"q": "2"}, "upstream": {"model": "x"}, "input": "1", "output": "2"}
Y = {"metrics": {"q": "1"}, "input": "3", "output": "4"}


def release(
    number: int,
    *aliases: Any,
    x: Mapping[str, Any] = X,
    y: Mapping[str, Any] = Y,
    parent: VerifiedRelease | None = None,
) -> VerifiedRelease:
    return frozen(
        *(aliases or (BEST, LISTED)),
        models=[model("a/x", **x), model("a/y", **y)],
        id=f"alr_2026_06_09_{number:03}",
        parent=parent.ref if parent else None,
    )


R1 = release(1)
R2 = release(2, y={**Y, "metrics": {"q": "3"}}, parent=R1)
"""In which code.fast has another winner."""

R3 = release(3, y={**Y, "input": "5"}, parent=R1)
"""In which a price of a model that answers nobody is another."""

ONLY = release(4, BEST, parent=R1)
"""In which the policy no longer has `other`."""

UPSTREAM = release(5, x={**X, "upstream": {"model": "x2"}}, parent=R1)
ALL = {item.ref.id: item for item in (R1, R2, R3, ONLY, UPSTREAM)}


def at(
    target: VerifiedRelease,
    name: AliasName = CODE_FAST,
    previous: Pointer | None = None,
    kind: str = "promote",
) -> Pointer:
    return next_pointer(name, target.ref, previous, kind=kind, reason="why", now=CREATED)


BOTH = {name: at(R1, name) for name in (CODE_FAST, OTHER)}


def review(
    before: Mapping[AliasName, Pointer],
    after: Mapping[AliasName, Pointer],
    *new: VerifiedRelease,
    parent: VerifiedRelease | None = R1,
    drain_lists: DrainLists | None = None,
) -> Review:
    return review_of(before, after, new, parent, ALL.__getitem__, drain_lists=drain_lists)


def moved(target: VerifiedRelease, kind: str = "promote") -> dict[AliasName, Pointer]:
    return {**BOTH, CODE_FAST: at(target, CODE_FAST, BOTH[CODE_FAST], kind)}
