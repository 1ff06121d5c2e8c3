"""`zumik recover`: finish or take back what a killed command left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from zumik.actions.publish import DryRunOption
from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.core.basics.display import neutral

if TYPE_CHECKING:
    from pathlib import Path

    from zumik.transaction.writer import Recovery

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("recover")
def recover(
    context: typer.Context, dry_run: DryRunOption = False, form: FormatOption = Format.TEXT
) -> None:
    """Finish or undo what a killed command left half done.

    Which of the two is decided by one thing: whether the branch has its commit. Nothing of yours
    is touched; waits for a git that is still at work.
    """
    from zumik.transaction import writer
    from zumik.transaction.lock import this_process

    session = session_of(context)
    me = this_process("recover", session.now())
    root, repository = session.store.root, session.repository_or_none
    found = writer.recover(root, repository, me, tell, dry_run=dry_run)
    names = _names(found, repository.root if repository else root) if found else []
    emit(form, lambda: _text(found, names, dry_run=dry_run), lambda: _json(found, names, dry_run))
    if found is not None and not dry_run:
        tell("\nnext: zumik check, and what it was to do again if that was taken back")


def _names(found: Recovery, root: Path) -> list[str]:
    return [path.relative_to(root).as_posix() for path in found.journal.plan.paths]


def _text(found: Recovery | None, names: list[str], *, dry_run: bool) -> str:
    if found is None:
        return "nothing was interrupted"
    would = "would be " if dry_run else ""
    state = {"finished": "it had happened; ", "taken back": "it had not happened; "}[found.outcome]
    rows = "".join(f"\n  {neutral(name)}" for name in names)
    return f"{found.journal.holder} was interrupted\n{state}{would}{found.outcome}:{rows}"


def _json(found: Recovery | None, names: list[str], dry_run: bool) -> dict[str, object]:
    if found is None:
        return {"interrupted": None, "dry_run": dry_run}
    return {
        "interrupted": found.journal.holder.to_json(),
        "outcome": found.outcome.value,
        "files": names,
        "dry_run": dry_run,
    }
