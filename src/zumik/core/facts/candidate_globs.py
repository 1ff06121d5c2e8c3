"""Globs and the model ids that they name, at a cost that does not multiply the two.

A policy may list thousands of globs and a catalog thousands of models. Most globs begin or end with
plain text, and sorted ids have those that share it side by side.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache

from zumik.core.basics.names import ModelId

_LAST = "\U0010ffff"
_SPECIAL = re.compile(r"[*?]")


@lru_cache(maxsize=4096)
def glob_matcher(glob: str) -> re.Pattern[str]:
    """A candidate glob as a pattern for fullmatch: `*` and `?` alone are special, case counts."""
    first, *rest = [re.escape(part).replace(r"\?", ".") for part in glob.split("*")]
    if not rest:
        return re.compile(first)
    # The first place where a middle part fits is as good as any, so no match is ever retried and
    # a glob of many stars costs no more than one.
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1])
    return re.compile(f"{first}{middle}.*{rest[-1]}")


class KnownIds:
    """Model ids that globs are asked of."""

    def __init__(self, ids: Iterable[ModelId]) -> None:
        self.ids = tuple(ids)

    def matching(self, glob: str) -> list[ModelId]:
        """The ids that a glob names, in their order."""
        plain = _SPECIAL.split(glob)
        first, last = plain[0], plain[-1]
        if len(plain) == 1:
            place = self._places.get(glob)
            return [] if place is None else [self.ids[place]]
        if first:
            near = _sharing(self._sorted, first)
        elif last:
            near = _sharing(self._from_their_ends, last[::-1])
        else:
            return [*filter(glob_matcher(glob).fullmatch, self.ids)]
        if not near:
            return []
        fullmatch = glob_matcher(glob).fullmatch
        return [self.ids[place] for place in sorted(near) if fullmatch(self.ids[place])]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.ids)}

    @cached_property
    def _sorted(self) -> list[tuple[str, int]]:
        return sorted((name, place) for place, name in enumerate(self.ids))

    @cached_property
    def _from_their_ends(self) -> list[tuple[str, int]]:
        return sorted((name[::-1], place) for place, name in enumerate(self.ids))


def _sharing(names: Sequence[tuple[str, int]], start: str) -> list[int]:
    """The places of the sorted names that begin with a text."""
    begin = bisect_left(names, (start, -1))
    end = bisect_left(names, (start + _LAST, -1))
    return [place for _, place in names[begin:end]]
