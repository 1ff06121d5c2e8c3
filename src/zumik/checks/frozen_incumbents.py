"""The rule for the incumbents that releases name: each was rank 1 of the release that it is of."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.checks.release_chain import ReleaseChain
from zumik.core.basics.findings import Finding
from zumik.core.basics.names import ReleaseId
from zumik.core.basics.tree import FROZEN, entries_of
from zumik.core.releases.incumbents import Winners, incumbent_fault, winners_of
from zumik.errors import CannotRun, ZumikError
from zumik.rules.integrity_rules import INCUMBENT_NOT_RANK_ONE


def check_frozen_incumbents(chain: ReleaseChain) -> Iterator[Finding]:
    """The incumbents of every release that was read whole.

    A release that is there and cannot be read has its own finding, and who was its rank 1 is open.
    """
    if not chain.incumbents:
        return
    present = {name.partition(".")[0] for name in entries_of(chain.tree, FROZEN)}

    def winners(release: ReleaseId) -> Winners | None:
        if release in chain.winners:
            return chain.winners[release]
        source = chain.release(release)
        if source is None and release in present:
            raise CannotRun(f"{release} cannot be read")
        return None if source is None else winners_of(source)

    for claim in chain.incumbents:
        try:
            fault = incumbent_fault(claim, winners)
        except ZumikError:
            continue
        if fault is not None:
            file = chain.releases[claim.release].file_name
            yield INCUMBENT_NOT_RANK_ONE.at(
                f"{FROZEN}/{file}",
                f"{claim.alias} was frozen with {claim.incumbent.model} as its incumbent, "
                f"which {fault}",
                _REPLACE if chain.scope.has_landed(file) else _AGAIN,
            )


_REPLACE = (
    "git log shows who landed it; zumik release create and zumik alias promote replace it by one "
    "whose incumbent was live"
)
_AGAIN = "zumik release refreeze freezes it again"
