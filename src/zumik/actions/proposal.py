"""The proposal: what freezing policy and catalog now would give, and every finding against it.

`validate`, `plan`, `create`, `status` and `check` look at one and the same proposal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from zumik.actions.session import Session
from zumik.checks.authorship import Authorship
from zumik.checks.catalog_facts import check_dates, check_figures
from zumik.checks.derived_winners import check_derivations
from zumik.checks.policy_definitions import check_policy
from zumik.core.basics.findings import Finding, Invalid, Severity, has_errors
from zumik.core.basics.names import AliasName
from zumik.core.releases.freeze import derive_all, freeze
from zumik.core.resolvers.derivation import Derivation
from zumik.core.resolvers.facts import Facts, Incumbent
from zumik.core.reviews.changes import unchanged
from zumik.errors import AnswerIsNo, ZumikError
from zumik.reports.text import plural
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
                hint="write one in policy/, as zumik init without --empty does",
            )


def propose(session: Session, day: date, live: Store | None = None) -> Proposal:
    """Read, check and derive everything as of `day`; incumbents are those of `live`, if given."""
    return propose_from(session.store, day, lambda: session.settings.retirement_days, live)


def propose_from(
    store: Store, day: date, retirement_days: Callable[[], int], live: Store | None = None
) -> Proposal:
    """The same for any workspace.

    `retirement_days` says how many days before a retirement a warning begins. It is called only
    where nothing is wrong with the facts, because it reads the settings.
    """
    authored = read_authored(store.tree)
    what = Authorship(authored.catalog, authored.policy, authored.locate, day)
    findings = list(authored.findings)
    derivations: dict[AliasName, Derivation] = {}
    # Where the catalog could not be read, every rule that looks for a fact would report it missing.
    if not authored.catalog_broken:
        findings += [*check_policy(what), *check_figures(what), *check_dates(what)]
        if not has_errors(findings):
            incumbents = incumbents_of(live or store)
            derivations = derive_all(authored.catalog, authored.policy, day, incumbents)
            findings += check_derivations(what, derivations, retirement_days())
    return Proposal(authored, derivations, tuple(findings), day)


def incumbents_of(store: Store) -> dict[AliasName, Incumbent]:
    """The winner of each alias's live release; an alias that is not live has none.

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
