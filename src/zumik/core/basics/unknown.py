"""What could not be found out: a value's place is taken by the reason."""

from __future__ import annotations

from typing import NamedTuple


class Unknown(NamedTuple):
    """Stands where a value would, and says why there is none.

    `None` beside it means something else: it was looked up, and there is none.
    """

    why: str
