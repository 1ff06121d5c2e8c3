"""Rules for notes and reasons: they are published for ever, so no key may be in one."""

from __future__ import annotations

import re

# How the keys look that the makers of models and forges hand out, by their documented prefixes. A
# note is a sentence about a decision, and none of these turns up in one by accident.
_SECRETS = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "an API key": r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{20,}|\bgsk_[A-Za-z0-9]{20,}|\bxai-[A-Za-z0-9]{20,}"
    r"|\bhf_[A-Za-z0-9]{20,}|\br8_[A-Za-z0-9]{20,}|\bpplx-[A-Za-z0-9]{20,}",
    "a key of a Google service": r"\bAIza[A-Za-z0-9_-]{35}|\bya29\.[A-Za-z0-9_-]{20,}",
    "an AWS access key": r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bABSK[A-Za-z0-9+/=]{40,}",
    "a token of a forge": r"\bgh[pousr]_[A-Za-z0-9]{30,}|\bgithub_pat_[A-Za-z0-9_]{30,}"
    r"|\bglpat-[A-Za-z0-9_-]{20,}",
    "a Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "a JSON Web Token": r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.",
    "a bearer token": r"(?i:\bbearer\s+)[A-Za-z0-9._~+/-]{24,}",
    "a password in a URL": r"\b[a-z][a-z0-9+.-]*://[^\s/:@]+:[^\s/@]+@",
}
_ANY = re.compile("|".join(f"(?P<k{n}>{form})" for n, form in enumerate(_SECRETS.values())))


def secret_in(text: str | None) -> str | None:
    """What a text holds that looks like a secret, in words and without the secret; else None."""
    match = _ANY.search(text) if text else None
    return list(_SECRETS)[int((match.lastgroup or "k0")[1:])] if match else None
