"""Keys in texts: in notes, which are published for ever, and in names that a log holds."""

from __future__ import annotations

import re
from functools import cache, lru_cache

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
MASK = "masked-key"
"""What is shown in place of a key; a name with it is still a name."""

_MARKS = (
    *("sk-", "pk-", "rk-", "gsk_", "xai-", "hf_", "r8_", "pplx-", "AIza", "ya29.", "AKIA", "ASIA"),
    *("ABSK", "gh", "glpat-", "xox", "eyJ", "PRIVATE KEY", "earer", "EARER", "://"),
)
"""Each key has one of them, so that most texts need no pattern: building it takes a millisecond."""


@cache
def _any() -> re.Pattern[str]:
    return re.compile("|".join(f"(?P<k{n}>{form})" for n, form in enumerate(_SECRETS.values())))


def secret_in(text: str | None) -> str | None:
    """What a text holds that looks like a secret, in words and without the secret; else None."""
    match = _any().search(text) if text else None
    return list(_SECRETS)[int((match.lastgroup or "k0")[1:])] if match else None


@lru_cache(10_000)
def masked(text: str) -> str:
    """A text from a log with each key in it masked."""
    return _any().sub(MASK, text) if any(mark in text for mark in _MARKS) else text


def without_credentials(text: str) -> str:
    """A text in which no URL names a user, password or token: git's messages may quote a remote."""
    return re.sub(r"(?<=://)[^/\s'\"]*@", "", text) if "@" in text else text


def masked_value(value: object) -> object:
    """The same for every text in a value of JSON."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [masked_value(item) for item in value]
    if isinstance(value, dict):
        return {key: masked_value(item) for key, item in value.items()}
    return value
