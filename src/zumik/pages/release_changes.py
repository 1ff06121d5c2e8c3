"""What differs between two releases, as far as it may be shown and a page has room for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from zumik.core.basics.names import ReleaseId
from zumik.core.reviews.changes import Changes, changes_between
from zumik.pages.report_lines import NestedLine, nested_lines
from zumik.pages.site_source import SiteSource
from zumik.reports.changes_report import changes_report

MAX_LINES = 250


class ChangedLines(NamedTuple):
    """The changes as lines in sections, and how many of them there is no room for."""

    sections: Sequence[Sequence[NestedLine]]
    left_out: int


class Parent(NamedTuple):
    """The parent of a release that has one. The releases of a bundle may lack it: `is_here`."""

    id: ReleaseId
    is_here: bool


def parent_of(source: SiteSource, release: ReleaseId) -> Parent | None:
    """The parent of a release; None for the first of the line. Raises ZumikError."""
    parent = source.outlines[release].parent
    return None if parent is None else Parent(parent, parent in source.outlines)


def changes_of(source: SiteSource, before: ReleaseId, after: ReleaseId) -> Changes:
    """What differs between two releases. Raises ZumikError."""
    old, new = source.release(before), source.release(after)
    changes = changes_between(old.release.content, new.release.content)
    # An alias that is hidden in one of the two is neither new nor removed.
    hidden = {*source.withheld(before), *source.withheld(after)}
    aliases = tuple(change for change in changes.aliases if change.alias not in hidden)
    return changes._replace(aliases=aliases)


def changed_lines(changes: Changes) -> ChangedLines:
    """The changes in the words of `zumik release diff`."""
    sections, room, left_out = list[Sequence[NestedLine]](), MAX_LINES, 0
    for section in changes_report(changes, "all are in the data of this page"):
        kept = list[NestedLine]()
        for line in nested_lines(section):
            room -= _size(line)
            if room >= 0:
                kept.append(line)
            else:
                left_out += 1
        if kept:
            sections.append(kept)
    return ChangedLines(sections, left_out)


def _size(line: NestedLine) -> int:
    return 1 + sum(map(_size, line.below))
