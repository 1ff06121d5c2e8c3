"""Names by which calls of logs are chosen: one that nothing has is a slip, and no empty answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.releases.release import VerifiedRelease
from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.selection import Selection
from zumik.errors import CannotRun, ZumikError
from zumik.workspace.store import Store


def require_known_names(
    store_of: Callable[[], Store],
    logs: LogsRead,
    selection: Selection,
    beside: Iterable[VerifiedRelease] = (),
) -> None:
    """Raises CannotRun where no call was chosen, and a name that was asked for is not known here.

    Releases `beside` those of the workspace may know it, too. A name that the logs have chose its
    calls, so that only then the workspace is looked at.
    """
    if not logs.left_out or any(logs.formats.values()):
        return
    sources = [*_releases(store_of()), *beside]
    known: list[tuple[str, Iterable[str], set[str]]] = [
        ("alias", selection.aliases, {name for source in sources for name in source.aliases}),
        ("release", selection.releases, {str(source.ref.id) for source in sources}),
        ("model", selection.models, {name for source in sources for name in source.models}),
    ]
    for kind, asked, names in known:
        for name in sorted(asked):
            if name not in names:
                raise CannotRun(
                    f"no {kind} {name} in the logs, and none in the workspace",
                    hint=did_you_mean(name, sorted(names), f"--{kind} takes a whole name"),
                )


def _releases(store: Store) -> Iterator[VerifiedRelease]:
    with suppress(ZumikError):
        for release in store.releases:
            with suppress(ZumikError):
                yield store.release(release)
