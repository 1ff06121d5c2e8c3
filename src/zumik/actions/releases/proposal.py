"""The proposal: what freezing policy and catalog now would give, and every finding against it.

`validate`, `plan`, `create`, `status` and `check` look at one and the same proposal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from zumik.actions.live.landed_store import live_store
from zumik.actions.session import Session
from zumik.checks.authorship import Authorship
from zumik.checks.catalog_facts import check_dates, check_ends, check_figures
from zumik.checks.derived_winners import check_derivations
from zumik.checks.policy_definitions import check_policy, check_unused
from zumik.core.basics.acknowledged_warnings import acknowledged
from zumik.core.basics.findings import Finding, Invalid, Severity, has_errors
from zumik.core.basics.names import AliasName
from zumik.core.facts.policy import COST, LATENCY, LISTED, Policy, of_providers
from zumik.core.releases.freeze import derive_all, freeze
from zumik.core.resolvers.derivation import Derivation
from zumik.core.resolvers.facts import Facts, Incumbent
from zumik.core.reviews.changes import unchanged
from zumik.errors import AnswerIsNo, ZumikError
from zumik.reports.text import plural
from zumik.rules.authoring_rules import (
    GLOB_MATCHES_NOTHING,
    UNKNOWN_METRIC,
    UNKNOWN_MODEL,
)
from zumik.workspace.authored_files import Authored, read_authored
from zumik.workspace.store import Store


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was written, what each alias derives to, and every finding."""

    authored: Authored
    derivations: Mapping[AliasName, Derivation]
    findings: tuple[Finding, ...]
    day: date

    @property
    def facts(self) -> Facts:
        """What the derivations were made from."""
        authored = self.authored
        return Facts(authored.models, authored.metrics, authored.measures, self.day)

    def require_valid(self) -> None:
        """Raises Invalid with the errors that were found."""
        errors = [item for item in self.findings if item.severity is Severity.ERROR]
        if errors:
            raise Invalid(
                f"policy and catalog are not valid: {plural(len(errors), 'error')}",
                errors,
                hint="nothing was written; zumik validate shows the warnings too",
            )

    def require_freezable(self) -> None:
        """Raises Invalid with the errors that were found, AnswerIsNo where there is no alias."""
        self.require_valid()
        if not self.derivations:
            raise AnswerIsNo(
                "there is nothing to freeze: the policy has no alias",
                hint="write one in policy/, and then: zumik validate",
            )


def propose(session: Session, day: date, live: Store | None = None) -> Proposal:
    """Read, check and derive everything as of `day`; incumbents are those that have landed.

    `live` is what has landed, where the caller knows it.
    """

    def retirement_days() -> int:
        return session.settings.retirement_days

    found = propose_from(session.store, day, retirement_days, lambda: live or live_store(session))
    if has_errors(found.findings):
        return found
    # Today decides what is accepted, also where another day is planned.
    entries, today = session.settings.acknowledged, session.now().date()
    accepted = acknowledged(found.findings, entries, today, session.store.tree.name)
    return replace(found, findings=tuple(accepted))


def propose_from(
    store: Store, day: date, retirement_days: Callable[[], int], live: Callable[[], Store]
) -> Proposal:
    """The same for any workspace.

    `retirement_days` says how many days before a retirement a warning begins. It is called only
    where nothing is wrong with the facts, because it reads the settings. `live` gives the workspace
    whose winners are the incumbents, and is called only where an alias has a margin for its own.
    """
    authored = read_authored(store.tree)
    what = Authorship(
        authored.whole_catalog, authored.policy, authored.locate, day, authored.providers
    )
    checked = [
        *check_policy(what),
        *check_figures(what),
        *check_ends(what),
        *check_dates(what),
    ]
    findings = [*authored.findings, *_independent(authored, checked)]
    derivations: dict[AliasName, Derivation] = {}
    if not has_errors(findings):
        findings += check_unused(what)
        incumbents = _incumbents(authored.policy, live)
        derivations = derive_all(authored.catalog, authored.policy, day, incumbents)
        findings += check_derivations(what, derivations, retirement_days())
    elif not (authored.catalog_broken or has_errors(check_figures(what))):
        findings += _beside_errors(what, findings, live, retirement_days)
    return Proposal(authored, derivations, tuple(findings), day)


_OF_MISSING_FACTS = frozenset(
    rule.code for rule in (GLOB_MATCHES_NOTHING, UNKNOWN_METRIC, UNKNOWN_MODEL)
)


def _independent(authored: Authored, checked: Iterable[Finding]) -> Iterator[Finding]:
    """The findings that no other finding explains: one fault has one finding.

    Where a catalog file could not be read, every rule that looks for a fact would report it
    missing. A placeholder is no name, so that no such name is missing either, and a value that was
    refused is not judged as well.
    """
    places = {item.location.start for item in authored.findings if item.severity is Severity.ERROR}
    for finding in checked:
        missing = finding.code in _OF_MISSING_FACTS
        if not (missing and authored.catalog_broken) and finding.location.start not in places:
            yield finding


def _beside_errors(
    what: Authorship,
    findings: Sequence[Finding],
    live: Callable[[], Store],
    retirement_days: Callable[[], int],
) -> list[Finding]:
    """What is wrong with the winners of the aliases that have no error themselves.

    It spares a person who mends the errors a second run. Settings and live pointers that cannot be
    read are reported elsewhere.
    """
    errors = {item.location.file for item in findings if item.severity is Severity.ERROR}
    measures = {
        word: measure
        for word, measure in what.policy.measures.items()
        if what.locate(("measures", word)).file not in errors
    }
    aliases = {
        name: alias
        for name, alias in what.policy.aliases.items()
        if what.locate(("aliases", name)).file not in errors
        and all(_known(word) in {*measures, COST, LISTED} for word in alias.words)
    }
    try:
        policy = Policy(measures, aliases)
        catalog = of_providers(what.catalog, what.providers)
        derivations = derive_all(catalog, policy, what.day, _incumbents(policy, live))
        return list(check_derivations(what, derivations, retirement_days()))
    except ZumikError:
        return []


def _known(word: str) -> str:
    return "latency" if word == LATENCY else word


def _incumbents(policy: Policy, live: Callable[[], Store]) -> Mapping[AliasName, Incumbent]:
    """Who keeps rank 1 within a margin; without a margin no release is read for it."""
    with_margin = any(alias.incumbent_margin is not None for alias in policy.aliases.values())
    return incumbents_of(live()) if with_margin else {}


def incumbents_of(store: Store) -> dict[AliasName, Incumbent]:
    """The winner of each alias's live release; an alias without a live pointer has none.

    Raises CannotRun and IntegrityError where a pointer or its release cannot be read: without its
    incumbent an alias could move that must not.
    """
    return {
        live.pointer.alias: Incumbent(
            live.source.aliases[live.pointer.alias].winner, live.pointer.target.id
        )
        for live in store.live_releases()
    }


def unreleased(store: Store, proposal: Proposal) -> bool | None:
    """Whether policy and catalog differ from the newest release; None where that is not known."""
    try:
        proposal.require_valid()
        authored = proposal.authored
        content = freeze(authored.catalog, authored.policy, proposal.derivations)
        newest = store.release(store.newest.id) if store.newest else None
    except ZumikError:
        return None
    if newest is None:
        return bool(content.aliases)
    return not unchanged(newest.release.content, content)
