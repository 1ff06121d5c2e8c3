"""Which calls of a log are asked about: a stretch of time, aliases, releases, models."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.names import AliasName, ModelId, ReleaseId
from zumik.core.traffic.logged_call import LoggedCall


class Selection(NamedTuple):
    """What a call must meet; nothing given takes every call.

    `since` counts itself, `until` does not. Aliases, releases and models are those of the decision.
    """

    since: datetime | None = None
    until: datetime | None = None
    aliases: Collection[AliasName] = ()
    releases: Collection[ReleaseId] = ()
    models: Collection[ModelId] = ()

    @property
    def is_timed(self) -> bool:
        """Whether the time of a call decides."""
        return self.since is not None or self.until is not None

    def takes(self, call: LoggedCall) -> bool:
        """Whether a call is asked about. One without a time is in no stretch of time."""
        if self.is_timed and (call.at is None or not self.takes_time(call.at)):
            return False
        if not (self.aliases or self.releases or self.models):
            return True
        line = call.decision
        return line is not None and (
            (not self.aliases or line.reference.alias in self.aliases)
            and (not self.releases or (line.release or line.reference.release) in self.releases)
            and (not self.models or line.model in self.models)
        )

    def takes_time(self, at: datetime) -> bool:
        """Whether a time is in the stretch that is asked about."""
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)

    def lacks_time(self, call: LoggedCall) -> bool:
        """Whether it is only for want of a time that a call is not taken."""
        return call.at is None and self.is_timed


EVERY_CALL = Selection()
