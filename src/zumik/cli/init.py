"""`zumik init`: a working workspace in any git repository."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, emit, people_at_terminal, tell
from zumik.errors import UsageError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


class CheckService(StrEnum):
    """Where pull requests are checked."""

    GITHUB = "github"
    GITLAB = "gitlab"


@app.command("init")
def init(
    context: typer.Context,
    directory: Annotated[
        Path, typer.Argument(help="A directory of a git repository; a releases/ is made in it.")
    ] = Path(),
    provider: Annotated[
        list[str] | None,
        typer.Option(
            "--provider",
            metavar="NAMES",
            help="Only models of these, as in openai,google; else you are asked.",
        ),
    ] = None,
    ci: Annotated[
        CheckService | None,
        typer.Option("--ci", help="Write the job too that checks pull requests."),
    ] = None,
    empty: Annotated[
        bool, typer.Option("--empty", help="Only the frame, without example policy and catalog.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be made.")
    ] = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Make a workspace, with models and aliases to start from.

    Holds real models and nine aliases, kept to the providers that you use, or with --empty only the
    frame. Commits nothing. In a workspace, --ci writes the job alone.
    """
    from zumik.actions.init_workspace import init_workspace
    from zumik.reports.made_workspace_report import (
        made_workspace_notes,
        made_workspace_to_json,
        made_workspace_to_text,
    )

    if empty and provider:
        raise UsageError("--empty has no models of any provider", hint="drop --provider or --empty")
    names = _names(provider) if provider is not None else _asked(directory, empty)
    made = init_workspace(
        directory,
        empty=empty,
        dry_run=dry_run,
        providers=names,
        service=ci.value if ci else None,
        today=session_of(context).now().date(),
    )
    emit(
        form,
        "made-workspace",
        lambda: made_workspace_to_text(made),
        lambda: made_workspace_to_json(made),
    )
    tell(made_workspace_notes(made))


def _names(given: list[str]) -> tuple[str, ...]:
    """The providers that options name, each once. Raises UsageError where they name none."""
    names = [name.strip() for text in given for name in text.split(",")]
    found = tuple(dict.fromkeys(name for name in names if name))
    if not found:
        raise UsageError("--provider names no provider", hint="zumik init --provider openai,google")
    return found


def _asked(directory: Path, empty: bool) -> tuple[str, ...]:
    """The providers that a person at the terminal names; none for all, and in a pipe."""
    from zumik.actions.init_workspace import example_providers, is_workspace

    if empty or not people_at_terminal() or is_workspace(directory):
        return ()

    known = example_providers()
    tell(f"providers: {', '.join(f'{name} ({count})' for name, count in known.items())}")
    answer = typer.prompt(
        "yours, with commas between (Enter for all)", default="", show_default=False, err=True
    )
    return _names([answer]) if answer.strip() else ()
