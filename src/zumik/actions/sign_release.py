"""`zumik release sign`: a signature beside a release, so that its bytes have somebody's word."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from zumik.actions.publish import Landing, NoCommitOption
from zumik.actions.session import Session
from zumik.cli.context import writer
from zumik.cli.output import Format, FormatOption, at_terminal, emit, tell
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
from zumik.errors import AnswerIsNo, CannotRun

if TYPE_CHECKING:
    from zumik.workspace.store import Store


class Signed(NamedTuple):
    """A signature, what it claims, and what `allowed_signers` makes of it; None: there is none."""

    signature: bytes
    claim: Claim
    verdict: SignatureVerdict | None


def sign(
    context: typer.Context,
    release: Annotated[
        str | None, typer.Argument(metavar="[RELEASE]", help="The newest by default.")
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            "--key",
            metavar="FILE",
            help="An SSH key: a private one, or a public one whose private half ssh-agent has. "
            "By default the one that git signs with.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Sign and verify, and write nothing.")
    ] = False,
    no_commit: NoCommitOption = False,
    form: FormatOption = Format.TEXT,
) -> None:
    """Sign a release with an SSH key, beside its file, and commit the signature.

    Needs ssh-keygen and no network. The key has to be in allowed_signers, where there is one.
    """
    from zumik.cli.release import chosen_release

    session = writer(context, "release sign", dry_run=dry_run)
    ref = chosen_release(session.store, release).ref
    data = _bytes(session.store, ref)
    before = _signature(session.store, ref)
    if before is not None:
        return _tell_signed_already(session, ref, _read(session, ref, data, before), form)
    made = _sign(session, data, key)
    stands, step = "dry run: nothing was written", None
    if not dry_run:
        stands, step = _write(session, ref, made.signature, Landing(commit=not no_commit))
    _show(ref, made, form, {"status": stands, "dry_run": dry_run})
    tell(f"\n{stands}")
    if made.verdict is None:
        tell(f"nobody can tell yet whose key that is; let {_where(session)} say it:")
        tell(_line_for(session, made.claim))
    if step is not None:
        tell(f"next: {step}")
    return None


def verdict_on(session: Session, ref: ReleaseRef) -> SignatureVerdict | None:
    """What the signature beside a release is worth today; None where there is none."""
    from zumik.git.ssh_signatures import verify

    signature = _signature(session.store, ref)
    if signature is None:
        return None
    allowed = _allowed_signers(session.store)
    if allowed is None:
        return SignatureVerdict(SignatureState.NOT_JUDGED, f"{_where(session)} does not exist")
    try:
        return verify(_bytes(session.store, ref), signature, allowed, session.now())
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


def _sign(session: Session, data: bytes, key: Path | None) -> Signed:
    """A signature that is good, as far as there is anything to tell it by. Raises AnswerIsNo."""
    from zumik.git import ssh_signatures

    signature = ssh_signatures.sign(
        data,
        key.expanduser() if key is not None else _key_of_git(session),
        environment=session.environment,
        terminal=at_terminal(),
    )
    claim = read_signature(signature)
    allowed = _allowed_signers(session.store)
    if allowed is None:
        return Signed(signature, claim, None)
    verdict = ssh_signatures.verify(data, signature, allowed, session.now())
    if verdict.state is SignatureState.UNKNOWN_SIGNER:
        raise AnswerIsNo(
            f"not signed: {verdict.reason}",
            hint=f"sign with --key FILE, or add this line to {_where(session)}: "
            + _line_for(session, claim),
        )
    if not verdict.good:
        raise AnswerIsNo(
            f"not signed, since the signature would not be good: {verdict.reason}",
            hint=f"sign with --key FILE, or see {_where(session)}",
        )
    return Signed(signature, claim, verdict)


def _read(session: Session, ref: ReleaseRef, data: bytes, signature: bytes) -> Signed:
    """The signature that a release has. Raises AnswerIsNo where it is not one of its bytes."""
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
    return Signed(signature, claim, verdict)


def _not_good(session: Session, ref: ReleaseRef, why: str) -> AnswerIsNo:
    file = f"{session.store.tree.name}/{FROZEN}/{ref.signature_name}"
    return AnswerIsNo(
        f"{ref.id} has a signature already, and it is not good: {why}",
        hint="a release has one signature; while it has not landed you may replace it: "
        f"git rm {file} && git commit, then sign again",
    )


def _tell_signed_already(session: Session, ref: ReleaseRef, found: Signed, form: Format) -> None:
    """Done, with nothing to do."""
    _show(ref, found, form, {"status": "nothing to do", "dry_run": False})
    tell("\nnothing to do: it is signed already, and a release has one signature")
    verdict = found.verdict
    if verdict is not None and verdict.state is SignatureState.NOT_VALID_THEN:
        tell(f"note: {verdict.reason}; zumik check judges it at the time when it landed")
    elif verdict is not None and not verdict.good:
        tell(f"note: not verified: {verdict.reason}")


def _show(ref: ReleaseRef, what: Signed, form: Format, more: dict[str, object]) -> None:
    signer = what.verdict.principal if what.verdict else None
    who = f"by {signer}, key" if signer else "by key"
    emit(
        form,
        lambda: f"{ref.id}  signed {who} {what.claim.fingerprint}",
        lambda: {
            "id": ref.id,
            "sha256": ref.sha256,
            "file": ref.signature_name,
            "key": what.claim.fingerprint,
            "signature": what.verdict.to_json() if what.verdict else None,
            **more,
        },
    )


def _write(
    session: Session, ref: ReleaseRef, signature: bytes, landing: Landing
) -> tuple[str, str]:
    """Where it stands, and what a person does next."""
    from zumik.actions.publish import land, where_it_stands
    from zumik.transaction.file_plan import NewBytes

    frozen = session.store.frozen
    path = frozen / ref.signature_name
    new = NewBytes(path, signature, must_be_new=True)
    relies_on = [frozen / ref.file_name]
    done = land(session, [new], f"Sign {ref.id}", landing, relies_on=relies_on)
    return where_it_stands(session, path, signature, done), done.next


_YOU = "you@example.org"


def _line_for(session: Session, claim: Claim) -> str:
    """The line of `allowed_signers` that would allow the key of the person who is here."""
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
                f"user.signingkey is no public key: {shown(literal)}",
                hint="git config user.signingkey ~/.ssh/id_ed25519.pub",
            )
        return literal
    return Path(key)


def _git_setting(session: Session, name: str) -> str:
    """A setting of git, with `~` expanded; empty where it is not set."""
    found = session.repository.run("config", "--type=path", "--default", "", "--get", name)
    return found.removesuffix("\n")
