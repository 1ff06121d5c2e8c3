"""Names: aliases, models, releases and digests.

Each is parsed once, here, and is a text of its own type from then on. Every match is a full match
on ASCII ranges: `$` and `\\d` would let a newline and other scripts' digits in.
"""

from __future__ import annotations

import re
from datetime import date

from zumik.core.basics.display import shown
from zumik.errors import CannotRun

_ALIAS = re.compile(r"[a-z][a-z0-9]*([.-][a-z0-9]+)*")
_MODEL = re.compile(r"[a-z][a-z0-9-]*/[A-Za-z0-9][A-Za-z0-9._:/@+-]*")
_RELEASE = re.compile(r"alr_([0-9]{4})_([0-9]{2})_([0-9]{2})_([0-9]{3,9})")
_DIGEST = re.compile(r"[0-9a-f]{64}")

# Names become file names, HTTP headers and columns of tables, so their length has a bound.
_MAX_ALIAS = 64
_MAX_MODEL = 128

# A live pointer is a file named after its alias; these names open devices on Windows.
_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{port}{n}" for port in ("com", "lpt") for n in "0123456789"
}

# `live/unavailable.json`, beside the pointers, is the list of drains.
_NO_ALIAS = "unavailable"


class BadName(CannotRun):
    """A text that is not a valid name of its kind."""


class BadReleaseId(BadName):
    """A text that is not a release id."""


class AliasName(str):
    """A stable name that applications ask for, such as `code.fast`."""

    __slots__ = ()

    def __new__(cls, text: str) -> AliasName:
        """Raises BadName."""
        if len(text) > _MAX_ALIAS or not _ALIAS.fullmatch(text):
            raise BadName(
                f"{shown(text)} is not an alias name",
                hint="lowercase letters and digits in parts joined by '.' or '-', "
                f"a letter first, at most {_MAX_ALIAS} characters: code.fast",
            )
        if text.split(".", 1)[0] in _DEVICES:
            raise BadName(
                f"{shown(text)} is a device name on Windows, where its file could not be made",
                hint="choose another first part",
            )
        if text == _NO_ALIAS:
            raise BadName(
                f"{shown(text)} cannot be an alias: its file is the list of drains",
                hint="choose another name",
            )
        return super().__new__(cls, text)


class ModelId(str):
    """One provider's offering, `provider/model-id`, with `:variant` where it is one."""

    __slots__ = ()

    def __new__(cls, text: str) -> ModelId:
        """Raises BadName."""
        if len(text) > _MAX_MODEL or not _MODEL.fullmatch(text):
            raise BadName(
                f"{shown(text)} is not a model id",
                hint="provider/model-id, as in anthropic/claude-haiku-4-5",
            )
        return super().__new__(cls, text)

    @property
    def provider(self) -> str:
        """The part before the first slash."""
        return self.split("/", 1)[0]


class Digest(str):
    """The SHA-256 of a file's bytes, 64 lowercase hex digits."""

    __slots__ = ()

    def __new__(cls, text: str) -> Digest:
        """Raises BadName."""
        if not _DIGEST.fullmatch(text):
            raise BadName(f"{shown(text)} is not a SHA-256 digest", hint="64 lowercase hex digits")
        return super().__new__(cls, text)

    @property
    def short(self) -> str:
        """The first 12 digits, for people and receipts."""
        return self[:12]


class ReleaseId(str):
    """A release's id, `alr_YYYY_MM_DD_NNN`: UTC date and that day's number."""

    __slots__ = ()

    def __new__(cls, text: str) -> ReleaseId:
        """Raises BadName, also for a date that does not exist."""
        match = _RELEASE.fullmatch(text)
        try:
            if match is None or int(match[4]) == 0 or (len(match[4]) > 3 and match[4][0] == "0"):
                raise ValueError
            date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            raise BadReleaseId(
                f"{shown(text)} is not a release id",
                hint="alr_YYYY_MM_DD_NNN, as in alr_2026_06_09_003",
            ) from None
        return super().__new__(cls, text)

    @property
    def day(self) -> date:
        """The UTC date in the id."""
        _, year, month, day, _ = self.split("_")
        return date(int(year), int(month), int(day))

    @property
    def number(self) -> int:
        """The day's number, compared as a number: `_1000` comes after `_999`."""
        return int(self.rsplit("_", 1)[1])

    @property
    def order(self) -> tuple[date, int]:
        """What sorts releases in the order of their line."""
        return self.day, self.number

    @classmethod
    def next(cls, day: date, parent: ReleaseId | None) -> ReleaseId:
        """The id that follows `parent` on `day`; never dated before the parent."""
        if parent is not None and parent.day >= day:
            day, number = parent.day, parent.number + 1
        else:
            number = 1
        return cls(f"alr_{day:%Y_%m_%d}_{number:03}")
