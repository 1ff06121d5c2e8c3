"""What `live_ref` has beside the work tree, in words and as JSON: one wording for every command."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from zumik.core.live.pointer_pair import LiveOnRef, PointerPair

if TYPE_CHECKING:
    from zumik.core.basics.names import ReleaseId
    from zumik.core.releases.read_elsewhere import ReadElsewhere


def pair_to_text(pair: PointerPair) -> str:
    """What has landed instead: `origin/main has alr_2026_06_09_003 (acme/small): git pull`.

    The pointer here is the one that is shown beside it.
    """
    if pair.is_same_release:
        return _moved_and_back(pair)
    parts = ["NOT LIVE yet (here: not landed)"] if pair.is_ahead else []
    if pair.landed is not None:
        landed = f"{pair.live_ref} has {_landed(pair)}"
        parts.append(f"{landed}: {pair.update}" if pair.is_behind else landed)
    return "; ".join(parts)


def _moved_and_back(pair: PointerPair) -> str:
    """The same release is live, and only the moves that led to it differ."""
    parts = [f"this release is live on {pair.live_ref}"]
    if pair.is_ahead and pair.here is not None:
        last = f"{pair.here.kind} {pair.here.generation}"
        parts.append(f"the last move here ({last}) has not landed")
    if pair.is_behind and pair.landed is not None:
        last = f"{pair.landed.kind} {pair.landed.generation}"
        parts.append(f"its last move ({last}) is not in this checkout: {pair.update}")
    return "; ".join(parts)


def _landed(pair: PointerPair) -> str:
    release, winner = pair.landed_release, pair.landed_winner
    if release is None:
        return "it retired"
    return f"{release} ({winner})" if winner else release


def differing_to_lines(found: LiveOnRef | None) -> list[str]:
    """A warning for each alias, and for the list of drains, that has landed as another."""
    if found is None:
        return []
    lines = [f"warning: {pair.alias}: {pair_to_text(pair)}" for pair in found.pairs.values()]
    if found.drains_behind:
        lines.append(f"warning: {found.live_ref} has a newer list of drains: {found.update}")
    return lines


def elsewhere_to_text(found: ReadElsewhere) -> str:
    """Where a release was read, and what the checkout has instead."""
    here = "has a draft of the same id" if found.instead else "does not have it"
    return f"{found.ref}; this checkout {here}"


def elsewhere_to_lines(found: Mapping[ReleaseId, ReadElsewhere]) -> list[str]:
    """One line for each release that was not read in the checkout."""
    return [
        f"{release} was read from {elsewhere_to_text(place)}" for release, place in found.items()
    ]


def only_landed_to_lines(pairs: Iterable[PointerPair]) -> list[str]:
    """The aliases that this checkout does not have, one line each."""
    return [f"{pair.alias} is not in this checkout: {pair_to_text(pair)}" for pair in pairs]


def pair_to_json(pair: PointerPair | None) -> dict[str, object] | None:
    """What has landed, where that is another pointer than the one here; else null."""
    if pair is None:
        return None
    landed = pair.landed
    return {
        "live_ref": pair.live_ref,
        "release": landed.target.id if landed else None,
        "kind": landed.kind if landed else None,
        "generation": landed.generation if landed else None,
        "winner": pair.landed_winner,
        "behind": pair.is_behind,
    }
