"""The resolvers by version: a release names the one that made it, and keeps it for ever.

Once a release has landed its resolver is append-only. A flaw is mended in the next version and
listed as a known defect of this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import Alias
from zumik.core.facts.request import Request
from zumik.core.resolvers import v1, v2
from zumik.core.resolvers.derivation import Candidate, Derivation, Flip, Step, Turn
from zumik.core.resolvers.facts import Facts, Incumbent
from zumik.core.resolvers.v1.measure import Value
from zumik.errors import NewerFormat


class ResolverVersion(NamedTuple):
    """One version of the semantics.

    Without `turns` it is not known when the day of a release alone changes what it finds.
    """

    version: int
    derive: Callable[[Alias, Facts, Incumbent | None], Derivation]
    walk: Callable[
        [Sequence[ModelId], Mapping[ModelId, Model], Request],
        tuple[int | None, tuple[tuple[ModelId, str], ...]],
    ]
    request_reaching: Callable[[Sequence[ModelId], Mapping[ModelId, Model], int], Request | None]
    value_of: Callable[[str, Model, Alias, Facts], Value]
    steps: Callable[[Derivation], tuple[Step, ...]]
    flips: Callable[[Derivation], tuple[Flip, ...]]
    would_win: Callable[[Derivation], tuple[Candidate, ...]]
    known_defects: Callable[[Derivation, Facts], tuple[str, ...]]
    turns: Callable[[Alias, Facts], Iterable[Turn]] | None = None


LATEST = ResolverVersion(
    version=1,
    derive=v1.derive,
    walk=v1.walk,
    request_reaching=v1.request_reaching,
    value_of=v1.value_of,
    steps=v1.steps,
    flips=v1.flips,
    would_win=v1.would_win,
    known_defects=v1.known_defects,
    turns=v1.turns,
)

_SECOND = ResolverVersion(
    version=2,
    derive=v2.derive,
    walk=v2.walk,
    request_reaching=v2.request_reaching,
    value_of=v2.value_of,
    steps=v2.steps,
    flips=v2.flips,
    would_win=v2.would_win,
    known_defects=v2.known_defects,
    turns=v2.turns,
)

_VERSIONS = {made.version: made for made in (LATEST, _SECOND)}


def resolver(version: int) -> ResolverVersion:
    """The resolver that a release names. Raises NewerFormat for one that this zumik lacks."""
    try:
        return _VERSIONS[version]
    except KeyError:
        known = ", ".join(map(str, _VERSIONS))
        raise NewerFormat(f"made by resolver {version}, and this zumik knows {known}") from None
