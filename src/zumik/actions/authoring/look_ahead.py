"""Looking ahead: what retires or changes its price within some days, and who answers then."""

from __future__ import annotations

from zumik.actions.live.landed_store import live_store
from zumik.actions.live.live_retirements import live_retirements
from zumik.actions.releases.proposal import incumbents_of, propose
from zumik.actions.session import Session
from zumik.core.basics.times import days_after, span_from_text
from zumik.core.reviews.upcoming_days import Upcoming, upcoming_days
from zumik.errors import UsageError, ZumikError


def look_ahead(session: Session, within: str | None) -> Upcoming:
    """The retirements and price changes within a span of days, or the horizon of the settings.

    Raises UsageError for the span, Invalid where policy or catalog has errors, and CannotRun and
    IntegrityError where what is live cannot be read.
    """
    days = session.settings.retirement_days if within is None else _days(within)
    today = session.now().date()
    until = days_after(today, days)
    proposal = propose(session, today)
    proposal.require_valid()
    store = session.store
    live = {
        found.pointer.alias: found.found.aliases[found.pointer.alias]
        for found in store.live_releases()
        if not isinstance(found.found, ZumikError)
    }
    over = tuple(item for item in live_retirements(store, today) if item.is_over)
    found = upcoming_days(
        proposal.authored.catalog,
        proposal.authored.policy,
        proposal.derivations,
        live,
        incumbents_of(live_store(session)),
        today,
        until,
    )
    return Upcoming(today, until, tuple(found), over, len(proposal.derivations))


def _days(text: str) -> int:
    try:
        return span_from_text(text, "d").days
    except ValueError:
        raise UsageError("--within takes a number of days", hint="--within 30d") from None
