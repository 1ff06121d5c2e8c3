"""`zumik release withdraw`: mark a release that must not be used again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.publish import BranchOption, DryRunOption, Landing, NoCommitOption, PushOption
from zumik.actions.session import Session
from zumik.cli.context import writer
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.errors import AnswerIsNo, UsageError

if TYPE_CHECKING:
    from zumik.actions.publish import Landed
    from zumik.core.releases.release import ReleaseRef
    from zumik.core.releases.withdrawal import Withdrawal
    from zumik.workspace.store import Store


def withdraw(
    context: typer.Context,
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="As in alr_2026_06_09_003.")],
    reason: Annotated[str, typer.Option("--reason", help="Why it must not be used; for ever.")],
    dry_run: DryRunOption = False,
    no_commit: NoCommitOption = False,
    branch: BranchOption = None,
    push: PushOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Mark a release so that no alias is ever moved to it again, and commit the mark.

    The release stays as it is: what it decided is explained and replayed as before. Exits with 3
    while an alias is live at it. A withdrawal that has landed is not taken back.
    """
    from zumik.cli.release import chosen_release, require_text
    from zumik.core.releases.withdrawal import Withdrawal

    require_text(reason, "--reason")
    if not reason.strip():
        raise UsageError("--reason is empty", hint="say what is wrong with the release")
    session = writer(context, "release withdraw", dry_run=dry_run)
    landing = Landing(not no_commit, branch, push)
    landing.require_possible(session)
    store = session.store
    ref = chosen_release(store, release).ref
    before = store.withdrawal(ref.id)
    if before is not None:
        return _nothing_to_withdraw(before, form)
    _require_unused(store, ref)
    mark = Withdrawal(ref, reason, session.now())
    stands, done = "dry run: nothing was written", None
    if not dry_run:
        stands, done = _write(session, mark, landing)
    _show(mark, stands, done, form, dry_run=dry_run)
    tell(f"\n{stands}")
    if store.newest == ref:
        tell("it is the newest: put policy and catalog right, then zumik release create")
    if done is not None:
        tell(f"next: {done.next}")
        done.require_pushed()
    return None


def _require_unused(store: Store, ref: ReleaseRef) -> None:
    """Raises AnswerIsNo where an alias is live at it: it would answer, and must not."""
    live = [p.alias for p in store.pointers() if p.target.id == ref.id and p.kind != "retire"]
    if live:
        raise AnswerIsNo(
            f"{ref.id} is live for {', '.join(live)}",
            hint=f"move them first: zumik alias rollback {' '.join(live)}",
        )


def _nothing_to_withdraw(mark: Withdrawal, form: Format) -> None:
    """Done, with nothing to do: the first reason stands."""
    from zumik.reports.withdrawal_report import withdrawal_to_json, withdrawal_to_text

    emit(
        form,
        lambda: f"{mark.target.id} is withdrawn already, {withdrawal_to_text(mark)}",
        lambda: {
            "id": mark.target.id,
            "sha256": mark.target.sha256,
            "already": True,
            **(withdrawal_to_json(mark) or {}),
        },
    )


def _write(session: Session, mark: Withdrawal, landing: Landing) -> tuple[str, Landed]:
    from zumik.actions.publish import land, where_it_stands
    from zumik.core.releases.withdrawal import withdrawal_to_bytes
    from zumik.transaction.file_plan import NewBytes

    store = session.store
    path, data = store.withdrawn / mark.file_name, withdrawal_to_bytes(mark)
    done = land(
        session,
        [NewBytes(path, data, must_be_new=True)],
        f"Withdraw {mark.target.id}\n\n{mark.reason}",
        landing,
        relies_on=[store.frozen / mark.target.file_name],
    )
    return where_it_stands(session, path, data, done, "WITHDRAWN"), done


def _show(
    mark: Withdrawal, stands: str, done: Landed | None, form: Format, *, dry_run: bool
) -> None:
    from zumik.reports.text import safe
    from zumik.reports.withdrawal_report import withdrawal_to_json

    landed = done.to_json() if done else {}
    emit(
        form,
        lambda: f"withdraws {mark.target.id}: {safe(mark.reason)}",
        lambda: {
            "id": mark.target.id,
            "sha256": mark.target.sha256,
            **(withdrawal_to_json(mark) or {}),
            "status": stands,
            "dry_run": dry_run,
            **landed,
        },
    )
