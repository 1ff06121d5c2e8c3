"""Which release had landed for an alias at a time: git's to say, and only asked when needed."""

from __future__ import annotations

from datetime import datetime

from zumik.actions.session import Session
from zumik.cli.history import LandedPointers
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.decisions.replay import LandedAt
from zumik.errors import ZumikError


def landed_at(session: Session) -> LandedAt:
    """A look-up that agrees with `zumik alias history --at`."""
    landed = LandedPointers(session)

    def at(alias: AliasName, moment: datetime) -> ReleaseId | None:
        try:
            past = landed.at(alias, moment)
        except ZumikError:
            # Without git, or before a shallow clone's boundary, nobody knows; the line is then
            # unreplayable, and says so.
            return None
        return past.release if past else None

    return at
