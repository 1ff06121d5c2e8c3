"""`zumik release`: freeze policy and facts into a release, and look at the line of releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from zumik.actions.publish import BranchOption, DryRunOption, Landing, NoCommitOption, PushOption
from zumik.actions.refreeze_drafts import refreeze
from zumik.actions.session import Session
from zumik.actions.sign_release import sign, verdict_on
from zumik.actions.withdraw_release import withdraw
from zumik.cli.context import session_of, writer
from zumik.cli.output import Format, FormatOption, emit, tell
from zumik.core.basics.display import shown
from zumik.core.basics.names import ReleaseId
from zumik.core.releases.release import MAX_TEXT, Content, ReleaseRef, VerifiedRelease
from zumik.errors import CannotRun, UsageError
from zumik.workspace.store import Store

if TYPE_CHECKING:
    from zumik.actions.proposal import Proposal
    from zumik.actions.publish import Landed
    from zumik.core.reviews.changes import Changes

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Freeze policy and facts into a release; list and compare them.",
)

NoteOption = Annotated[str | None, typer.Option("--note", help="Why this release is made.")]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="TIME", help="Freeze as of then, in UTC; marked as made afterwards."
    ),
]


@app.command("create")
def create(
    context: typer.Context,
    note: NoteOption = None,
    as_of: AsOfOption = None,
    allow_unchanged: Annotated[
        bool, typer.Option("--allow-unchanged", help="Freeze even if nothing changed.")
    ] = False,
    dry_run: DryRunOption = False,
    no_commit: NoCommitOption = False,
    branch: BranchOption = None,
    push: PushOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Freeze policy and catalog into the next release, and commit it.

    Nothing is live by this: an alias moves with `zumik alias promote`. Makes nothing where nothing
    changed since the newest release.
    """
    from zumik.actions.proposal import propose
    from zumik.core.releases.draft import draft
    from zumik.core.releases.freeze import freeze
    from zumik.core.reviews.changes import changes_between, unchanged

    require_text(note, "--note")
    session = writer(context, "release create", dry_run=dry_run)
    landing = Landing(not no_commit, branch, push)
    landing.require_possible(session)
    now = session.now(as_of)
    proposal = propose(session, now.date())
    proposal.require_freezable()
    content = freeze(proposal.authored.catalog, proposal.authored.policy, proposal.derivations)
    store = session.store
    parent = store.release(store.newest.id) if store.newest else None
    before = parent.release.content if parent else None
    withdrawn = parent is not None and parent.ref.id in store.withdrawals
    same = before is not None and unchanged(before, content)
    if same and not withdrawn and not allow_unchanged:
        assert parent is not None
        return _nothing_to_freeze(parent.ref, form)
    ref, data = draft(
        content,
        parent.ref if parent else None,
        parent.release.created_at if parent else None,
        now,
        note=note,
        backfilled=as_of is not None,
    )
    stands, done = "dry run: nothing was written", None
    if not dry_run:
        stands, done = _write(session, ref, data, note, landing)
    changes = changes_between(before, content)
    head = {"id": ref.id, "sha256": ref.sha256, "bytes": len(data), "dry_run": dry_run}
    landed = done.to_json() if done else {}
    _show_created(session, {**head, "status": stands, **landed}, changes, form)
    tell(f"\n{stands}")
    if same and withdrawn and parent is not None:
        _tell_same_as_withdrawn(store, parent.ref)
    _tell_warnings(proposal)
    if done is not None:
        _tell_next(ref, done)
    return None


def _tell_next(ref: ReleaseRef, done: Landed) -> None:
    """How aliases come to this release. Raises PushFailed where the push did."""
    first = "git add releases && git commit, then " if done.commit is None else ""
    again = " --push" if done.pushed_to else ""
    tell(f"next: {first}zumik alias promote --all --to {ref.id} --reason '…'{again}")
    done.require_pushed()


def _show_created(
    session: Session, head: dict[str, object], changes: Changes, form: Format
) -> None:
    from zumik.reports.changes_report import changes_report, changes_to_json

    emit(
        form,
        lambda: [[f"{head['id']}  {head['sha256']}"], *changes_report(changes)],
        lambda: {**head, "changes": changes_to_json(changes)},
    )


def _nothing_to_freeze(newest: ReleaseRef, form: Format) -> None:
    """Done, with nothing to do."""
    emit(
        form,
        lambda: f"unchanged: {newest.id} already says what policy and catalog say",
        lambda: {"id": newest.id, "sha256": newest.sha256, "unchanged": True},
    )
    tell("\nnothing was made; --allow-unchanged freezes it all the same")


def _tell_same_as_withdrawn(store: Store, newest: ReleaseRef) -> None:
    """What was withdrawn may be said again, and who says it should know."""
    reason = shown(store.withdrawals[newest.id].reason)
    tell(f"warning: it says the same as {newest.id}, which is withdrawn: {reason}")


def _write(
    session: Session, ref: ReleaseRef, data: bytes, note: str | None, landing: Landing
) -> tuple[str, Landed]:
    from zumik.actions.publish import land, where_it_stands
    from zumik.core.releases.ledger import LedgerLine
    from zumik.transaction.file_plan import NewBytes

    store = session.store
    ledger = store.ledger_bytes() + LedgerLine.of(ref).to_text().encode()
    path = store.frozen / ref.file_name
    files = [NewBytes(path, data, must_be_new=True), NewBytes(store.ledger_path, ledger)]
    done = land(session, files, f"Freeze {ref.id}\n\n{note or ''}".strip(), landing)
    return where_it_stands(session, path, data, done), done


def _tell_warnings(proposal: Proposal) -> None:
    if proposal.findings:
        from zumik.reports.finding_report import summary

        tell(f"{summary(proposal.findings)}: zumik validate shows them")


def require_text(text: str | None, option: str) -> None:
    """A note or reason is kept for ever and shown everywhere.

    Raises UsageError where it is long or no text, or holds what looks like a key.
    """
    if text is None:
        return
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise UsageError(f"{option} is not UTF-8", hint="write it in a UTF-8 terminal")
    if len(text) > MAX_TEXT:
        raise UsageError(
            f"{option} has {len(text):,} characters, more than {MAX_TEXT:,}",
            hint="link to the discussion instead",
        )
    from zumik.checks.secret_keys import secret_in

    secret = secret_in(text)
    if secret is not None:
        raise UsageError(
            f"{option} holds what looks like {secret}; nothing was written",
            hint="it would be published for ever: say it without, and revoke what others may have "
            "seen, as in the shell's history",
        )


@app.command("list")
def list_releases(
    context: typer.Context,
    form: FormatOption = Format.TEXT,
) -> None:
    """List the releases, newest first, with the aliases that are live at each."""
    from zumik.core.releases.listed_release import ListedRelease
    from zumik.reports.release_report import releases_section, releases_to_json

    session = session_of(context)
    store = session.store
    pointers = list(store.pointers())
    listed = [
        ListedRelease(
            store.release(release_id),
            tuple(p.alias for p in pointers if p.target.id == release_id and p.kind != "retire"),
            store.withdrawals.get(release_id),
        )
        for release_id in reversed(list(store.releases))
    ]
    emit(form, lambda: [releases_section(listed)], lambda: releases_to_json(listed))


@app.command("show")
def show(
    context: typer.Context,
    release: Annotated[
        str | None, typer.Argument(metavar="[RELEASE]", help="The newest by default.")
    ] = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Show a release: where it stands in the line, and each alias's winner and ranking."""
    from zumik.core.decisions.alias_table import rederive
    from zumik.reports.release_report import release_report, release_to_json

    session = session_of(context)
    found = chosen_release(session.store, release)
    tables = {name: rederive(found, name) for name in found.aliases}
    vouched = session.store.vouches(found.ref)
    signed = verdict_on(session, found.ref)
    withdrawal = session.store.withdrawal(found.ref.id)
    emit(
        form,
        lambda: release_report(found, tables, vouched, signed, withdrawal),
        lambda: release_to_json(found, tables, vouched, signed, withdrawal),
    )


@app.command("diff")
def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(help="A release.")],
    after: Annotated[
        str | None, typer.Argument(metavar="[AFTER]", help="Another; the newest by default.")
    ] = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Show what changed between two releases: winners, policies and facts, by kind."""
    from zumik.core.reviews.changes import changes_between
    from zumik.reports.changes_report import changes_report, changes_to_json

    session = session_of(context)
    left = chosen_release(session.store, before)
    right = chosen_release(session.store, after)
    changes = changes_between(_content(left), _content(right))
    emit(
        form,
        lambda: [[f"{left.ref.id} → {right.ref.id}"], *changes_report(changes)],
        lambda: {
            "before": left.ref.id,
            "after": right.ref.id,
            "changes": changes_to_json(changes),
        },
    )


def _content(found: VerifiedRelease) -> Content:
    return found.release.content


def chosen_release(store: Store, release: str | None) -> VerifiedRelease:
    """The release that was named, or the newest. Raises CannotRun where there is none."""
    if release is not None:
        return store.release(ReleaseId(release))
    if store.newest is None:
        raise CannotRun("there is no release yet", hint="make one: zumik release create")
    return store.release(store.newest.id)


app.command("refreeze")(refreeze)
app.command("sign")(sign)
app.command("withdraw")(withdraw)
