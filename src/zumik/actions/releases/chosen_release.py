"""The release that a person means: the one they name, or the newest."""

from __future__ import annotations

from zumik.core.basics.names import ReleaseId
from zumik.core.releases.release import VerifiedRelease
from zumik.errors import CannotRun
from zumik.workspace.store import Store


def chosen_release(store: Store, release: str | None) -> VerifiedRelease:
    """The named release, or the newest. Raises BadName, CannotRun and IntegrityError."""
    if release is not None:
        return store.release(ReleaseId(release))
    if store.newest is None:
        raise CannotRun("there is no release yet", hint="make one: zumik release create")
    return store.release(store.newest.id)
