"""`zumik recover`: finish or take back what a killed command left."""

from __future__ import annotations

import typer

from zumik.cli.context import session_of
from zumik.cli.options import DryRunOption
from zumik.cli.output import Format, FormatOption, emit, tell

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("recover")
def recover(
    context: typer.Context, dry_run: DryRunOption = False, form: FormatOption = Format.TEXT
) -> None:
    """Finish or undo what a killed command left half done.

    Which of the two is decided by one thing: whether the branch has its commit. Nothing of yours
    is touched; waits for a git that is still at work.
    """
    from zumik.actions.recover_writer import recover_writer
    from zumik.reports.recovery_report import recovered_notes, recovered_to_json, recovered_to_text

    found = recover_writer(session_of(context), tell, dry_run=dry_run)
    emit(form, "recovery", lambda: recovered_to_text(found), lambda: recovered_to_json(found))
    tell(recovered_notes(found))
