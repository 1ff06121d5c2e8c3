"""`zumik undrain`: give models back before their time."""

from __future__ import annotations

from typing import Annotated

import typer

from zumik.actions.publishing.publish import PublishOptions
from zumik.cli.context import publisher
from zumik.cli.demanded_reason import asked_reason, require_demanded
from zumik.cli.output import Format, FormatOption, emit, tell_published
from zumik.cli.publish_options import proposes
from zumik.errors import UsageError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("undrain")
@proposes
def undrain(
    context: typer.Context,
    models: Annotated[
        str | None,
        typer.Argument(metavar="[MODELS]", help="As the list has it; zumik status shows it."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that is drained.")] = False,
    reason: Annotated[
        str | None,
        typer.Option("--reason", metavar="TEXT", help="Why now. The commit's message keeps it."),
    ] = None,
    *,
    options: PublishOptions,
    form: FormatOption = Format.TEXT,
) -> None:
    """Remove drains from the list before their time, and commit that.

    What was decided under them is explained and replayed as before.
    """
    from zumik.actions.moves.undrain_models import undrain_models
    from zumik.actions.publishing.kept_text import require_text
    from zumik.reports.drain_change_report import (
        drain_change_notes,
        drain_change_report,
        drain_change_to_json,
    )

    if (models is None) != everything:
        raise UsageError("name MODELS, or give --all", hint="zumik status shows what is drained")
    reason = asked_reason(context, reason)
    require_text(reason, "--reason")
    session = publisher(context, "undrain", options)
    require_demanded(session, reason)
    what = undrain_models(session, models, reason, options)
    emit(
        form,
        "changed-drains",
        lambda: drain_change_report(what),
        lambda: drain_change_to_json(what),
    )
    tell_published(drain_change_notes(what), what.published)
