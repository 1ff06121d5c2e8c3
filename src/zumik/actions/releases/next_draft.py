"""The next draft of a workspace: the release that content makes after the newest one."""

from __future__ import annotations

from datetime import datetime

from zumik.actions.session import Session
from zumik.core.releases.draft import draft, line_time
from zumik.core.releases.release import Content, ReleaseRef


def next_draft(
    session: Session, content: Content, now: datetime, *, note: str | None, backfilled: bool
) -> tuple[ReleaseRef, bytes]:
    """Its name and bytes; nothing is written. Raises UsageError for a time before the newest's."""
    store = session.store
    before = line_time(store.creation_times(), session.now())
    return draft(content, store.newest, before, now, note=note, backfilled=backfilled)
