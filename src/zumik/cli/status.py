"""`zumik status`: where am I, what is live, and what is waiting?"""

from __future__ import annotations

import typer

from zumik.actions.live_aliases import drain_status, live_aliases
from zumik.actions.proposal import propose, unreleased
from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, emit
from zumik.errors import ZumikError
from zumik.reports.alias_report import lives_section, lives_to_json, overruled
from zumik.reports.blocks import Fields, Report, bad, doubtful
from zumik.reports.drain_report import drains_to_json, drains_to_rows
from zumik.reports.text import safe
from zumik.reports.withdrawal_report import withdrawal_to_json, withdrawal_to_text

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("status")
def status(context: typer.Context, form: FormatOption = Format.TEXT) -> None:
    """Show what is live, what each alias answers, and what is waiting."""
    session = session_of(context)
    store = session.store
    shown = drain_status(session)
    found = list(live_aliases(session, shown))
    newest = store.newest
    withdrawal = store.withdrawal(newest.id) if newest else None
    waiting = _waiting(session)
    live_ref = session.settings.live_ref
    changes = {
        None: "policy or catalog is not valid, or a release is not intact: zumik check",
        True: "unreleased changes: zumik plan shows them",
        False: "policy and catalog say what the newest release says"
        if newest
        else "nothing to freeze yet: the policy has no alias",
    }[waiting]
    if withdrawal is not None and waiting is False:
        changes = "policy and catalog still say what is withdrawn: change them, and freeze again"
    if newest is None and waiting is False:
        changes = "nothing is written yet: describe models in catalog/, aliases in policy/"

    left = _interrupted(session)

    def report() -> Report:
        last = f"{newest.id}" if newest else ""
        if withdrawal is not None:
            last += f", {bad(f'WITHDRAWN {withdrawal_to_text(withdrawal)}')}"
        facts = [
            ("workspace", safe(store.root)),
            ("releases", f"{len(store.releases)}, newest {last}" if newest else "none yet"),
            ("live ref", live_ref or "none set: the current branch counts"),
            ("changes", doubtful(changes) if waiting or withdrawal else changes),
            *drains_to_rows(shown, overruled(found)),
            *([("unsettled", bad(f"{left}: zumik recover"))] if left else []),
        ]
        return [[Fields(facts, indent=0, width=9)], lives_section(found)]

    emit(
        form,
        report,
        lambda: {
            "workspace": str(store.root),
            "releases": len(store.releases),
            "newest": newest and newest.id,
            "newest_withdrawn": withdrawal_to_json(withdrawal),
            "live_ref": live_ref,
            "unreleased_changes": waiting,
            "interrupted": left,
            "drains": None if shown.problem else drains_to_json(shown.listed),
            "drains_landed": shown.landed,
            "drains_problem": shown.problem,
            "aliases": lives_to_json(found),
        },
    )


def _interrupted(session: Session) -> str | None:
    """The command that was killed half-way, or why nobody can tell."""
    from zumik.transaction.single_writer import interrupted

    try:
        journal = interrupted(session.store.root, session.repository_or_none)
    except ZumikError as error:
        return error.message
    return f"{journal.holder} was interrupted" if journal else None


def _waiting(session: Session) -> bool | None:
    try:
        return unreleased(session.store, propose(session, session.now().date()))
    except ZumikError:
        return None
