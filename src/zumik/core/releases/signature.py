"""Signatures beside releases: their format, whose keys are allowed, and what judging came to.

A signature is OpenSSH's, detached, over the raw bytes of a release file. Nothing here does
cryptography or starts a process: this reads what both files claim, and `workspace/signing` has
ssh-keygen judge it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from zumik.core.basics.display import neutral
from zumik.errors import CannotRun

NAMESPACE = "zumik-release"
"""What a signature is made for: one made for anything else proves nothing here."""

ALLOWED_SIGNERS = "allowed_signers"
"""The file of a workspace that says whose keys may sign, in OpenSSH's format."""

# With the largest RSA key that OpenSSH makes, 16,384 bits, a signature and its key take 6 KB.
MAX_SIGNATURE_BYTES = 8 * 1024
MAX_ALLOWED_SIGNERS_BYTES = 256 * 1024
_MAX_LINE = 16 * 1024

_ARMOUR = re.compile(
    rb"-----BEGIN SSH SIGNATURE-----\r?\n((?:[A-Za-z0-9+/=]{1,100}\r?\n)+)"
    rb"-----END SSH SIGNATURE-----(?:\r?\n)?"
)

# As ssh-keygen(1) has it under ALLOWED SIGNERS: principals, options, key type, key, comment. The
# key begins with the length of its type, which is always written AAAA.
_SIGNER = re.compile(
    r"[ \t]*+(?P<principals>[^\s\"#-][^\s\"]*+)[ \t]++"
    r"(?:(?P<options>(?:[^\s\"]|\"(?:[^\"\\]|\\.)*+\")++)[ \t]++)??"
    r"(?P<type>[a-z0-9@.-]++)[ \t]++(?P<key>AAAA[A-Za-z0-9+/]++=*+)(?:[ \t].*+)?"
)
_OPTION = re.compile(r"([A-Za-z-]++)(?:=\"((?:[^\"\\]|\\.)*+)\")?(?:,|\Z)")


class SignatureState(Enum):
    """The result of verifying a signature. Only `GOOD` proves anything."""

    GOOD = "good"
    MISSING = "missing"
    BAD = "bad"
    UNKNOWN_SIGNER = "unknown_signer"
    NOT_VALID_THEN = "not_valid_then"
    NOT_JUDGED = "not_judged"


class SignatureVerdict(NamedTuple):
    """A state, why in words, and who signed, as far as `allowed_signers` names them."""

    state: SignatureState
    reason: str
    principal: str | None = None

    @property
    def good(self) -> bool:
        """Whether an allowed signer vouches for these bytes."""
        return self.state is SignatureState.GOOD

    def to_json(self) -> dict[str, object]:
        """For machines."""
        return {"state": self.state.value, "reason": self.reason, "principal": self.principal}


MISSING = SignatureVerdict(SignatureState.MISSING, "there is no signature")


class SignedBytes(NamedTuple):
    """The bytes of a release, of the signature beside it, and the time to judge the key at."""

    data: bytes
    signature: bytes | None
    at: datetime


class NotASignature(CannotRun):
    """Bytes that are no signature as OpenSSH writes it."""


class Claim(NamedTuple):
    """What a signature claims, before anybody has judged it: which key made it, and for what."""

    key: bytes
    key_type: str
    namespace: str

    @property
    def public_key(self) -> str:
        """The key as a line of `allowed_signers` has it."""
        return f"{self.key_type} {base64.b64encode(self.key).decode()}"

    @property
    def fingerprint(self) -> str:
        """The key as `ssh-keygen -l` and ssh-agent show it."""
        digest = base64.b64encode(hashlib.sha256(self.key).digest()).decode()
        return f"SHA256:{digest.rstrip('=')}"

    @property
    def by_certificate(self) -> bool:
        """Whether it was made with a certificate, and not with a key alone."""
        return "-cert-" in self.key_type


def read_signature(data: bytes) -> Claim:
    """What a signature claims. The format is OpenSSH's PROTOCOL.sshsig. Raises NotASignature."""
    if len(data) > MAX_SIGNATURE_BYTES:
        raise NotASignature(
            f"{len(data):,} bytes, where a signature has {MAX_SIGNATURE_BYTES:,} at most"
        )
    armour = _ARMOUR.fullmatch(data)
    if armour is None:
        raise NotASignature("not an SSH signature" if data else "the file is empty")
    try:
        blob = base64.b64decode(b"".join(armour[1].split()), validate=True)
        if not blob.startswith(b"SSHSIG\0\0\0\1"):
            raise ValueError
        key, namespace, _, _, _ = _strings(blob[10:])
        key_type = _string(key)  # what follows is each type's own
        claim = Claim(key, key_type.decode("ascii"), namespace.decode("ascii"))
    except (ValueError, binascii.Error):
        raise NotASignature("an SSH signature that is cut short or of no known version") from None
    if not re.fullmatch(r"[a-z0-9@.-]+", claim.key_type):
        raise NotASignature("an SSH signature of a key of no known type")
    return claim


def _string(blob: bytes) -> bytes:
    """The string that SSH's wire format begins with, after its length. Raises ValueError."""
    size = int.from_bytes(blob[:4])
    if len(blob) < 4 + size:
        raise ValueError
    return blob[4 : 4 + size]


def _strings(blob: bytes) -> list[bytes]:
    """All strings, where there is nothing else. Raises ValueError."""
    found = []
    while blob:
        found.append(_string(blob))
        blob = blob[4 + len(found[-1]) :]
    return found


class Signer(NamedTuple):
    """One line of `allowed_signers`, with the line itself, for ssh-keygen to judge."""

    principal: str
    key: bytes
    options: dict[str, str]
    line: str

    @property
    def authority(self) -> bool:
        """Whether the key may only vouch for other keys, which is not supported here."""
        return "cert-authority" in self.options

    @property
    def validity(self) -> str | None:
        """When the key is valid, as the line says it."""
        said = [
            f"{name} {self.options[name]}"
            for name in ("valid-after", "valid-before")
            if name in self.options
        ]
        return neutral(" and ".join(said)) or None


class AllowedSigners(NamedTuple):
    """Whose keys may sign. `unread` are the numbers of lines that could not be understood."""

    signers: tuple[Signer, ...]
    unread: tuple[int, ...] = ()


def read_allowed_signers(data: bytes) -> AllowedSigners:
    """The allowed signers. A line that cannot be read allows no signer. Raises CannotRun."""
    if len(data) > MAX_ALLOWED_SIGNERS_BYTES:
        raise CannotRun(
            f"{ALLOWED_SIGNERS} has {len(data):,} bytes, more than the "
            f"{MAX_ALLOWED_SIGNERS_BYTES:,} that are read",
            hint="one line for each key that may sign is enough",
        )
    signers, unread = [], []
    for number, row in enumerate(data.decode("utf-8", "replace").split("\n"), 1):
        line = row.removesuffix("\r")
        if not line.strip(" \t") or line.lstrip(" \t").startswith("#"):
            continue
        signer = _signer(line)
        if signer is None:
            unread.append(number)
        else:
            signers.append(signer)
    return AllowedSigners(tuple(signers), tuple(unread))


def _signer(line: str) -> Signer | None:
    if len(line) > _MAX_LINE or not line.replace("\t", " ").isprintable():
        return None
    match = _SIGNER.fullmatch(line)
    if match is None:
        return None
    principal = next((p for p in match["principals"].split(",") if p and p[0] not in "!-"), None)
    options = _options(match["options"] or "")
    try:
        key = base64.b64decode(match["key"], validate=True)
    except binascii.Error:
        return None
    if principal is None or options is None:
        return None
    return Signer(principal, key, options, line)


def _options(text: str) -> dict[str, str] | None:
    """Option names, lowercase as OpenSSH ignores their case, with their values; None: not these."""
    found: dict[str, str] = {}
    end = 0
    while end < len(text):
        match = _OPTION.match(text, end)
        if match is None:
            return None
        found[match[1].lower()] = match[2] or ""
        end = match.end()
    return found
