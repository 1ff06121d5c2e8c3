"""The next release: its name and bytes, from its content, its parent and a time."""

from __future__ import annotations

from datetime import datetime

from zumik.core.basics.names import ReleaseId
from zumik.core.releases.release import Content, Release, ReleaseRef, digest_of, release_to_bytes
from zumik.core.resolvers import LATEST
from zumik.errors import UsageError


def draft(
    content: Content,
    parent: ReleaseRef | None,
    parent_created_at: datetime | None,
    now: datetime,
    *,
    note: str | None,
    backfilled: bool,
) -> tuple[ReleaseRef, bytes]:
    """The next release's name and bytes.

    Raises UsageError for a time before the parent's: the line only goes forward.
    """
    if parent is not None and parent_created_at is not None and now < parent_created_at:
        raise UsageError(
            f"{now:%Y-%m-%dT%H:%M:%SZ} is before the newest release, {parent.id} of "
            f"{parent_created_at:%Y-%m-%dT%H:%M:%SZ}",
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
