"""References, which name an alias or a model, and receipts, which name a decision."""

from __future__ import annotations

import re
from typing import NamedTuple

from zumik.core.basics.display import shown
from zumik.core.basics.names import AliasName, BadName, ModelId, ReleaseId

_RECEIPT = re.compile(r"([^@=]+)@([^:=]+):([0-9a-f]{12})=(.+)")


class Reference(NamedTuple):
    """What a caller asks for.

    `code.fast` (live) has an alias alone, `code.fast@alr_2026_06_09_003` (pinned) an alias and a
    release, `anthropic/claude-haiku-4-5` (concrete target) a model alone.
    """

    text: str
    alias: AliasName | None = None
    release: ReleaseId | None = None
    model: ModelId | None = None

    @classmethod
    def parse(cls, text: str) -> Reference:
        """A target has a `/`, an alias never; only then does `@` mean anything. Raises BadName."""
        if "/" in text:
            return cls(text, model=ModelId(text))
        alias, at, release = text.partition("@")
        return cls(text, alias=AliasName(alias), release=ReleaseId(release) if at else None)


class Receipt(NamedTuple):
    """A decision in one string: `code.fast@alr_2026_06_09_003:1a2b3c4d5e6f=provider/model-id`."""

    alias: AliasName
    release: ReleaseId
    digest_prefix: str
    model: ModelId

    def __str__(self) -> str:
        return f"{self.alias}@{self.release}:{self.digest_prefix}={self.model}"

    @classmethod
    def parse(cls, text: str) -> Receipt:
        """Raises BadName."""
        match = _RECEIPT.fullmatch(text)
        if match is None:
            raise BadName(
                f"{shown(text)} is not a receipt", hint="ALIAS@RELEASE:12-HEX-DIGITS=PROVIDER/MODEL"
            )
        return cls(AliasName(match[1]), ReleaseId(match[2]), match[3], ModelId(match[4]))
