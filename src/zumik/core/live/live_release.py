"""What is live for an alias: its pointer, and the release that the pointer names."""

from __future__ import annotations

from typing import NamedTuple

from zumik.core.live.pointer import Pointer
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import ZumikError


class LiveRelease(NamedTuple):
    """The pointer of an alias that is not retired; its release, or why that cannot be used."""

    pointer: Pointer
    found: VerifiedRelease | ZumikError

    @property
    def source(self) -> VerifiedRelease:
        """The release. Raises CannotRun and IntegrityError where it cannot be used."""
        if isinstance(self.found, ZumikError):
            raise self.found
        return self.found
