"""The calls of logs as a table: what each question about traffic starts from."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from typing import TYPE_CHECKING

from zumik.actions.session import Session
from zumik.core.basics.names import AliasName, ReleaseId
from zumik.core.traffic.called_model import CalledModels
from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.selection import Selection
from zumik.errors import IntegrityError, ZumikError
from zumik.logs.call_table import CallNames, TableOf
from zumik.workspace.store import Store
from zumik.workspace.target_facts import frozen_models

if TYPE_CHECKING:
    from ibis import Table


@contextmanager
def tabled_calls(
    session: Session, table_of: TableOf, selection: Selection
) -> Iterator[tuple[LogsRead, Table]]:
    """What was read, and the table of the calls that are asked about.

    Raises CannotRun without the extra.
    """
    logs = LogsRead()
    with table_of(logs, selection, logged_names(session.store)) as table:
        yield logs, table


def logged_names(store: Store) -> CallNames:
    """The names that are known in a workspace. A release that cannot be read knows none.

    Raises IntegrityError, also later, where a release that a log names is not intact.
    """
    from zumik.workspace.authored_files import read_authored

    models = frozen_models(store)
    with suppress(ZumikError):
        models |= read_authored(store.tree).models

    @cache
    def frozen_aliases(release: ReleaseId) -> Collection[AliasName]:
        try:
            return store.release(release).aliases.keys()
        except IntegrityError:
            raise
        except ZumikError:
            return ()

    @cache
    def live_aliases() -> Collection[AliasName]:
        with suppress(ZumikError):
            return frozenset(pointer.alias for pointer in store.pointers())
        return ()

    def aliases_of(release: ReleaseId | None) -> Collection[AliasName]:
        if release is None:
            return live_aliases()
        # A log may name any number of releases, so that only those that exist are kept.
        return frozen_aliases(release) if release in store.releases else ()

    return CallNames(CalledModels(models), aliases_of, lambda: store.releases)
