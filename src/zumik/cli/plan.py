"""`zumik plan`: what freezing now would change, against what is live. It makes nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from zumik.actions.proposal import Proposal, propose
from zumik.actions.session import Session
from zumik.cli.context import session_of
from zumik.cli.output import Format, FormatOption, emit, tell, terminal_style
from zumik.core.basics.names import AliasName
from zumik.core.decisions.alias_table import rederive, table_of
from zumik.core.resolvers import LATEST
from zumik.core.reviews.plan import AliasPlan, LiveView, plan_of
from zumik.errors import CannotRun
from zumik.reports.plan_report import plans_to_json, plans_to_text
from zumik.workspace.store import Store

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command("plan")
def plan(
    context: typer.Context,
    aliases: Annotated[
        list[str] | None, typer.Argument(metavar="[ALIAS]...", help="Only these, with the table.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="TIME", help="As if it were then, in UTC.")
    ] = None,
    form: FormatOption = Format.TEXT,
) -> int:
    """Show what freezing policy and catalog now would change: winner, figures, margin, flips.

    Exits with 3 where nothing could be frozen.
    """
    session = session_of(context)
    proposal = propose(session, session.now(as_of).date())
    if not proposal.derivations:
        proposal.require_freezable()
    plans = _chosen(plans_of(session, proposal), aliases or [])
    emit(
        form,
        lambda: plans_to_text(plans, terminal_style(), whole=bool(aliases)),
        lambda: plans_to_json(plans),
    )
    if any(found.after is not None and found.after.winner is None for found in plans):
        return 3
    if form is Format.TEXT:
        tell("\nThis made nothing. Freeze it with: zumik release create --note '…'")
    return 0


def plans_of(session: Session, proposal: Proposal) -> tuple[AliasPlan, ...]:
    """Every alias, live beside proposed."""
    tables = {
        name: table_of(derivation, proposal.facts, LATEST)
        for name, derivation in proposal.derivations.items()
    }
    return plan_of(_live_views(session.store), tables)


def _live_views(store: Store) -> dict[AliasName, LiveView]:
    views = {}
    for pointer in store.pointers():
        if pointer.kind == "retire":
            continue
        source = store.live_release(pointer.alias)
        views[pointer.alias] = LiveView(source.ref.id, rederive(source, pointer.alias).table)
    return views


def _chosen(plans: tuple[AliasPlan, ...], names: list[str]) -> tuple[AliasPlan, ...]:
    if not names:
        return plans
    wanted = [AliasName(name) for name in names]
    known = {found.alias: found for found in plans}
    for name in wanted:
        if name not in known:
            raise CannotRun(f"no alias {name} in the policy", hint=f"it has {', '.join(known)}")
    return tuple(known[name] for name in wanted)
