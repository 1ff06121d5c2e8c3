"""Comparing the catalog with a release: what became known, and which aliases that touches."""

from __future__ import annotations

from zumik.actions.live.landed_store import live_store
from zumik.actions.releases.chosen_release import chosen_release
from zumik.actions.releases.proposal import incumbents_of, propose
from zumik.actions.session import Session
from zumik.core.reviews.catalog_changes import CatalogChanges, catalog_changes


def compare_catalog(session: Session, release: str | None) -> CatalogChanges:
    """The catalog of now beside a release, or the newest one.

    Raises BadName, CannotRun and IntegrityError for the release, Invalid where policy or catalog
    has errors.
    """
    found = chosen_release(session.store, release)
    day = session.now().date()
    proposal = propose(session, day)
    proposal.require_valid()
    catalog, policy = proposal.authored.catalog, proposal.authored.policy
    incumbents = incumbents_of(live_store(session))
    return catalog_changes(found, catalog, policy, proposal.derivations, day, incumbents)
