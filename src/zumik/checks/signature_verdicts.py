"""Rules for signatures: what a verdict means for the release that it was passed on."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.basics.findings import Finding, Location, Severity
from zumik.core.basics.tree import FROZEN
from zumik.core.releases.release import ReleaseRef
from zumik.core.releases.signature import SignatureState, SignatureVerdict

_SIGN = "zumik release sign makes one; releases/allowed_signers says whose count"


def check_signature(
    ref: ReleaseRef, verdict: SignatureVerdict, *, required: bool
) -> Iterator[Finding]:
    """A signature that proves nothing is always told; a missing one where one is required."""
    if verdict.good:
        return
    if verdict.state is not SignatureState.MISSING:
        yield _found("bad-signature", ref, verdict.reason, ref.signature_name)
    elif required:
        yield _found("unsigned-release", ref, verdict.reason, ref.file_name)


def _found(code: str, ref: ReleaseRef, reason: str, name: str) -> Finding:
    message = f"{ref.id}: {reason}"
    return Finding(code, Severity.ERROR, message, Location(f"{FROZEN}/{name}"), _SIGN)
