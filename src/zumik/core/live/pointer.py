"""The live pointer: the one release that an alias points to now.

The file says which release, why, and how many moves came before. Git shows who moved it and when
that landed.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.field_readers import (
    JsonFields,
    count,
    moment,
    named,
    one_of,
    optional,
    text,
)
from zumik.core.basics.names import AliasName, Digest, ReleaseId
from zumik.core.basics.strict_json import from_strict, to_canonical
from zumik.core.basics.times import moment_text
from zumik.core.releases.release import ReleaseRef

KINDS = ("promote", "rollback", "retire")

MAX_POINTER_BYTES = 64 * 1024


class Pointer(NamedTuple):
    """Where an alias points. `generation` grows with each move and never repeats."""

    alias: AliasName
    target: ReleaseRef
    generation: int
    kind: str
    proposed_at: datetime
    reason: str | None = None

    @property
    def file_name(self) -> str:
        """The name of its file in `live/`."""
        return f"{self.alias}.json"

    @property
    def is_retired(self) -> bool:
        """Whether the alias has ended: the pointer then names the last release that it had."""
        return self.kind == "retire"


def next_pointer(
    alias: AliasName,
    target: ReleaseRef,
    previous: Pointer | None,
    *,
    kind: str,
    reason: str | None,
    now: datetime,
) -> Pointer:
    """The pointer that replaces `previous`."""
    generation = 1 if previous is None else previous.generation + 1
    return Pointer(alias, target, generation, kind, now, reason)


def read_pointer(data: bytes) -> Pointer:
    """A pointer from its bytes. Raises MalformedJson and Malformed."""
    return pointer_from_json(from_strict(data, max_bytes=MAX_POINTER_BYTES))


def pointer_from_json(value: object) -> Pointer:
    """A pointer from its fields. Raises Malformed."""
    fields = JsonFields(value, ())
    pointer = Pointer(
        alias=fields.need("alias", named(AliasName)),
        target=ReleaseRef(
            fields.need("release", named(ReleaseId)), fields.need("sha256", named(Digest))
        ),
        generation=fields.need("generation", count),
        kind=fields.need("kind", one_of(*KINDS)),
        proposed_at=fields.need("proposed_at", moment),
        reason=fields.need("reason", optional(text)),
    )
    fields.close()
    return pointer


def pointer_to_bytes(pointer: Pointer) -> bytes:
    """The canonical bytes of a pointer."""
    return to_canonical(pointer_to_json(pointer))


def pointer_to_json(pointer: Pointer) -> dict[str, object]:
    """A pointer's fields."""
    return {
        "alias": pointer.alias,
        "release": pointer.target.id,
        "sha256": pointer.target.sha256,
        "generation": pointer.generation,
        "kind": pointer.kind,
        "reason": pointer.reason,
        "proposed_at": moment_text(pointer.proposed_at),
    }
