"""`zumik catalog`: what is known about models, and taking in what others know."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from zumik.actions.imported_files import imported_files
from zumik.actions.session import Session
from zumik.cli.context import session_of, writer
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.findings import Invalid, has_errors
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import model_to_json
from zumik.core.facts.policy import glob_matcher
from zumik.errors import CannotRun, UsageError
from zumik.workspace.authored_files import Authored, read_authored

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Look at what is known of models; import prices and limits.",
)


@app.command("list")
def list_models(
    context: typer.Context,
    globs: Annotated[
        list[str] | None, typer.Argument(metavar="[GLOB]...", help="Only these: 'anthropic/*'.")
    ] = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """List the models of the catalog with price, context, lifecycle and pinning."""
    from zumik.reports.model_report import models_table

    session = session_of(context)
    authored = _authored(session)
    patterns = [glob_matcher(glob) for glob in globs or ["*"]]
    models = [
        model
        for name, model in sorted(authored.models.items())
        if any(pattern.fullmatch(name) for pattern in patterns)
    ]
    emit(
        form,
        lambda: [[models_table(models)]],
        lambda: {model.id: model_to_json(model) for model in models},
    )


@app.command("show")
def show(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="As in anthropic/claude-haiku-4-5.")],
    form: FormatOption = Format.TEXT,
) -> None:
    """Show every fact of a model with its source and date; what is unknown is not shown."""
    from zumik.reports.blocks import strong
    from zumik.reports.model_report import model_fields

    session = session_of(context)
    authored = _authored(session)
    name = ModelId(model)
    found = authored.models.get(name)
    if found is None:
        raise CannotRun(
            f"no model {name} in the catalog",
            hint=did_you_mean(name, authored.models, "zumik catalog list shows them"),
        )
    emit(
        form,
        lambda: [
            [
                strong(name),
                model_fields(found, authored.metrics),
                f"  {authored.locate(('models', name), key=True)}",
            ]
        ],
        lambda: {name: model_to_json(found)},
    )


@app.command("import")
def import_prices(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="LiteLLM's model_prices_and_context_window.json, any version.")
    ],
    version: Annotated[str, typer.Option("--version", help="LiteLLM's version: 1.109.1.")],
    observed_on: Annotated[
        str, typer.Option("--observed-on", metavar="DATE", help="The day that version is from.")
    ],
    only: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Only these models; repeatable.")
    ] = None,
    add: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Add new models; repeatable.")
    ] = None,
    accept_questioned: Annotated[
        bool, typer.Option("--accept-questioned", help="Apply what the import doubts, too.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes, and stop.")] = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Take prices, limits, capabilities and retirements from a LiteLLM price file.

    Changes only what differs, and keeps every comment. Doubts a price of zero, a swapped pair, a
    jump and a conflict between sources, and leaves those to you. Commits nothing.
    """
    from zumik.bounded_file import read_bounded
    from zumik.reports.import_report import import_report, import_to_json
    from zumik.sources.litellm import read_litellm
    from zumik.sources.merge import plan_import
    from zumik.transaction import commit

    session = writer(context, "catalog import", dry_run=dry_run)
    authored = _authored(session)
    observed = _day(observed_on)
    data = read_bounded(file.resolve(), MAX_IMPORT_BYTES)
    plan = plan_import(
        authored.catalog,
        read_litellm(data, source=f"litellm {version}", observed_on=observed),
        only=only or (),
        add=add or (),
        precedence=session.settings.source_precedence,
        today=session.now().date(),
        accept_questioned=accept_questioned,
        locate=authored.locate,
    )
    files = imported_files(session.store, authored, plan)
    if not dry_run:
        assert session.writer is not None
        commit.write(session.writer, commit.WriteSet(files))
    names = [str(found.path.relative_to(session.store.root.parent)) for found in files]
    emit(
        form,
        lambda: import_report(plan, names),
        lambda: {**import_to_json(plan), "files": names, "dry_run": dry_run},
    )
    if dry_run:
        tell("\ndry run: nothing was written")
    elif files:
        tell("\nnext: git diff shows it; zumik validate, zumik plan")


MAX_IMPORT_BYTES = 64 * 1024 * 1024


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("--observed-on takes a date", hint="--observed-on 2026-11-12") from None


def _authored(session: Session) -> Authored:
    """The catalog. Raises Invalid where a file of it cannot be used."""
    authored = read_authored(session.store.tree)
    if authored.catalog_broken:
        errors = [finding for finding in authored.findings if has_errors([finding])]
        raise Invalid("the catalog is not valid", errors)
    return authored
