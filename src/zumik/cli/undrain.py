"""`zumik undrain`: give models back before their time."""

from __future__ import annotations

from typing import Annotated

import typer

from zumik.actions.drain_change import Change, apply, live_of, restored_by
from zumik.actions.publish import BranchOption, DryRunOption, Landing, NoCommitOption, PushOption
from zumik.cli.context import writer
from zumik.cli.output import Format, FormatOption, emit
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral, shown
from zumik.core.live.drains import Drain, Drains
from zumik.errors import CannotRun, UsageError

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("undrain")
def undrain(
    context: typer.Context,
    models: Annotated[
        str | None,
        typer.Argument(metavar="[MODELS]", help="As the list has it; zumik status shows it."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything that is drained.")] = False,
    dry_run: DryRunOption = False,
    no_commit: NoCommitOption = False,
    branch: BranchOption = None,
    push: PushOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Take drains off the list before their time, and commit that.

    What was decided under them is explained and replayed as before.
    """
    from zumik.core.decisions.drained_decision import without_drains
    from zumik.reports.drain_report import drain_to_text

    if (models is None) != everything:
        raise UsageError("name MODELS, or give --all", hint="zumik status shows what is drained")
    session = writer(context, "undrain", dry_run=dry_run)
    landing = Landing(not no_commit, branch, push)
    landing.require_possible(session)
    now = session.now()
    before = session.store.drains
    gone = _taken_off(before, models)
    if not gone:
        emit(form, lambda: "nothing is drained", lambda: {"undrained": [], "already": True})
        return
    change = Change(
        without_drains(before, models, now),
        "\n".join(f"undrains {drain_to_text(drain, now)}" for drain in gone),
        f"Undrain {neutral(models) if models is not None else 'everything'}",
        None,
        restored_by([drain for drain in gone if now < drain.until]),
        "LIVE",
        {"undrained": [drain.to_json() for drain in gone]},
    )
    apply(session, live_of(session), change, landing, form, dry_run=dry_run)


def _taken_off(before: Drains, models: str | None) -> list[Drain]:
    """The drains that are meant. Raises CannotRun for a glob that is not in the list."""
    gone = [drain for drain in before.drains if models is None or drain.models == models]
    if gone or models is None:
        return gone
    from shlex import quote

    listed = [neutral(drain.models) for drain in before.drains]
    otherwise = "nothing is drained: zumik status"
    if listed:
        otherwise = f"there is {', '.join(map(quote, listed))}; --all takes off everything"
    hint = did_you_mean(models, listed, otherwise)
    raise CannotRun(f"{shown(models)} is not drained", hint=hint)
