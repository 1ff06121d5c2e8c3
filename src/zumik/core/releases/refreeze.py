"""Refreeze: what replaces drafts whose parent is no longer the newest landed release.

Releases are a line. When another release lands first, a new release on top of it replaces the
draft, frozen from the policy and catalog of now. Pointers that named the draft follow. This module
reads nothing and writes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId
from zumik.core.releases.release import Content, ReleaseRef, VerifiedRelease


class WinnerChange(NamedTuple):
    """An alias whose winner is not the one that was reviewed; None where no model answers."""

    alias: AliasName
    before: ModelId | None
    after: ModelId | None


def drafts_among(here: Iterable[ReleaseRef], landed: Collection[ReleaseRef]) -> list[ReleaseRef]:
    """The releases that are here and have not landed, in the order of their ids."""
    return sorted(
        (ref for ref in here if ref not in landed), key=lambda ref: (ref.id.order, ref.sha256)
    )


def continue_the_line(drafts: Sequence[VerifiedRelease], newest: ReleaseRef | None) -> bool:
    """Whether each draft follows the one before it, and the first the newest that landed."""
    before = newest
    for draft in drafts:
        if draft.release.parent != before:
            return False
        before = draft.ref
    return True


def note_of(drafts: Sequence[VerifiedRelease]) -> str | None:
    """Why the drafts were made: the newest one's note, or that of the newest that has one."""
    return next((draft.release.note for draft in reversed(drafts) if draft.release.note), None)


def winners_changed(reviewed: Content, now: Content) -> tuple[WinnerChange, ...]:
    """The aliases whose winner is not the one that was reviewed, by name."""
    changes = []
    for alias in sorted({*reviewed.aliases, *now.aliases}):
        before, after = (
            content.aliases[alias].winner if alias in content.aliases else None
            for content in (reviewed, now)
        )
        if before != after:
            changes.append(WinnerChange(alias, before, after))
    return tuple(changes)
