"""One entry of a log file: a parsed value and where it stands."""

from __future__ import annotations

from typing import NamedTuple

from zumik.core.basics.foreign_json import ForeignJson
from zumik.core.traffic.logged_call import Place


class Entry(NamedTuple):
    """A value from a log. `opened` names what was taken off around it, from the outside in."""

    place: Place
    document: ForeignJson
    opened: tuple[str, ...] = ()
