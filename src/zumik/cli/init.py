"""`zumik init`: a working workspace in any git repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zumik.cli.output import tell
from zumik.errors import CannotRun, ZumikError
from zumik.reports.text import plural, safe

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("init")
def init(
    directory: Annotated[
        Path, typer.Argument(help="A directory of a git repository; a releases/ is made in it.")
    ] = Path(),
    empty: Annotated[
        bool, typer.Option("--empty", help="Only the frame, without example policy and catalog.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be made.")
    ] = False,
) -> None:
    """Make a workspace, with models and aliases to start from.

    Holds real models and nine aliases, or with --empty only the frame. Commits nothing.
    """
    from zumik.transaction.file_plan import write_together
    from zumik.workspace.new_workspace import new_workspace

    if not directory.is_dir():
        raise CannotRun(f"no directory {directory}", hint="make it first: mkdir")
    target = directory.resolve()
    files = new_workspace(target, empty=empty)
    for file in files:
        typer.echo(safe(file.path.relative_to(target)))
    if dry_run:
        tell(f"\ndry run: {plural(len(files), 'file')} not written")
        return
    write_together(files)
    tell(f"\nmade {plural(len(files), 'file')} in {safe(target)}")
    _tell_git(target)
    tell("next: zumik validate, then zumik plan" if not empty else f"next: {_FIRST_STEPS}")


_FIRST_STEPS = "describe models in releases/catalog/, aliases in releases/policy/; zumik validate"


def _tell_git(target: Path) -> None:
    from zumik.git.repository import Repository

    try:
        Repository.containing(target)
    except ZumikError as error:
        tell(f"note: {error.message}; releases are committed to git: git init")
    else:
        tell("commit it when you like it: git add releases && git commit")
