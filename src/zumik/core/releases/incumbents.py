"""Incumbents: whether a frozen one was what it claims, rank 1 of an earlier release of the line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.releases.release import VerifiedRelease
from zumik.core.resolvers.facts import Incumbent

Winners = Mapping[AliasName, ModelId]
"""Rank 1 of each alias of a release."""

WinnersOf = Callable[[ReleaseId], Winners | None]
"""The winners of a release; None where the line does not have it. May raise ZumikError."""


class ClaimedIncumbent(NamedTuple):
    """The incumbent that a release names for one of its aliases."""

    release: ReleaseId
    alias: AliasName
    incumbent: Incumbent


def claimed_incumbents(source: VerifiedRelease) -> list[ClaimedIncumbent]:
    """Every incumbent that a release names."""
    return [
        ClaimedIncumbent(source.ref.id, name, alias.incumbent)
        for name, alias in source.aliases.items()
        if alias.incumbent is not None
    ]


def winners_of(source: VerifiedRelease) -> Winners:
    """Rank 1 of each alias of a release."""
    return {name: alias.winner for name, alias in source.aliases.items()}


def incumbent_fault(claim: ClaimedIncumbent, winners: WinnersOf) -> str | None:
    """What is wrong with a claimed incumbent, to follow "which"; None where it is as claimed.

    It does not name the incumbent's model, which a caller may not be allowed to see. Raises what
    `winners` raises where it cannot read the release.
    """
    named = claim.incumbent.release
    # The incumbent was live when the release was made, so that its own release came before.
    if named.order >= claim.release.order:
        return f"is not of an earlier release: {named} does not come before {claim.release}"
    found = winners(named)
    if found is None:
        return f"is of no release of this line: there is no {named}"
    if claim.alias not in found:
        return f"cannot have been its winner: {named} has no alias {claim.alias}"
    if found[claim.alias] != claim.incumbent.model:
        return f"was not rank 1 of {claim.alias} in {named}"
    return None
