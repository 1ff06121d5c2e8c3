"""`zumik drain`: take models away from every alias for a while."""

from __future__ import annotations

from typing import Annotated

import typer

from zumik.actions.drain_change import (
    Change,
    ModelsArgument,
    apply,
    live_of,
    require_known,
    require_room,
    restored_by,
    until_from,
)
from zumik.actions.publish import BranchOption, DryRunOption, Landing, NoCommitOption, PushOption
from zumik.cli.context import writer
from zumik.cli.output import Format, FormatOption, emit
from zumik.errors import UsageError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("drain")
def drain(
    context: typer.Context,
    models: ModelsArgument,
    until: Annotated[
        str,
        typer.Option("--until", metavar="TIME", help="30m, 4h, 2d, or in UTC: 2026-11-25T18:00Z."),
    ],
    reason: Annotated[str, typer.Option("--reason", help="Why, for whoever looks: INC-42.")],
    dry_run: DryRunOption = False,
    no_commit: NoCommitOption = False,
    branch: BranchOption = None,
    push: PushOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Take models away from every alias until a time, and commit that.

    Aliases answer with the next that they rank. Where nobody else can take a request a drain is
    ignored, and said to be. Whoever asks for a model by its own name still gets it. Draining the
    same MODELS again changes the time and the reason.
    """
    from shlex import quote

    from zumik.cli.release import require_text
    from zumik.core.decisions.drained_decision import with_drain
    from zumik.core.live.drains import Drain
    from zumik.reports.drain_report import drain_to_text

    require_text(reason, "--reason")
    if not reason.strip():
        raise UsageError("--reason is empty", hint="say what happened: --reason INC-42")
    session = writer(context, "drain", dry_run=dry_run)
    landing = Landing(not no_commit, branch, push)
    landing.require_possible(session)
    now = session.now()
    live, before = live_of(session), session.store.drains
    wanted = Drain(models, now, until_from(until, now), reason)
    require_known(models, live)
    after = with_drain(before, wanted, now)
    require_room(after)
    made = after.drains[-1]
    if made in before.drains:
        told = drain_to_text(made, now)
        emit(form, lambda: f"drained already: {told}", lambda: {**made.to_json(), "already": True})
        return
    replaced = [d for d in before.drains if d.models == models and d.in_force(now)]
    change = Change(
        after,
        f"drains {drain_to_text(made, now)}",
        f"Drain {models}",
        reason,
        restored_by(replaced) or f"zumik undrain {quote(models)}",
        "IN FORCE",
        made.to_json(),
    )
    apply(session, live, change, landing, form, dry_run=dry_run)
