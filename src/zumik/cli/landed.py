"""Which release had landed for an alias at a time: git's to say, and only asked when needed."""

from __future__ import annotations

from datetime import datetime

from zumik.cli.session import Session
from zumik.core.names import AliasName, ReleaseId
from zumik.core.pointer import read_pointer
from zumik.core.replay import LandedAt
from zumik.errors import ZumikError


def landed_at(session: Session) -> LandedAt:
    """A look-up over the history of the live pointers, first parents only."""

    def at(alias: AliasName, moment: datetime) -> ReleaseId | None:
        try:
            ref = session.settings.live_ref
            known = ref if ref and session.repository.has_ref(ref) else "HEAD"
            path = session.store.live / f"{alias}.json"
            for version in session.repository.versions(path, known):
                if version.committed_at <= moment:
                    return read_pointer(version.data).target.id if version.data else None
        except ZumikError:
            # Without git nobody knows; the line is then unreplayable, and says so.
            return None
        return None

    return at
