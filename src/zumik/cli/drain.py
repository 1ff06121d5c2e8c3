"""`zumik drain`: take models away from every alias for a while."""

from __future__ import annotations

from typing import Annotated

import typer

from zumik.actions.publishing.publish import PublishOptions
from zumik.cli.context import publisher
from zumik.cli.output import Format, FormatOption, emit, tell_published
from zumik.cli.publish_options import proposes

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("drain")
@proposes
def drain(
    context: typer.Context,
    models: Annotated[
        str,
        typer.Argument(
            metavar="MODELS", help="Quoted, as 'anthropic/*': only * and ? are special."
        ),
    ],
    until: Annotated[
        str,
        typer.Option("--until", metavar="TIME", help="30m, 4h, 2d, or in UTC: 2026-11-25T18:00Z."),
    ],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why, for those who look: INC-42.")
    ],
    *,
    options: PublishOptions,
    form: FormatOption = Format.TEXT,
) -> None:
    """Take models out of use until a time, and commit that.

    Aliases answer with the next model that they rank. A drain that would leave a request without
    any model is ignored, and zumik says so. A request for a model by its own name still gets it.
    Draining the same MODELS again changes the time and the reason.
    """
    from zumik.actions.moves.drain_models import drain_models
    from zumik.actions.publishing.kept_text import require_reason
    from zumik.reports.drain_change_report import (
        drain_change_notes,
        drain_change_report,
        drain_change_to_json,
    )

    require_reason(reason, hint="say what happened: --reason INC-42")
    session = publisher(context, "drain", options)
    what = drain_models(session, models, until, reason, options)
    emit(
        form,
        "changed-drains",
        lambda: drain_change_report(what),
        lambda: drain_change_to_json(what),
    )
    tell_published(drain_change_notes(what), what.published)
