"""A kind of page: which addresses it has, and what stands at each."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from zumik.pages.site_source import SiteSource


def _changeable(source: SiteSource, found: re.Match[str]) -> None:
    return None


class PageKind(NamedTuple):
    """One kind of page, HTML or data.

    `pattern` matches its addresses whole, and its groups are what they are about. `addresses` gives
    all of them; addresses that share costly values follow each other. `rendered` gives the bytes at
    one, None where there is no such page; it raises ZumikError where something cannot be read.
    `inputs` gives all that a page is made of where that says whether it is as it was in the last
    build; None where only rendering it says that. What `is_constant` is the same for every
    workspace.
    """

    pattern: re.Pattern[str]
    addresses: Callable[[SiteSource], Iterable[str]]
    rendered: Callable[[SiteSource, re.Match[str]], bytes | None]
    inputs: Callable[[SiteSource, re.Match[str]], tuple[str, ...] | None] = _changeable
    is_constant: bool = False
