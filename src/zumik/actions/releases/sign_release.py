"""Sign a release: an SSH signature beside its file, so that a person vouches for its bytes."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from zumik.actions.publishing.publish import PublishOptions, publish
from zumik.actions.publishing.uncommitted_sources import uncommitted_signing_setup
from zumik.actions.releases.chosen_release import chosen_release
from zumik.actions.session import Session
from zumik.core.basics.display import shown
from zumik.core.basics.tree import FROZEN, read_optional
from zumik.core.releases.release import MAX_RELEASE_BYTES, ReleaseRef
from zumik.core.releases.signature import (
    ALLOWED_SIGNERS,
    MAX_ALLOWED_SIGNERS_BYTES,
    MAX_SIGNATURE_BYTES,
    NAMESPACE,
    Claim,
    NotASignature,
    SignatureState,
    SignatureVerdict,
    read_signature,
)
from zumik.core.reviews.outcomes import SignedRelease
from zumik.errors import AnswerIsNo, CannotRun
from zumik.transaction.file_plan import NewBytes

if TYPE_CHECKING:
    from zumik.core.live.published import Published
    from zumik.workspace.store import Store


def sign_release(
    session: Session,
    release: str | None,
    key: Path | None,
    options: PublishOptions,
    *,
    terminal: bool,
) -> SignedRelease:
    """Sign a release with `key`, by default the key that git signs with, and publish the signature.

    A release has one signature: where it has a good one, there is nothing to do. `terminal` says
    whether a person is there to type a passphrase. Raises AnswerIsNo where the signature would not
    be good, CannotRun and IntegrityError.
    """
    ref = chosen_release(session.store, release).ref
    data = _bytes(session.store, ref)
    before = _signature(session.store, ref)
    if before is not None:
        return _existing(session, ref, data, before)
    signature, claim, verdict = _sign(session, data, key, terminal=terminal)
    published = _publish(session, ref, signature, options)
    return _signed(session, ref, claim, verdict, published)


def _signed(
    session: Session,
    ref: ReleaseRef,
    claim: Claim,
    verdict: SignatureVerdict | None,
    published: Published | None = None,
) -> SignedRelease:
    missing = verdict is None and published is not None
    line = _signer_line(session, claim) if missing else ""
    return SignedRelease(ref, claim, verdict, _where(session), line, published)


def verdict_on(
    session: Session, ref: ReleaseRef, at: datetime | None = None
) -> SignatureVerdict | None:
    """Whether the signature beside a release is good at a time; None where there is no signature.

    The time is now where `at` is None.
    """
    from zumik.git.ssh_signatures import verify

    signature = _signature(session.store, ref)
    if signature is None:
        return None
    allowed = _allowed_signers(session.store)
    if allowed is None:
        return SignatureVerdict(SignatureState.NOT_JUDGED, f"{_where(session)} does not exist")
    try:
        return verify(_bytes(session.store, ref), signature, allowed, at or session.now())
    except CannotRun as error:
        return SignatureVerdict(SignatureState.NOT_JUDGED, error.message)


def _bytes(store: Store, ref: ReleaseRef) -> bytes:
    return store.tree.read(f"{FROZEN}/{ref.file_name}", MAX_RELEASE_BYTES)


def _signature(store: Store, ref: ReleaseRef) -> bytes | None:
    return read_optional(store.tree, f"{FROZEN}/{ref.signature_name}", MAX_SIGNATURE_BYTES)


def _allowed_signers(store: Store) -> bytes | None:
    return read_optional(store.tree, ALLOWED_SIGNERS, MAX_ALLOWED_SIGNERS_BYTES)


def _where(session: Session) -> str:
    return f"{session.store.tree.name}/{ALLOWED_SIGNERS}"


def _sign(
    session: Session, data: bytes, key: Path | None, *, terminal: bool
) -> tuple[bytes, Claim, SignatureVerdict | None]:
    """A signature, good by `allowed_signers` where there is one. Raises AnswerIsNo, CannotRun."""
    from zumik.git import ssh_signatures

    signature = ssh_signatures.sign(
        data,
        key.expanduser() if key is not None else _key_of_git(session),
        environment=session.environment,
        terminal=terminal,
    )
    claim = read_signature(signature)
    allowed = _allowed_signers(session.store)
    if allowed is None:
        return signature, claim, None
    verdict = ssh_signatures.verify(data, signature, allowed, session.now())
    if verdict.state is SignatureState.UNKNOWN_SIGNER:
        raise AnswerIsNo(
            f"not signed: {verdict.reason}",
            hint=f"sign with --key FILE, or add this line to {_where(session)}: "
            + _signer_line(session, claim),
        )
    if not verdict.good:
        raise AnswerIsNo(
            f"not signed, since the signature would not be good: {verdict.reason}",
            hint=f"sign with --key FILE, or see {_where(session)}",
        )
    return signature, claim, verdict


def _existing(session: Session, ref: ReleaseRef, data: bytes, signature: bytes) -> SignedRelease:
    """The signature that a release has. Raises AnswerIsNo where it does not match the bytes."""
    from zumik.git.ssh_signatures import is_intact

    try:
        claim = read_signature(signature)
    except NotASignature as error:
        raise _not_good(session, ref, error.message) from None
    verdict = verdict_on(session, ref)
    if verdict is not None and verdict.state in (SignatureState.UNKNOWN_SIGNER, SignatureState.BAD):
        raise _not_good(session, ref, verdict.reason)
    if not is_intact(data, signature):
        raise _not_good(session, ref, "not a signature of these bytes")
    return _signed(session, ref, claim, verdict)


def _not_good(session: Session, ref: ReleaseRef, why: str) -> AnswerIsNo:
    file = session.as_typed(session.store.frozen / ref.signature_name)
    return AnswerIsNo(
        f"{ref.id} has a signature already, and it is not good: {why}",
        hint="a release has one signature; while it has not landed you may replace it: "
        f"git rm {file} && git commit, then zumik release sign {ref.id}",
    )


def _publish(
    session: Session, ref: ReleaseRef, signature: bytes, options: PublishOptions
) -> Published:
    frozen = session.store.frozen
    file = NewBytes(frozen / ref.signature_name, signature, must_be_new=True)
    message, relies_on = f"Sign {ref.id}", [frozen / ref.file_name]
    along = uncommitted_signing_setup(session) if options.commit else ()
    return publish(session, [file], message, options, relies_on=relies_on, along=along)


_YOU = "you@example.org"


def _signer_line(session: Session, claim: Claim) -> str:
    """The line of `allowed_signers` that would allow this key to the person whom git names."""
    try:
        email = _git_setting(session, "user.email")
    except CannotRun:
        email = ""
    # Anything else could be read as another line, a pattern or an option.
    who = email if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._+@-]{0,253}", email) else _YOU
    return f'{who} namespaces="{NAMESPACE}" {claim.public_key}'


def _key_of_git(session: Session) -> Path | str:
    """The key that git signs commits with. Raises CannotRun where that is no SSH key."""
    key = _git_setting(session, "user.signingkey")
    if _git_setting(session, "gpg.format") != "ssh" or not key:
        raise CannotRun(
            "no key to sign with: git is not set up to sign with SSH",
            hint="zumik release sign --key ~/.ssh/id_ed25519; or git config gpg.format ssh && "
            "git config user.signingkey ~/.ssh/id_ed25519.pub",
        )
    literal = key.removeprefix("key::")
    if literal != key or key.startswith(("ssh-", "ecdsa-", "sk-")):
        if len(literal.splitlines()) != 1:
            raise CannotRun(
                f"user.signingkey is not a public key: {shown(literal)}",
                hint="git config user.signingkey ~/.ssh/id_ed25519.pub",
            )
        return literal
    return Path(key)


def _git_setting(session: Session, name: str) -> str:
    """A setting of git, with `~` expanded; empty where it is not set."""
    found = session.repository.run("config", "--type=path", "--default", "", "--get", name)
    return found.removesuffix("\n")
