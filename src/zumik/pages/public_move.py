"""A move of a pointer as the data of the site: an allow list, because the site is for everyone."""

from __future__ import annotations

from zumik.core.live.landed_pointer import LandedPointer
from zumik.reports.alias_history_report import past_to_json

_MOVE = ("commit", "committed_at", "clock_holds", "landed_at", "pointer", "winner")

_POINTER = (
    *("alias", "release", "sha256", "generation", "kind", "reason", "proposed_at"),
    "replacement",
)


def public_move(past: LandedPointer) -> dict[str, object]:
    """What happened, when and why. Who moved a pointer is not what the site is for."""
    move = {key: value for key, value in past_to_json(past).items() if key in _MOVE}
    pointer = move["pointer"]
    if isinstance(pointer, dict):
        move["pointer"] = {key: value for key, value in pointer.items() if key in _POINTER}
    return move
