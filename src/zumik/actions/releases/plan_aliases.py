"""Planning: what freezing policy and catalog now would change, beside what is live."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from zumik.actions.live.live_on_ref import live_on_ref
from zumik.actions.live.remembered_winners import remembered_winners
from zumik.actions.releases.proposal import Proposal, propose
from zumik.actions.session import Session
from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.findings import Finding
from zumik.core.basics.names import AliasName
from zumik.core.decisions.alias_table import rederive, table_of
from zumik.core.decisions.resolver_before import ranking_before
from zumik.core.resolvers.latest import LATEST
from zumik.core.reviews.plan import AliasPlan, LiveView, plan_of
from zumik.errors import CannotRun
from zumik.rules.authoring_rules import OUTPUT_LIMIT_UNKNOWN
from zumik.workspace.store import Store
from zumik.workspace.target_facts import alias_named


class PlannedAliases(NamedTuple):
    """What freezing would change, and which ranked models a common request passes over."""

    plans: tuple[AliasPlan, ...]
    passed_over: tuple[Finding, ...] = ()


def plan_aliases(
    session: Session, day: date, names: Sequence[str] = (), *, of: Proposal | None = None
) -> PlannedAliases:
    """The plan of the aliases that are named, or of every alias that is live or in the policy.

    `of` is the proposal, where it was made already. Raises Invalid where policy or catalog has
    errors, AnswerIsNo where there is no alias, and CannotRun for a name that no alias has.
    """
    proposal = of or propose(session, day)
    if not proposal.derivations:
        proposal.require_freezable()
    plans = _all_plans(session.store, proposal)
    if names:
        plans = _chosen(plans, [alias_named(session.store, name) for name in names])
    winners = {plan.alias: plan.winner_after for plan in plans if plan.winner_after is not None}
    back = remembered_winners(session, winners)
    return PlannedAliases(tuple(back.on(plan) for plan in plans), _passed_over(proposal, plans))


def _passed_over(proposal: Proposal, plans: Sequence[AliasPlan]) -> tuple[Finding, ...]:
    """The findings on the models that these plans rank, but for those that are acknowledged."""
    ranked = {row.model.id for plan in plans if plan.after for row in plan.after.ranked}
    places = {proposal.authored.locate(("models", model)).start for model in ranked}
    return tuple(
        found
        for found in proposal.findings
        if found.code == OUTPUT_LIMIT_UNKNOWN.code and found.location.start in places
        if found.acknowledged is None
    )


def _all_plans(store: Store, proposal: Proposal) -> tuple[AliasPlan, ...]:
    proposed = {
        name: table_of(derivation, proposal.facts, LATEST)
        for name, derivation in proposal.derivations.items()
    }
    live_now = {item.pointer.alias: item.source for item in store.live_releases()}
    live = {
        name: LiveView(source.ref.id, rederive(source, name).table)
        for name, source in live_now.items()
    }
    found = live_on_ref(store)
    pairs = found.pairs if found else {}
    before = {
        name: ranking_before(derivation, proposal.facts, LATEST)
        for name, derivation in proposal.derivations.items()
        if name in live_now and live_now[name].release.resolver != LATEST.version
    }
    return tuple(
        plan._replace(beside=pairs.get(plan.alias), resolver_before=before.get(plan.alias))
        for plan in plan_of(live, proposed)
    )


def _chosen(plans: tuple[AliasPlan, ...], wanted: Sequence[AliasName]) -> tuple[AliasPlan, ...]:
    known = {found.alias: found for found in plans}
    for name in wanted:
        if name not in known:
            hint = did_you_mean(name, known, f"it has {', '.join(known)}")
            raise CannotRun(f"no alias {name} in the policy", hint=hint)
    return tuple(known[name] for name in wanted)
