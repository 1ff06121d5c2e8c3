"""Rules for signatures: what the verdict on one means for its release."""

from __future__ import annotations

from collections.abc import Iterator

from zumik.core.basics.findings import Finding
from zumik.core.basics.tree import FROZEN
from zumik.core.releases.release import ReleaseRef
from zumik.core.releases.signature import SignatureState, SignatureVerdict
from zumik.rules.branch_rules import UNSIGNED_RELEASE
from zumik.rules.integrity_rules import BAD_SIGNATURE

SIGN_AGAIN = "while it has not landed: remove it and commit that, then: zumik release sign"
_SIGN = "zumik release sign makes one; releases/allowed_signers says whose signatures count"


def check_signature(
    ref: ReleaseRef, verdict: SignatureVerdict, *, required: bool
) -> Iterator[Finding]:
    """A signature that proves nothing is always reported; a missing one where one is required."""
    if verdict.good:
        return
    message = f"{ref.id}: {verdict.reason}"
    if verdict.state is not SignatureState.MISSING:
        yield BAD_SIGNATURE.at(f"{FROZEN}/{ref.signature_name}", message, SIGN_AGAIN)
    elif required:
        yield UNSIGNED_RELEASE.at(f"{FROZEN}/{ref.file_name}", message, _SIGN)
