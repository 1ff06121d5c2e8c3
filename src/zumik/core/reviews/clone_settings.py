"""What a clone is set up to do to bytes: settings of one clone that no other has."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """What a clone is set up to do: `git replace` refs, a grafts file, and `core.autocrlf`."""

    replaced: int
    grafted: bool
    autocrlf: str
