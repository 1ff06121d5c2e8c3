"""`zumik release`: freeze policy and facts into a release, and look at the line of releases."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zumik.actions.publishing.publish import PublishOptions
from zumik.actions.releases.chosen_release import chosen_release
from zumik.cli.context import publisher, session_of, writer
from zumik.cli.demanded_reason import asked_reason, require_demanded
from zumik.cli.log_options import AskedCalls, LogsOption, asks_for_calls
from zumik.cli.options import DryRunOption
from zumik.cli.output import (
    Format,
    FormatOption,
    at_terminal,
    emit,
    tell,
    tell_published,
)
from zumik.cli.progress import waiting
from zumik.cli.publish_options import NoCommitOption, proposes, publishes
from zumik.core.releases.release import Content, VerifiedRelease

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Freeze policy and facts into a release; list and compare them.",
)

NoteOption = Annotated[
    str | None, typer.Option("--note", metavar="TEXT", help="Why this release is made.")
]
AsOfOption = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="TIME", help="Freeze as of then, in UTC; marked as made afterwards."
    ),
]


@app.command("create")
@publishes
def create(
    context: typer.Context,
    note: NoteOption = None,
    as_of: AsOfOption = None,
    allow_unchanged: Annotated[
        bool, typer.Option("--allow-unchanged", help="Freeze even if nothing changed.")
    ] = False,
    *,
    options: PublishOptions,
    form: FormatOption = Format.TEXT,
) -> None:
    """Freeze policy and catalog into the next release, and commit it.

    Nothing is live by this: an alias moves with `zumik alias promote`. Makes nothing where nothing
    changed since the newest release.
    """
    from zumik.actions.publishing.kept_text import require_text
    from zumik.actions.releases.create_release import create_release
    from zumik.reports.creation_report import creation_notes, creation_report, creation_to_json

    note = asked_reason(context, note)
    require_text(note, "--note")
    session = writer(context, "release create", dry_run=options.dry_run)
    require_demanded(session, note, "--note")
    made = create_release(
        session,
        note=note,
        as_of=as_of,
        allow_unchanged=allow_unchanged,
        options=options,
        watch=waiting,
    )
    emit(form, "release-create", lambda: creation_report(made), lambda: creation_to_json(made))
    tell_published(creation_notes(made), made.published)


@app.command("list")
def list_releases(
    context: typer.Context,
    form: FormatOption = Format.TEXT,
) -> None:
    """List the releases, newest first, and the aliases live at each."""
    from zumik.core.releases.listed_release import ListedRelease
    from zumik.reports.release_report import releases_section, releases_to_json

    session = session_of(context)
    store = session.store
    pointers = list(store.pointers())
    listed = [
        ListedRelease(
            store.head(release_id),
            tuple(p.alias for p in pointers if p.target.id == release_id and not p.is_retired),
            store.withdrawals.get(release_id),
        )
        for release_id in reversed(list(store.releases))
    ]
    emit(
        form,
        "release-list",
        lambda: [releases_section(listed)],
        lambda: {"releases": releases_to_json(listed)},
    )


@app.command("show")
def show(
    context: typer.Context,
    release: Annotated[
        str | None, typer.Argument(metavar="[RELEASE]", help="The newest by default.")
    ] = None,
    form: FormatOption = Format.TEXT,
) -> None:
    """Show a release: its place in the line, its winners and rankings."""
    from zumik.actions.releases.sign_release import verdict_on
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
        "release-show",
        lambda: release_report(found, tables, vouched, signed, withdrawal),
        lambda: release_to_json(found, tables, vouched, signed, withdrawal),
    )


@app.command("diff")
@asks_for_calls
def diff(
    context: typer.Context,
    before: Annotated[str, typer.Argument(help="A release.")],
    after: Annotated[
        str | None, typer.Argument(metavar="[AFTER]", help="Another; the newest by default.")
    ] = None,
    logs: LogsOption = None,
    *,
    asked: AskedCalls,
    form: FormatOption = Format.TEXT,
) -> None:
    """Show what changed between two releases: winners, policy, facts.

    With --logs each logged request is asked of both.
    """
    from zumik.core.reviews.changes import changes_between
    from zumik.reports.changes_report import changes_report, changes_to_json
    from zumik.reports.impact_report import weighed_report, weighed_to_json

    requests = asked.of_logs(logs)
    session = session_of(context)
    left = chosen_release(session.store, before)
    right = chosen_release(session.store, after)
    changes = changes_between(_content(left), _content(right))
    weighed = None
    if requests:
        from zumik.actions.logs.weigh_logs import weigh_releases

        weighed = weigh_releases(requests, session.store, left, right)
    emit(
        form,
        "release-diff",
        lambda: [
            [f"{left.ref.id} → {right.ref.id}"],
            *changes_report(changes),
            *weighed_report(weighed),
        ],
        lambda: {
            "before": left.ref.id,
            "after": right.ref.id,
            "changes": changes_to_json(changes),
            "logged_traffic": weighed_to_json(weighed),
        },
    )


def _content(found: VerifiedRelease) -> Content:
    return found.release.content


@app.command("refreeze")
def refreeze(
    context: typer.Context,
    note: Annotated[
        str | None,
        typer.Option("--note", metavar="TEXT", help="Why; the newest draft's note by default."),
    ] = None,
    as_of: Annotated[
        str | None,
        typer.Option(
            "--as-of", metavar="TIME", help="Freeze as of then; a backfilled draft's own."
        ),
    ] = None,
    dry_run: DryRunOption = False,
    no_commit: NoCommitOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Freeze a stale branch's drafts again, after the newest release.

    Merge or rebase onto live_ref first: it conflicts in SHA256SUMS, on purpose, and this settles
    it. All drafts make way for one new release from policy and catalog as merged, with the newest
    draft's note or --note; pointers that named them follow. Shows which winners changed since the
    review.
    """
    from zumik.actions.publishing.kept_text import require_text
    from zumik.actions.releases.refreeze_drafts import refreeze_drafts
    from zumik.reports.refreeze_report import refreeze_notes, refreeze_report, refreeze_to_json

    require_text(note, "--note")
    session = writer(context, "release refreeze", dry_run=dry_run)
    options = PublishOptions(commit=not no_commit, dry_run=dry_run)
    what = refreeze_drafts(
        session,
        as_of,
        options,
        note=note,
        require_note=lambda note: require_demanded(session, note, "--note"),
    )
    emit(form, "release-refreeze", lambda: refreeze_report(what), lambda: refreeze_to_json(what))
    tell(refreeze_notes(what))


@app.command("sign")
def sign(
    context: typer.Context,
    release: Annotated[
        str | None, typer.Argument(metavar="[RELEASE]", help="The newest by default.")
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            metavar="FILE",
            help="An SSH key: a private one, or a public one whose private half ssh-agent has. "
            "By default the one that git signs with.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Sign and verify, and write nothing.")
    ] = False,
    no_commit: NoCommitOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Sign a release with an SSH key, and commit the signature.

    Needs ssh-keygen and no network. The signature lies beside the release. The key has to be in
    allowed_signers, if that file exists.
    """
    from zumik.actions.releases.sign_release import sign_release
    from zumik.reports.signature_report import signature_notes, signature_to_json, signature_to_text

    session = writer(context, "release sign", dry_run=dry_run)
    options = PublishOptions(commit=not no_commit, dry_run=dry_run)
    what = sign_release(session, release, key, options, terminal=at_terminal())
    emit(form, "release-sign", lambda: signature_to_text(what), lambda: signature_to_json(what))
    tell(signature_notes(what))


@app.command("withdraw")
@proposes
def withdraw(
    context: typer.Context,
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="As in alr_2026_06_09_003.")],
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why it must not be used; for ever.")
    ],
    *,
    options: PublishOptions,
    form: FormatOption = Format.TEXT,
) -> None:
    """Mark a release that must not be promoted again, and commit it.

    The release stays as it is: what it decided is explained and replayed as before. Exits with 3
    while an alias is live at it. A withdrawal that has landed cannot be undone.
    """
    from zumik.actions.moves.withdraw_release import withdraw_release
    from zumik.actions.publishing.kept_text import require_reason
    from zumik.reports.withdrawal_report import (
        withdrawn_notes,
        withdrawn_to_json,
        withdrawn_to_text,
    )

    require_reason(reason, hint="say what is wrong with the release")
    session = publisher(context, "release withdraw", options)
    what = withdraw_release(session, release, reason, options)
    emit(
        form, "withdrawn-release", lambda: withdrawn_to_text(what), lambda: withdrawn_to_json(what)
    )
    tell_published(withdrawn_notes(what), what.published)
