"""A signed release as text and JSON: whose key it is, and how far the signature has come."""

from __future__ import annotations

from zumik.core.releases.signature import SignatureState
from zumik.core.reviews.outcomes import SignedRelease
from zumik.reports.published_report import published_to_json, published_to_text


def signature_to_text(what: SignedRelease) -> str:
    """The release and the key; the signer's name where `allowed_signers` has it."""
    signer = what.verdict.principal if what.verdict else None
    who = f"by {signer}, key" if signer else "by key"
    return f"{what.ref.id}  signed {who} {what.claim.fingerprint}"


def signature_notes(what: SignedRelease) -> str:
    """How far it has come, and what is still missing to verify it."""
    if what.published is None:
        return "\n".join(_already(what))
    notes = []
    if what.verdict is None:
        notes = [
            f"{what.allowed_signers} does not exist, so that zumik cannot verify whose key it is; "
            "make that file with this line:",
            what.signer_line,
        ]
    return published_to_text(what.published, notes=notes)


def _already(what: SignedRelease) -> list[str]:
    lines = ["\nnothing to do: it is signed already, and a release has one signature"]
    verdict = what.verdict
    if verdict is not None and verdict.state is SignatureState.NOT_VALID_THEN:
        lines.append(f"note: {verdict.reason}; zumik check judges it at the time when it landed")
    elif verdict is not None and not verdict.good:
        lines.append(f"note: not verified: {verdict.reason}")
    return lines


def signature_to_json(what: SignedRelease) -> dict[str, object]:
    """The release, the key, the verdict, and how far the signature has come."""
    done = what.published
    return {
        "id": what.ref.id,
        "sha256": what.ref.sha256,
        "file": what.ref.signature_name,
        "key": what.claim.fingerprint,
        "signature": what.verdict.to_json() if what.verdict else None,
        **published_to_json(done),
    }
