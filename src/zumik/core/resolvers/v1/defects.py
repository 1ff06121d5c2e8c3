"""Resolver 1, defects: what it does and should not, and where it shows.

Nothing here changes an answer. A flaw stays as it is once a release has landed, is mended in the
next resolver, and is quoted where an explanation would otherwise mislead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from zumik.core.resolvers.derivation import Derivation


class KnownDefect(NamedTuple):
    """A flaw in one sentence, and whether a derived alias shows it."""

    text: str
    shows: Callable[[Derivation], bool]


def _lists_an_old_figure_twice(derivation: Derivation) -> bool:
    # Both reasons are true, since each measure wants another age: they differ in what was wanted.
    for candidate in derivation.candidates:
        old = [failure.field for failure in candidate.failures if failure.code == "fact_too_old"]
        if len(old) != len(set(old)):
            return True
    return False


KNOWN_DEFECTS = (
    KnownDefect(
        "resolver 1 lists a figure that is too old for two measures twice, once for each age; "
        "eligibility and ranking are right",
        _lists_an_old_figure_twice,
    ),
)
"""In the order in which they were found; the specification lists them too."""


def known_defects(derivation: Derivation) -> tuple[str, ...]:
    """The known defects that a derived alias shows."""
    return tuple(defect.text for defect in KNOWN_DEFECTS if defect.shows(derivation))
