"""Create a release: freeze policy and catalog, and publish the frozen file and its ledger line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zumik.actions.live.live_on_ref import require_newest_release
from zumik.actions.live.remembered_winners import remembered_winners
from zumik.actions.publishing.publish import PublishOptions, publish
from zumik.actions.publishing.uncommitted_sources import uncommitted_policy_and_catalog
from zumik.actions.releases.next_draft import next_draft
from zumik.actions.releases.proposal import propose
from zumik.actions.releases.touched_by_promotion import touched_by_promotion
from zumik.actions.session import Session, Waiting
from zumik.core.releases.freeze import freeze
from zumik.core.releases.ledger import LedgerLine
from zumik.core.reviews.changes import changes_between, unchanged
from zumik.core.reviews.outcomes import CreatedRelease
from zumik.transaction.file_plan import NewBytes

if TYPE_CHECKING:
    from zumik.core.live.published import Published
    from zumik.core.releases.release import ReleaseRef


def create_release(
    session: Session,
    *,
    note: str | None,
    as_of: str | None,
    allow_unchanged: bool,
    options: PublishOptions,
    watch: Waiting,
) -> CreatedRelease:
    """Freeze policy and catalog, as of a time or now, into the next release.

    Nothing is made where the newest release holds the same and stands, unless `allow_unchanged`.
    `watch` shows that it works, and not while git commits: a hook or a key's passphrase may ask.
    Raises UsageError, AnswerIsNo, Invalid, CannotRun and IntegrityError.
    """
    options.require_possible(session)
    with watch("freezing"):
        now = session.now(as_of)
        proposal = propose(session, now.date())
        proposal.require_freezable()
        content = freeze(proposal.authored.catalog, proposal.authored.policy, proposal.derivations)
        store = session.store
        parent = store.release(store.newest.id) if store.newest else None
        require_newest_release(session)
        before, withdrawal = None, None
        if parent is not None:
            before, withdrawal = parent.release.content, store.withdrawals.get(parent.ref.id)
            if unchanged(before, content):
                # What was withdrawn may be frozen again: the reason may have been outside of it.
                if withdrawal is None and not allow_unchanged:
                    return CreatedRelease(parent.ref)
            else:
                withdrawal = None
        ref, data = next_draft(session, content, now, note=note, backfilled=as_of is not None)
        winners = {name: alias.winner for name, alias in content.aliases.items()}
        back = remembered_winners(session, winners)
        touched, untouched = touched_by_promotion(session, content)
    published = _publish(session, ref, data, note, options)
    changes = changes_between(before, content)
    return CreatedRelease(
        ref,
        published,
        len(data),
        changes,
        withdrawal,
        proposal.findings,
        tuple(back.taken_back.values()),
        back.history_from,
        digest_is_final=not options.dry_run or as_of is not None,
        needs_signature=session.settings.signatures_required,
        touched=touched,
        untouched=untouched,
    )


def _publish(
    session: Session, ref: ReleaseRef, data: bytes, note: str | None, options: PublishOptions
) -> Published:
    store = session.store
    ledger = store.ledger_bytes() + LedgerLine.of(ref).to_text().encode()
    files = [
        NewBytes(store.frozen / ref.file_name, data, must_be_new=True),
        NewBytes(store.ledger_path, ledger),
    ]
    message = f"Freeze {ref.id}\n\n{note or ''}".strip()
    along = uncommitted_policy_and_catalog(session) if options.commit else ()
    return publish(session, files, message, options, along=along)
