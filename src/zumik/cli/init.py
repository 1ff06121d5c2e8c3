"""`zumik init`: a working workspace in any git repository."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zumik.cli.output import tell

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
    from zumik.actions.init_workspace import init_workspace
    from zumik.reports.made_workspace_report import made_workspace_notes, made_workspace_to_text

    made = init_workspace(directory, empty=empty, dry_run=dry_run)
    typer.echo(made_workspace_to_text(made))
    tell(made_workspace_notes(made))
