"""API keys. The file holds only their hashes, so that reading it gives no access."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from pathlib import Path

from zumik.bounded_file import read_bounded
from zumik.errors import CannotRun, UsageError

MAX_KEYS_BYTES = 1024 * 1024
MIN_KEY = 16
MAX_KEY = 512

_LINE = re.compile(r"([0-9a-f]{64})[ \t]+([A-Za-z0-9][A-Za-z0-9._@-]{0,63})")

HINT = (
    "a line is the SHA-256 of a key and the name of its holder; make one with: "
    "openssl rand -hex 32 | tee key | zumik serve --hash-key NAME >> FILE"
)


class Keys:
    """The hashes of the keys that are accepted, by the name of their holder."""

    def __init__(self, digests: Mapping[str, bytes]) -> None:
        self._digests = tuple(digests.items())

    def holder(self, key: bytes) -> str | None:
        """The holder of a key; None for an unknown key.

        Every hash is compared, each in the same time, so that the time says nothing of the keys.
        """
        digest = hashlib.sha256(key).digest()
        found = None
        for name, known in self._digests:
            if hmac.compare_digest(digest, known):
                found = name
        return found


def read_keys(path: Path) -> Keys:
    """The keys in a file. Raises CannotRun, which quotes no line: a line may be a key itself."""
    lines = read_bounded(path, MAX_KEYS_BYTES).decode("utf-8", "replace").splitlines()
    digests: dict[str, bytes] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise CannotRun(f"{path}:{number}: not a hash and a name", hint=HINT)
        if match[2] in digests:
            raise CannotRun(f"{path}:{number}: {match[2]} has two lines", hint=HINT)
        digests[match[2]] = bytes.fromhex(match[1])
    if not digests:
        raise CannotRun(f"{path} has no key", hint=HINT)
    return Keys(digests)


def hashed(name: str, data: bytes) -> str:
    """The file's line for a key. Raises UsageError where the key is too easy to guess."""
    key = data.strip()
    if not MIN_KEY <= len(key) <= MAX_KEY or not key.isascii() or b" " in key:
        raise UsageError(
            f"a key on stdin has {MIN_KEY} to {MAX_KEY} characters and no space",
            hint="openssl rand -hex 32 makes a good one",
        )
    line = f"{hashlib.sha256(key).hexdigest()}  {name}"
    if not _LINE.fullmatch(line):
        raise UsageError(
            "a holder's name has only letters, digits and . _ @ -", hint="--hash-key gateway"
        )
    return line
