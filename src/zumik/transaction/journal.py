"""The journal: what a command is about to do, on the disk before it does it.

While it exists, the command runs or was killed; from it alone another process finishes the command
or takes it back. It is kept inside git's directory, with paths relative to the work tree.
"""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import NamedTuple

from zumik.bounded_file import read_bounded
from zumik.core.basics import field_readers
from zumik.core.basics.display import neutral
from zumik.core.basics.field_readers import JsonFields, Malformed
from zumik.core.basics.findings import Path as Where
from zumik.core.basics.strict_json import MalformedJson, from_strict
from zumik.disk import sync, write_synced
from zumik.errors import CannotRun
from zumik.transaction.file_plan import Placement, Plan
from zumik.transaction.lock import Holder, read_holder

NAME = "journal.json"

_MAX_BYTES = 16 * 1024 * 1024

FILES, STAGE, COMMIT = "files", "stage", "commit"
"""The moment that decides: all files are in place, they are staged, or the branch moved."""


class Intent(NamedTuple):
    """How the files will be written, and where HEAD was before.

    `how` is files, stage or commit. For a commit: the branch's `ref`; `head`, where HEAD was (a
    ref, or a commit where it was detached); `start`, the commit of HEAD (None before the first).
    Where `ref` and `head` differ, the branch is a new one.
    """

    how: str
    ref: str | None = None
    head: str | None = None
    start: str | None = None

    @property
    def new_branch(self) -> bool:
        """Whether the commit is the first of a branch of its own."""
        return self.ref != self.head


class Journal(NamedTuple):
    """Who writes what: the command, its planned files, and how they are written."""

    holder: Holder
    plan: Plan
    intent: Intent


def write_journal(state: Path, root: Path, journal: Journal) -> None:
    """Put a journal on the disk, whole or not at all. Raises OSError."""
    plan = journal.plan
    value = {
        **journal.holder.to_json(),
        "intent": journal.intent._asdict(),
        "directories": [_relative(path, root) for path in plan.directories],
        "placements": [
            {
                "path": _relative(placement.path, root),
                "beside": _relative(placement.beside, root),
                "kept": _relative(placement.kept, root),
                "digest": placement.digest,
            }
            for placement in plan.placements
        ],
    }
    path, new = state / NAME, state / f"{NAME}.new"
    write_synced(new, json.dumps(value, indent=1).encode(), os.O_TRUNC)
    new.replace(path)
    sync(state)
    sync(state.parent)  # the directory itself may be new


def read_journal(state: Path, root: Path) -> Journal | None:
    """The journal of the command that runs or was interrupted; None for none. Raises CannotRun."""
    path = state / NAME
    if not os.path.lexists(path):
        return None
    try:
        value = from_strict(read_bounded(path, _MAX_BYTES), max_bytes=_MAX_BYTES)
        return _journal(JsonFields(value, ()), root)
    except (Malformed, MalformedJson) as error:
        raise CannotRun(
            f"{neutral(str(path))} is not a journal of this version: {error.message}",
            hint="run zumik recover of the version that wrote it; or restore "
            f"{neutral(root.name)}/ with git, and then remove that file",
        ) from None


def _journal(fields: JsonFields, root: Path) -> Journal:
    def within(value: object, path: Where) -> Path:
        name = field_readers.text(value, path)
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise Malformed("a path outside the work tree", path)
        return root / name

    def placement(value: object, path: Where) -> Placement:
        row = JsonFields(value, path)
        found = Placement(
            row.need("path", within),
            row.need("beside", field_readers.optional(within)),
            row.need("kept", field_readers.optional(within)),
            row.need("digest", field_readers.optional(field_readers.text)),
        )
        row.close()
        return found

    holder = read_holder(fields)
    wanted = JsonFields(fields.need("intent", field_readers.as_is), ("intent",))
    texts = (
        wanted.need(key, field_readers.optional(field_readers.text))
        for key in ("ref", "head", "start")
    )
    intent = Intent(wanted.need("how", field_readers.one_of(FILES, STAGE, COMMIT)), *texts)
    wanted.close()
    plan = Plan(
        placements=fields.need("placements", field_readers.list_of(placement)),
        directories=fields.need("directories", field_readers.list_of(within)),
    )
    fields.close()
    return Journal(holder, plan, intent)


def remove_journal(state: Path) -> None:
    """Remove the journal, and its directory where that is empty then. Raises OSError."""
    if not state.is_dir():
        return
    for name in (f"{NAME}.new", NAME):
        (state / name).unlink(missing_ok=True)
    sync(state)
    with contextlib.suppress(OSError):
        state.rmdir()  # without git the lock is in it, and is removed later


def _relative(path: Path | None, root: Path) -> str | None:
    return None if path is None else path.relative_to(root).as_posix()
