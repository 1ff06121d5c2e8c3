"""Snapshots of a work tree: what lies in `frozen/` and `live/`, whatever it is."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from zumik.core.release import MAX_RELEASE_BYTES
from zumik.core.snapshot import Entry, Snapshot
from zumik.errors import CannotRun
from zumik.workspace.store import MAX_LEDGER_BYTES, Store, read_bounded


def snapshot_of(store: Store) -> Snapshot:
    """The files that checks look at. Raises CannotRun where one cannot be read."""
    return Snapshot(
        frozen=_entries(store.frozen),
        live=_entries(store.live),
        ledger=_optional(store.ledger_path),
    )


def _entries(directory: Path) -> dict[str, Entry]:
    try:
        return {path.name: _entry(path) for path in sorted(directory.iterdir())}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise CannotRun(
            f"cannot list {directory}: {error.strerror}", hint="it has to be a directory"
        ) from None


def _optional(path: Path) -> Entry | None:
    return _entry(path, MAX_LEDGER_BYTES) if os.path.lexists(path) else None


def _entry(path: Path, max_bytes: int = MAX_RELEASE_BYTES) -> Entry:
    mode = path.lstat().st_mode
    if stat.S_ISREG(mode):
        return Entry("file", read_bounded(path, max_bytes))
    if stat.S_ISLNK(mode):
        return Entry("symlink")
    return Entry("directory" if stat.S_ISDIR(mode) else "other")
