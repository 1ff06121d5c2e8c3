"""The bundle: all that a resolver needs, in one file.

Live pointers, the releases that they name as the very bytes that were frozen, the drains, and the
commit that they were read from. Bytes in, verdict out: every release is hashed again on the way in,
and a pointer that names anything else is refused with the whole file. The bundle's own digest, over
all its bytes but those digits, reveals a damaged file; it does not prove who made it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from zumik.core.basics.display import shown
from zumik.core.basics.field_readers import (
    JsonFields,
    Malformed,
    as_is,
    list_of,
    map_of,
    moment,
    named,
    optional,
    text,
)
from zumik.core.basics.findings import Path
from zumik.core.basics.names import AliasName, Digest, ReleaseId
from zumik.core.basics.strict_json import MalformedJson, from_strict, to_canonical
from zumik.core.basics.times import moment_text
from zumik.core.facts.hidden import Hidden, hidden_among, marked_by
from zumik.core.live.drains import NO_DRAINS, Drains, drains_from_json
from zumik.core.live.pointer import Pointer, pointer_from_json, pointer_to_json
from zumik.core.releases.release import ReleaseRef, VerifiedRelease, verify
from zumik.errors import CannotRun, IntegrityError

SCHEMA = "zumik.bundle/1"

# A bundle holds a release for each live alias, and a resolver reads it into memory whole.
MAX_BUNDLE_BYTES = 512 * 1024 * 1024

# On a line of its own, two spaces in: no text can look like it, as a line feed in one is escaped.
_SEAL = re.compile(rb'\n  "sha256": "([0-9a-f]{64}|)",?\n')


class Frozen(NamedTuple):
    """A release and the bytes that it was frozen as."""

    source: VerifiedRelease
    data: bytes


class Bundle(NamedTuple):
    """What is live, and when that was put together; `commit` is None for a work tree.

    `confidential` is None where the releases in the bundle say themselves what is.
    """

    pointers: Mapping[AliasName, Pointer]
    releases: Mapping[ReleaseId, Frozen]
    drains: Drains
    commit: str | None
    made_at: datetime
    confidential: Hidden | None = None

    def live_release(self, alias: AliasName) -> VerifiedRelease | None:
        """The release that an alias points to; None where it has no pointer, or was retired."""
        pointer = self.pointers.get(alias)
        if pointer is None or pointer.is_retired:
            return None
        return self.releases[pointer.target.id].source

    @property
    def hidden(self) -> Hidden:
        """What of the bundle may not be shown to everybody."""
        if self.confidential is not None:
            return self.confidential
        models = [m for frozen in self.releases.values() for m in frozen.source.models.values()]
        return hidden_among(models, marked_by(models))

    @property
    def live_releases(self) -> dict[AliasName, VerifiedRelease]:
        """The release of every alias that is live, by alias."""
        found = ((alias, self.live_release(alias)) for alias in self.pointers)
        return {alias: source for alias, source in found if source is not None}


def bundle_of(
    pointers: Iterable[Pointer],
    releases: Iterable[Frozen],
    *,
    drains: Drains = NO_DRAINS,
    commit: str | None,
    made_at: datetime,
) -> Bundle:
    """A bundle that holds together.

    Raises IntegrityError where a pointer names a release that it lacks or an alias has two
    pointers, and CannotRun where a live release was made by a resolver that this version lacks.
    """
    given = sorted(pointers, key=lambda pointer: pointer.alias)
    for one, next_one in pairwise(given):
        if one.alias == next_one.alias:
            raise IntegrityError(
                f"{one.alias} has two pointers in the bundle", hint="make it again: zumik bundle"
            )
    bundle = Bundle(
        pointers={pointer.alias: pointer for pointer in given},
        releases={
            frozen.source.ref.id: frozen
            for frozen in sorted(releases, key=lambda frozen: frozen.source.ref.id.order)
        },
        drains=drains,
        commit=commit,
        made_at=made_at,
    )
    for pointer in bundle.pointers.values():
        _require_target(bundle, pointer)
    return bundle


def _require_target(bundle: Bundle, pointer: Pointer) -> None:
    if pointer.is_retired:
        return
    found = bundle.releases.get(pointer.target.id)
    if found is None or found.source.ref != pointer.target:
        raise IntegrityError(
            f"{pointer.alias} points to {pointer.target.id} with digest "
            f"{pointer.target.sha256.short}…, which is not in the bundle",
            hint="make it again: zumik bundle; zumik check shows what is wrong with the workspace",
        )
    if pointer.alias not in found.source.aliases:
        raise IntegrityError(
            f"{pointer.alias} points to {pointer.target.id}, which has no such alias",
            hint="zumik check shows what is wrong with the workspace",
        )
    _ = found.source.release.made_by  # raises for one that this zumik lacks


def bundle_to_bytes(bundle: Bundle) -> bytes:
    """The canonical bytes of a bundle; a release is text in it, byte by byte as it was frozen."""
    tree: dict[str, object] = {
        "schema": SCHEMA,
        "sha256": "",
        "commit": bundle.commit,
        "made_at": moment_text(bundle.made_at),
        "pointers": [pointer_to_json(pointer) for pointer in bundle.pointers.values()],
        "releases": {
            release: {"sha256": frozen.source.ref.sha256, "text": frozen.data.decode()}
            for release, frozen in bundle.releases.items()
        },
        "unavailable": bundle.drains.to_json(),
    }
    if bundle.confidential is not None:
        # An older zumik refuses a bundle with this field, and so shows nothing that it must not.
        tree["confidential"] = {
            "providers": sorted(bundle.confidential.providers),
            "words": sorted(bundle.confidential.words),
        }
    data = to_canonical(tree)
    place = _seal_of(data)
    assert place is not None
    return data[: place.start(1)] + _digest_around(data, place).encode() + data[place.end(1) :]


def _seal_of(data: bytes) -> re.Match[bytes] | None:
    """The place of the bundle's own digest in its bytes."""
    return _SEAL.match(data, max(data.rfind(b'\n  "sha256": "'), 0))


def _digest_around(data: bytes, place: re.Match[bytes]) -> str:
    """The SHA-256 of all bytes but those of the digest itself."""
    view = memoryview(data)
    found = hashlib.sha256(view[: place.start(1)])
    found.update(view[place.end(1) :])
    return found.hexdigest()


def read_bundle(data: bytes, known: Bundle | None = None) -> Bundle:
    """A bundle from its bytes, every release verified.

    Those that `known` has byte for byte are taken from it. Raises CannotRun and IntegrityError.
    """
    try:
        fields = JsonFields(from_strict(data, max_bytes=MAX_BUNDLE_BYTES), ())
        schema = fields.need("schema", text)
        if schema != SCHEMA:
            raise Malformed(f"schema {shown(schema)}", (), hint=f"this zumik reads {SCHEMA}")
        place = _seal_of(data)
        if place is None or fields.need("sha256", text) != _digest_around(data, place):
            raise IntegrityError(
                "the bundle is not what was written: its digest does not match",
                hint="copy it again, or make it again: zumik bundle",
            )
        have = known.releases if known is not None else {}
        releases = [
            _frozen(named(ReleaseId)(key, ("releases", key)), item, have)
            for key, item in fields.need("releases", map_of(as_is)).items()
        ]
        bundle = bundle_of(
            [pointer_from_json(item) for item in fields.need("pointers", list_of(as_is))],
            releases,
            drains=drains_from_json(fields.need("unavailable", as_is), ("unavailable",)),
            commit=fields.need("commit", optional(text)),
            made_at=fields.need("made_at", moment),
        )._replace(confidential=fields.get("confidential", _hidden))
        fields.close()
    except (Malformed, MalformedJson) as error:
        raise CannotRun(
            f"not a bundle: {error.message}",
            hint=error.hint or "make it with: zumik bundle -o FILE",
        ) from None
    return bundle


def _hidden(value: object, path: Path) -> Hidden:
    fields = JsonFields(value, path)
    words = (frozenset(fields.need(key, list_of(text))) for key in ("providers", "words"))
    hidden = Hidden(*words)
    fields.close()
    return hidden


def _frozen(release: ReleaseId, value: object, known: Mapping[ReleaseId, Frozen]) -> Frozen:
    fields = JsonFields(value, ("releases", release))
    ref = ReleaseRef(release, fields.need("sha256", named(Digest)))
    data = fields.need("text", text).encode("utf-8", "surrogatepass")
    fields.close()
    have = known.get(release)
    if have is not None and have.source.ref == ref and have.data == data:
        return have
    return Frozen(verify(ref.file_name, data), data)


def superseded_by(old: Bundle, new: Bundle) -> str | None:
    """Why `new` may not take the place of `old`, in words; None where it may.

    Generations only grow, and so does the line of releases: a bundle with a lower generation, an
    older newest release, or without an alias, is older or foreign.
    """
    if new.drains.generation < old.drains.generation:
        return (
            f"the list of drains has generation {new.drains.generation} in it, "
            f"and had {old.drains.generation}"
        )
    for alias, pointer in old.pointers.items():
        other = new.pointers.get(alias)
        if other is None:
            return f"{alias} is not in it, and was live"
        if other.generation < pointer.generation:
            return f"{alias} has generation {other.generation} in it, and had {pointer.generation}"
    newest, before = _newest(new), _newest(old)
    if before is not None and (newest is None or newest.order < before.order):
        return f"its newest release is {newest or 'none'}, and was {before}"
    return None


def _newest(bundle: Bundle) -> ReleaseId | None:
    return max(bundle.releases, key=lambda release: release.order, default=None)
