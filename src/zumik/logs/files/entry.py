"""One entry of a log file: a parsed value and where it stands."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.foreign_json import ForeignJson
from zumik.core.traffic.logged_call import Place


class Entry(NamedTuple):
    """A value from a log.

    `opened` names what was taken off around it, from the outside in. `at` is the time that what was
    taken off gives, for an entry that has none of its own.
    """

    place: Place
    document: ForeignJson
    opened: tuple[str, ...] = ()
    at: datetime | None = None
