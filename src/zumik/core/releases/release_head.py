"""The head of a release: what a list says of it, read without the facts that it freezes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.field_readers import JsonFields, count, flag, moment, named, optional, text
from zumik.core.basics.names import Digest, ReleaseId
from zumik.core.basics.strict_json import from_strict
from zumik.core.releases.release import (
    MAX_RELEASE_BYTES,
    SCHEMA,
    ReleaseRef,
    digest_of,
    verify,
)
from zumik.errors import CannotRun, ZumikError

_KEY = re.compile(rb'\n  "([a-z_]+)": ')
"""A key of the top level, in canonical bytes: no text can hold a line feed."""

_HEAD = (b"backfilled", b"created_at", b"id", b"note", b"parent", b"resolver", b"schema")


class ReleaseHead(NamedTuple):
    """What a release is, apart from what it freezes."""

    id: ReleaseId
    created_at: datetime
    parent: ReleaseRef | None
    resolver: int
    backfilled: bool
    note: str | None


class VerifiedHead(NamedTuple):
    """A head in bytes that are those that the release's name names; the rest was not read."""

    ref: ReleaseRef
    release: ReleaseHead
    size: int


def verified_head(name: str, data: bytes) -> VerifiedHead:
    """The head of the release in `data`, whose bytes are hashed as always. Raises as `verify`.

    Where the head is not found by its lines, all of the release is read.
    """
    ref = ReleaseRef.from_file_name(name)
    if digest_of(data) == ref.sha256:
        try:
            head = _head(data)
            if head.id == ref.id:
                return VerifiedHead(ref, head, len(data))
        except ZumikError:
            pass  # Reading all of it says what is wrong.
    whole = verify(name, data)
    made = whole.release
    head = ReleaseHead(
        made.id, made.created_at, made.parent, made.resolver, made.backfilled, made.note
    )
    return VerifiedHead(ref, head, whole.size)


def _head(data: bytes) -> ReleaseHead:
    """Raises CannotRun, MalformedJson and Malformed where the bytes are not canonical ones."""
    keys = [*_KEY.finditer(data)]
    if not keys:
        raise CannotRun("no key of a release begins a line")
    ends = [*(key.start() for key in keys[1:]), len(data) - len("\n}\n")]
    parts = [
        data[key.start() : end].rstrip(b",")
        for key, end in zip(keys, ends, strict=True)
        if key[1] in _HEAD
    ]
    value = from_strict(b"{" + b",".join(parts) + b"}", max_bytes=MAX_RELEASE_BYTES)
    fields = JsonFields(value, ())
    fields.need("schema", _schema)
    head = ReleaseHead(
        id=fields.need("id", named(ReleaseId)),
        created_at=fields.need("created_at", moment),
        parent=fields.need("parent", optional(_ref)),
        resolver=fields.need("resolver", count),
        backfilled=fields.get("backfilled", flag) or False,
        note=fields.need("note", optional(text)),
    )
    fields.close()
    return head


def _schema(value: object, path: tuple[str | int, ...]) -> str:
    found = text(value, path)
    if found != SCHEMA:
        raise CannotRun(f"schema {found}")
    return found


def _ref(value: object, path: tuple[str | int, ...]) -> ReleaseRef:
    fields = JsonFields(value, path)
    ref = ReleaseRef(fields.need("id", named(ReleaseId)), fields.need("sha256", named(Digest)))
    fields.close()
    return ref
