"""The next release: its name and bytes, from its content, its parent and a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from zumik.core.basics.names import ReleaseId
from zumik.core.basics.times import moment_text
from zumik.core.releases.release import Content, Release, ReleaseRef, digest_of, release_to_bytes
from zumik.core.resolvers.latest import LATEST
from zumik.errors import UsageError


def line_time(newest_first: Iterable[datetime], now: datetime) -> datetime | None:
    """The time that the next release of a line must not be before, from when each was created.

    A release that was created after now has a wrong clock. It has landed and stays, and must not
    keep the line from going on: the next release follows it, is dated by its own clock, and takes
    the next number of the parent's day as its id. What counts is the newest date that can be true.
    """
    return next((created_at for created_at in newest_first if created_at <= now), None)


def draft(
    content: Content,
    parent: ReleaseRef | None,
    parent_created_at: datetime | None,
    now: datetime,
    *,
    note: str | None,
    backfilled: bool,
) -> tuple[ReleaseRef, bytes]:
    """The next release's name and bytes; `parent_created_at` as `line_time` gives it.

    Raises UsageError for a time before the parent's: the line only goes forward.
    """
    if parent is not None and parent_created_at is not None and now < parent_created_at:
        raise UsageError(
            f"{moment_text(now)} is before the newest release, {parent.id} of "
            f"{moment_text(parent_created_at)}",
            hint="releases are a line and only go forward; use a later --as-of, or set the clock",
        )
    release = Release(
        id=ReleaseId.next(now.date(), parent.id if parent else None),
        created_at=now,
        parent=parent,
        content=content,
        resolver=LATEST.version,
        backfilled=backfilled,
        note=note,
    )
    data = release_to_bytes(release)
    return ReleaseRef(release.id, digest_of(data)), data
