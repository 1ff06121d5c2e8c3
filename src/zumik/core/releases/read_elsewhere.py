"""A release that was not read in the checkout, but where it has landed."""

from __future__ import annotations

from typing import NamedTuple


class ReadElsewhere(NamedTuple):
    """The ref whose files a release was read from.

    `instead` says that the checkout has another release of the same id, which has not landed.
    """

    ref: str
    instead: bool
