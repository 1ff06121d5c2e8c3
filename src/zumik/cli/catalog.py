"""`zumik catalog`: what is known about models, what changes of it, and the import of prices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zumik.actions.authoring.catalog_models import catalog_model, matching_models, read_catalog
from zumik.cli.context import session_of, writer
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.cli.progress import waiting
from zumik.core.basics.names import ModelId
from zumik.core.facts.catalog import model_to_json
from zumik.errors import UsageError

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
    """List the models with price, context, lifecycle and pinning."""
    from zumik.reports.model_report import models_table

    session = session_of(context)
    models = matching_models(read_catalog(session.store), globs or ["*"])
    emit(
        form,
        "catalog-models",
        lambda: [[models_table(models, session.now().date())]],
        lambda: {"models": {model.id: model_to_json(model) for model in models}},
    )


@app.command("show")
def show(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help="As in anthropic/claude-haiku-4-5.")],
    form: FormatOption = Format.TEXT,
) -> None:
    """Show every known fact of a model with its source and date."""
    from zumik.reports.blocks import strong
    from zumik.reports.model_report import model_fields
    from zumik.workspace.target_facts import names_meant

    store = session_of(context).store
    with names_meant(store, model):
        name = ModelId(model)
    authored = read_catalog(store)
    found = catalog_model(authored, name)
    emit(
        form,
        "catalog-models",
        lambda: [
            [
                strong(name),
                model_fields(found, authored.metrics),
                f"  {authored.locate(('models', name), key=True)}",
            ]
        ],
        lambda: {"models": {name: model_to_json(found)}},
    )


@app.command("diff")
def diff(
    context: typer.Context,
    release: Annotated[
        str | None, typer.Argument(metavar="[RELEASE]", help="The newest by default.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show every fact and alias.")] = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Show what the catalog says otherwise than a release.

    The facts that changed by kind, the aliases that they touch, and the winners that change: the
    policy as it is now is derived with the facts of each side.
    """
    from zumik.actions.authoring.compare_catalog import compare_catalog
    from zumik.reports.catalog_changes_report import (
        catalog_changes_report,
        catalog_changes_to_json,
    )

    found = compare_catalog(session_of(context), release)
    emit(
        form,
        "catalog-diff",
        lambda: catalog_changes_report(found, whole=everything),
        lambda: catalog_changes_to_json(found),
    )


@app.command("upcoming")
def upcoming(
    context: typer.Context,
    within: Annotated[
        str | None,
        typer.Option(
            "--within", metavar="DAYS", help="How far ahead, as in 90d; else by the settings."
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show every day and alias.")] = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Show what retires or changes its price soon, and who answers then.

    By day: the models that retire, the prices that are planned, the aliases that both touch, and
    the winner of a release of that day, by the policy and the facts of now.
    """
    from zumik.actions.authoring.look_ahead import look_ahead
    from zumik.reports.upcoming_report import upcoming_notes, upcoming_report, upcoming_to_json

    with waiting("looking ahead"):
        found = look_ahead(session_of(context), within)
    emit(
        form,
        "upcoming",
        lambda: upcoming_report(found, whole=everything),
        lambda: upcoming_to_json(found),
    )
    if form is Format.TEXT:
        tell(upcoming_notes(found))


@app.command("import")
def import_from_source(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="LiteLLM's price file: as --from litellm:FILE.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="SOURCE[:PATH]",
            help="litellm, genai-prices, model-prices, langchain-NAME: as installed, or a file; "
            "models.dev:PATH; own:FILE.csv.",
        ),
    ] = None,
    version: Annotated[
        str | None, typer.Option("--version", help="The version that a file is of: 1.109.1.")
    ] = None,
    observed_on: Annotated[
        str | None,
        typer.Option("--observed-on", metavar="DATE", help="The day that it is from; else today."),
    ] = None,
    provider: Annotated[
        str | None,
        typer.Option("--provider", metavar="NAMES", help="Only models of these: openai,google."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", "--model", metavar="GLOB", help="Only these models; repeatable."),
    ] = None,
    add: Annotated[
        list[str] | None, typer.Option("--add", metavar="GLOB", help="Add new models; repeatable.")
    ] = None,
    accept: Annotated[
        list[str] | None,
        typer.Option(
            "--accept",
            metavar="MODEL#FIELD",
            help="Take this fact although it is questioned; repeatable.",
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            "--keep",
            metavar="MODEL#FIELD",
            help="Keep the catalog's fact, and do not ask again; repeatable.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes, and stop.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Show every change, question and skipped entry.")
    ] = False,
    form: FormatOption = Format.TEXT,
) -> int:
    """Import prices, limits and retirements from a source.

    Changes only what differs, and keeps every comment. Questions a
    doubtful price, a change of what a person wrote, and what lets a model in that a stated fact
    keeps out: those wait for --accept or --keep, and the exit code is 3. Commits nothing.
    """
    from zumik.actions.authoring.import_facts import import_facts
    from zumik.reports.import_report import import_notes, import_report, import_to_json

    session = writer(context, "catalog import", dry_run=dry_run)
    with waiting("importing"):
        what = import_facts(
            session,
            _source(file, source),
            version=version,
            observed_on=observed_on,
            only=[
                *(only or ()),
                *(f"{name.strip()}/*" for name in (provider or "").split(",") if name),
            ],
            add=add or (),
            accept=accept or (),
            keep=keep or (),
            dry_run=dry_run,
        )
    emit(
        form,
        "catalog-import",
        lambda: import_report(what, everything=everything),
        lambda: import_to_json(what),
    )
    tell(import_notes(what))
    # What waits for a person is the answer "no" to "is the catalog as the source has it".
    return 3 if what.plan.waiting else 0


def _source(file: Path | None, source: str | None) -> str:
    """The source that a command names, of the two ways to name it. Raises UsageError."""
    if (file is None) == (source is None):
        raise UsageError(
            "name one source: --from SOURCE, or a price file of LiteLLM",
            hint="zumik catalog import --from litellm",
        )
    return source if source is not None else f"litellm:{file}"


@app.command("refresh")
def refresh(
    context: typer.Context,
    branch: Annotated[
        str | None,
        typer.Option(
            "--branch", metavar="NAME", help="Commit it on this new branch; your checkout stays."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the changes, and stop.")] = False,
    everything: Annotated[
        bool, typer.Option("--all", help="Show every fact, alias and question.")
    ] = False,
    form: FormatOption = Format.TEXT,
) -> int:
    """Import from every source of the settings, and compare.

    Reads the sources that zumik.yaml names under `sources`, in their order, and compares the
    catalog with the newest release. One that cannot be read does not keep the others back. With
    --branch your checkout stays as it is: the message of the commit is the text of a pull request.
    The exit code is 3 where facts wait for --accept or --keep of `catalog import`.
    """
    from zumik.actions.authoring.refresh_catalog import refresh_catalog
    from zumik.reports.refresh_report import (
        refresh_message,
        refresh_notes,
        refresh_report,
        refresh_to_json,
    )

    in_place = branch is None and not dry_run
    session = writer(context, "catalog refresh", dry_run=not in_place)
    found = refresh_catalog(
        session,
        branch=branch,
        dry_run=dry_run,
        message_of=refresh_message,
        waiting=lambda text: typer.echo(text, err=True),
        watch=waiting,
    )
    emit(
        form,
        "catalog-refresh",
        lambda: refresh_report(found, whole=everything),
        lambda: refresh_to_json(found),
    )
    if form is Format.TEXT:
        tell(refresh_notes(found))
    return 3 if found.waiting else 0
