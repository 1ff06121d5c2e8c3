"""API keys. The file holds only their hashes, so that reading it gives no access."""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path

from zumik.bounded_file import read_bounded
from zumik.core.basics.display import neutral
from zumik.errors import CannotRun, UsageError, ZumikError

MAX_KEYS_BYTES = 1024 * 1024
MIN_KEY = 16
MAX_KEY = 512

_log = logging.getLogger("zumik.serve")

_LINE = re.compile(r"([0-9a-f]{64})[ \t]+([A-Za-z0-9][A-Za-z0-9._@-]{0,63})")

HINT = (
    "a line is the SHA-256 of a key and the name of its holder; make one with: "
    "openssl rand -hex 32 | tee key | zumik serve --hash-key NAME >> FILE"
)


class Keys:
    """The hashes of the keys that are accepted, by the name of their holder."""

    def __init__(self, digests: Mapping[str, bytes]) -> None:
        self._digests = tuple(digests.items())

    @property
    def problem(self) -> ZumikError | None:
        """Why the newest keys are not in use; None where they are."""
        return None

    def look(self) -> None:
        """Take changed keys into use. These never change."""

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


class KeyFile(Keys):
    """The keys of a file, which is read again when it changes.

    A key whose line is removed is refused from then on. A file that cannot be read, or that has a
    faulty line, leaves the last good keys in use; one without a key accepts none.
    """

    def __init__(self, path: Path) -> None:
        """Raises CannotRun."""
        self._path = path
        self._problem: ZumikError | None = None
        self._data = self._read()
        digests = _digests(path, self._data)
        if not digests:
            raise CannotRun(f"{path} has no key", hint=HINT)
        super().__init__(digests)

    @property
    def problem(self) -> ZumikError | None:
        """Why the newest keys are not in use; None where they are."""
        return self._problem

    def look(self) -> None:
        """Read the file, and take its keys into use. What changed is logged, and no key or hash."""
        try:
            data = self._read()
            if data == self._data:
                self._say(None)
                return
            digests = _digests(self._path, data)
        except ZumikError as error:
            self._say(error)
            return
        before, self._digests, self._data = dict(self._digests), tuple(digests.items()), data
        same = {name for name, digest in digests.items() if before.get(name) == digest}
        _log.warning(
            "new API keys: %d accepted, %d removed or replaced",
            len(digests),
            len(before.keys() - same),
        )
        self._say(None)

    def _read(self) -> bytes:
        # A link is how a secret is mounted where containers run, and it is swapped.
        return read_bounded(Path(os.path.realpath(self._path)), MAX_KEYS_BYTES)

    def _say(self, problem: ZumikError | None) -> None:
        if problem is not None and self._problem is None:
            _log.warning("%s: going on with the last good keys", neutral(problem.message))
        self._problem = problem


def _digests(path: Path, data: bytes) -> dict[str, bytes]:
    lines = data.decode("utf-8", "replace").splitlines()
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
    return digests


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
