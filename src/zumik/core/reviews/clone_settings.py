"""The settings of one clone, which no other clone shares, that can change the bytes it shows."""

from __future__ import annotations

from typing import NamedTuple


class CloneSettings(NamedTuple):
    """How many `git replace` refs there are, whether there are grafts, and `core.autocrlf`."""

    replaced: int
    grafted: bool
    autocrlf: str
