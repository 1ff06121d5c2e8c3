"""Writing edited policy and catalog files: all or none, and nothing in a dry run."""

from __future__ import annotations

from collections.abc import Sequence

from zumik.actions.session import Session
from zumik.transaction import commit
from zumik.transaction.file_plan import NewBytes


def write_edited(session: Session, files: Sequence[NewBytes], *, dry_run: bool) -> tuple[str, ...]:
    """Write the files and commit nothing. Their names, as from the folder of the workspace.

    Raises CannotRun.
    """
    if files and not dry_run:
        assert session.writer is not None, "a command that writes opened its session as a writer"
        commit.write(session.writer, commit.WriteSet(files))
    root = session.store.root.parent
    return tuple(str(file.path.relative_to(root)) for file in files)
