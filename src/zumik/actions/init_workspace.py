"""Start a workspace: a `releases/` directory with the example's policy and catalog, or a frame."""

from __future__ import annotations

from pathlib import Path

from zumik.core.reviews.outcomes import MadeWorkspace
from zumik.errors import CannotRun, ZumikError
from zumik.transaction.file_plan import write_together
from zumik.workspace.new_workspace import LIVE_REF, new_workspace
from zumik.workspace.settings import ref_name


def init_workspace(directory: Path, *, empty: bool, dry_run: bool) -> MadeWorkspace:
    """Write the files of a new workspace; nothing is committed.

    Raises CannotRun where the directory is missing, or has a workspace or another `releases`.
    """
    if not directory.is_dir():
        raise CannotRun(f"no directory {directory}", hint="make it first: mkdir")
    target = directory.resolve()
    files = new_workspace(target, empty=empty, live_ref=_live_ref(target))
    problem = None
    if not dry_run:
        write_together(files)
        problem = _git_problem(target)
    names = tuple(str(file.path.relative_to(target)) for file in files)
    return MadeWorkspace(str(target), names, empty, dry_run, problem)


def _live_ref(directory: Path) -> str:
    """The default branch of the remote, where git knows it and settings can name it."""
    from zumik.git.remotes import default_branch
    from zumik.git.repository import Repository

    try:
        found = default_branch(Repository.containing(directory))
        return LIVE_REF if found is None else ref_name(found)
    except ZumikError:
        return LIVE_REF


def _git_problem(directory: Path) -> str | None:
    """Why there is no git repository to commit to; None where there is one."""
    from zumik.git.repository import Repository

    try:
        Repository.containing(directory)
    except ZumikError as error:
        return error.message
    return None
