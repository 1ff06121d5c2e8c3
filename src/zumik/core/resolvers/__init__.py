"""The resolvers by version: a release names the one that made it, and keeps it for ever.

Once a release has landed its resolver is append-only. A flaw is mended in the next version and
listed as a known defect of this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import NamedTuple

from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import Model
from zumik.core.facts.policy import Alias
from zumik.core.facts.request import Request
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


_KNOWN = (1, 2)
NEWEST = _KNOWN[-1]
"""The version that every new release is made by."""


@cache
def resolver(version: int) -> ResolverVersion:
    """The resolver that a release names. Raises NewerFormat for one that this zumik lacks."""
    if version not in _KNOWN:
        known = ", ".join(map(str, _KNOWN))
        raise NewerFormat(f"made by resolver {version}, and this zumik knows {known}")
    # Most commands need one version, and loading another takes a tenth of their time.
    module = import_module(f"{__name__}.v{version:d}")
    return ResolverVersion(version, *(getattr(module, name) for name in _NAMES))


_NAMES = ResolverVersion._fields[1:]
