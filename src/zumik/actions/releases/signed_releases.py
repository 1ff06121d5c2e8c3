"""Signatures of a work tree: those of drafts judged now, those of what landed as of then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from zumik.actions.session import Session
from zumik.checks.release_chain import ReleaseChain
from zumik.checks.signature_verdicts import check_signature
from zumik.core.basics.findings import Finding
from zumik.core.basics.tree import FROZEN, read_optional
from zumik.core.releases.release import MAX_RELEASE_BYTES, ReleaseRef
from zumik.core.releases.signature import (
    ALLOWED_SIGNERS,
    MAX_ALLOWED_SIGNERS_BYTES,
    MAX_SIGNATURE_BYTES,
)
from zumik.git.first_parent_history import FirstParentHistory


def check_signed(
    session: Session, chain: ReleaseChain, landed: frozenset[str]
) -> Iterator[Finding]:
    """Every signature beside a release that was read whole; drafts need one where it is required.

    What landed keeps the signers and the time that it landed with: a key that expires, or leaves
    the file, takes nothing back. Raises CannotRun where ssh-keygen is missing.
    """
    from zumik.git.ssh_signatures import verify

    tree, required = session.store.tree, session.settings.signatures_required
    for ref in chain.releases.values():
        signature = read_optional(tree, f"{FROZEN}/{ref.signature_name}", MAX_SIGNATURE_BYTES)
        is_draft = ref.file_name not in landed
        if (signature is None and not is_draft) or ref.signature_name in chain.scope.landed:
            continue
        has_landed = ref.signature_name in landed
        allowed, at = _then(session, chain, ref) if has_landed else _now(session)
        if allowed is None and not required:
            continue
        data = tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES)
        verdict = verify(data, signature, allowed or b"", at)
        yield from check_signature(ref, verdict, required=required and is_draft)


def _now(session: Session) -> tuple[bytes | None, datetime]:
    tree = session.store.tree
    return read_optional(tree, ALLOWED_SIGNERS, MAX_ALLOWED_SIGNERS_BYTES), session.now()


def _then(session: Session, chain: ReleaseChain, ref: ReleaseRef) -> tuple[bytes | None, datetime]:
    """The signers of the base that a signature landed on, and when it landed.

    Never before the release was made: when a commit was made is only what it claims.
    """
    repository, root = session.repository, session.store.root
    live_ref = session.settings.live_ref or "HEAD"
    now = session.now()
    *_, first = FirstParentHistory(repository, live_ref, now).versions_of(
        root / FROZEN / ref.signature_name
    )
    name = (root / ALLOWED_SIGNERS).relative_to(repository.root).as_posix()
    heading, at = chain.heading(ref), first.clock.latest_at
    # A release whose own date cannot be true says nothing about when it was signed.
    if heading is not None and heading.created_at <= now:
        at = max(at, heading.created_at)
    for revision in (f"{first.commit}^", first.commit):
        blob = repository.parsed(f"{revision}:{name}")
        if blob is not None and repository.size_of(blob) <= MAX_ALLOWED_SIGNERS_BYTES:
            return repository.blob(blob), at
    return None, at
