"""The release file: policy, facts and ranking, frozen under the hash of their bytes.

Bytes in, verdict out: `verify` hashes the raw bytes before it parses them and never opens a file.
A release is self-contained: nothing else is needed to explain it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.display import shown
from zumik.core.basics.field_readers import (
    JsonFields,
    Malformed,
    UnknownKey,
    as_is,
    count,
    flag,
    list_of,
    map_of,
    moment,
    named,
    newer_format,
    optional,
    text,
)
from zumik.core.basics.findings import Path
from zumik.core.basics.names import AliasName, Digest, ModelId, ReleaseId
from zumik.core.basics.restore_command import TOP, restore_command
from zumik.core.basics.strict_json import MalformedJson, from_strict, to_canonical
from zumik.core.basics.times import moment_text
from zumik.core.facts.catalog import (
    Metric,
    Model,
    metric_to_json,
    model_to_json,
    read_metrics,
    read_model,
)
from zumik.core.facts.policy import (
    Alias,
    Measure,
    alias_to_json,
    measure_to_json,
    read_alias,
    read_measures,
)
from zumik.core.releases.first_keys import refuse_later_keys
from zumik.core.resolvers import ResolverVersion, resolver
from zumik.core.resolvers.facts import Facts, Incumbent
from zumik.errors import CannotRun, IntegrityError, NewerFormat, ZumikError

SCHEMA = "zumik.release/1"

# Every reader holds a release in memory whole: without a bound, a hostile file could fill it.
MAX_RELEASE_BYTES = 16 * 1024 * 1024

_LATER_SCHEMA = re.compile(r"zumik\.release/(?:[2-9]|[1-9][0-9]{1,3})")

SIGNATURE_SUFFIX = ".sig"

MAX_TEXT = 2000
"""How many characters a note, or the reason of a move, may have."""

_HEADING = re.compile(
    rb'\n  "parent": (?:null|\{\n    "id": "([a-z0-9_]+)",\n    "sha256": "([0-9a-f]+)"\n  \}),\n'
)
_CREATED_AT = re.compile(rb'\n  "created_at": "([0-9TZ:-]+)",\n')

_FILE_NAME = re.compile(r"(alr_[0-9_]+)\.([0-9a-f]{64})\.json")


def is_blank(text: str | None) -> bool:
    """Whether a note, or the reason of a move, is missing or says nothing."""
    return not (text or "").strip()


class ReleaseRef(NamedTuple):
    """A release by id and digest, which together name exactly one file."""

    id: ReleaseId
    sha256: Digest

    @property
    def file_name(self) -> str:
        """The name of its file in `frozen/`."""
        return f"{self.id}.{self.sha256}.json"

    @property
    def signature_name(self) -> str:
        """The file name of its signature, which is beside it where it has one."""
        return self.file_name + SIGNATURE_SUFFIX

    @classmethod
    def from_file_name(cls, name: str) -> ReleaseRef:
        """What a name in `frozen/` claims. Raises IntegrityError."""
        match = _FILE_NAME.fullmatch(name)
        if match is None:
            raise IntegrityError(
                f"{shown(name)} is not the name of a release file",
                hint="RELEASE-ID.SHA-256.json, as `zumik release create` names it",
            )
        return cls(ReleaseId(match[1]), Digest(match[2]))


class FrozenAlias(NamedTuple):
    """An alias as frozen: its policy, and the ranking that it gave."""

    policy: Alias
    ranking: tuple[ModelId, ...]
    reason: str
    incumbent: Incumbent | None = None

    @property
    def winner(self) -> ModelId:
        """Rank 1."""
        return self.ranking[0]


class Content(NamedTuple):
    """What a release says, apart from its own id, date and place in the line."""

    measures: Mapping[str, Measure]
    metrics: Mapping[str, Metric]
    aliases: Mapping[AliasName, FrozenAlias]
    models: Mapping[ModelId, Model]


class Release(NamedTuple):
    """A frozen release. `parent` is None for the first; `backfilled` if made with `--as-of`."""

    id: ReleaseId
    created_at: datetime
    parent: ReleaseRef | None
    content: Content
    resolver: int = 1
    backfilled: bool = False
    note: str | None = None

    @property
    def made_by(self) -> ResolverVersion:
        """The resolver that froze it. Raises NewerFormat for one that this zumik lacks."""
        try:
            return resolver(self.resolver)
        except NewerFormat as error:
            raise NewerFormat(f"{self.id} was {error.message}") from None

    @property
    def facts(self) -> Facts:
        """The frozen facts, as of the only date that resolving knows."""
        content = self.content
        return Facts(content.models, content.metrics, content.measures, self.created_at.date())


class VerifiedRelease(NamedTuple):
    """A release whose bytes were hashed and found to be what their name says."""

    ref: ReleaseRef
    release: Release
    size: int

    @property
    def aliases(self) -> Mapping[AliasName, FrozenAlias]:
        """The frozen aliases by name."""
        return self.release.content.aliases

    @property
    def models(self) -> Mapping[ModelId, Model]:
        """The frozen facts by model."""
        return self.release.content.models


class Heading(NamedTuple):
    """The place in the line that a release states: its time and its parent."""

    created_at: datetime
    parent: ReleaseRef | None


def heading_of(data: bytes) -> Heading | None:
    """The heading of canonical bytes, found without parsing the rest; None where it is not found.

    Canonical bytes have each key of the top level on a line of its own, two spaces in. No text can
    look like one, since a line feed inside a text is escaped.
    """
    # The heading of a long line of releases is read a thousand times as often as all the rest.
    parent = _HEADING.match(data, max(data.rfind(b'\n  "parent": '), 0))
    created_at = _CREATED_AT.match(data, max(data.find(b'\n  "created_at": '), 0))
    if parent is None or created_at is None:
        return None
    try:
        return Heading(
            moment(created_at[1].decode(), ("created_at",)),
            ReleaseRef(ReleaseId(parent[1].decode()), Digest(parent[2].decode()))
            if parent[1]
            else None,
        )
    except ZumikError:
        return None


def digest_of(data: bytes) -> Digest:
    """The SHA-256 of the raw bytes."""
    return Digest(hashlib.sha256(data).hexdigest())


def verify(name: str, data: bytes) -> VerifiedRelease:
    """The release in `data`, once its bytes are proven to be the ones that `name` names.

    Raises IntegrityError where digest or id differ, CannotRun where the content is no release, of
    it NewerFormat where a newer zumik made it.
    """
    ref = ReleaseRef.from_file_name(name)
    actual = digest_of(data)
    if actual != ref.sha256:
        raise IntegrityError(
            f"{ref.id}: the bytes hash to {actual.short}…, the name says {ref.sha256.short}…",
            hint=f"restore it: {restore_command(f'{TOP}*{name}')}",
        )
    try:
        release = read_release(data)
    except NewerFormat as error:
        raise NewerFormat(f"{ref.id} was {error.message}") from None
    except UnknownKey as error:
        raise newer_format(str(ref.id), error) from None
    except (Malformed, MalformedJson) as error:
        raise CannotRun(
            f"{ref.id}: the bytes are intact but are not a release: {error.message}",
            hint=error.hint
            or "a newer zumik may have made it: upgrade this one; else git log shows who made it",
        ) from None
    if release.id != ref.id:
        raise IntegrityError(
            f"{ref.id}: the file holds {release.id}",
            hint="git log shows who renamed it; give the file its name back",
        )
    return VerifiedRelease(ref, release, len(data))


def read_release(data: bytes) -> Release:
    """A release from its bytes. Raises MalformedJson, Malformed and NewerFormat."""
    value = from_strict(data, max_bytes=MAX_RELEASE_BYTES)
    fields = JsonFields(value, ())
    schema = fields.need("schema", text)
    if _LATER_SCHEMA.fullmatch(schema):
        raise NewerFormat(f"made as {schema}, and this zumik reads {SCHEMA}")
    if schema != SCHEMA:
        raise Malformed(f"schema {shown(schema)}", (), hint=f"this zumik reads {SCHEMA}")
    try:
        release = _release(fields)
        if release.resolver == 1:
            refuse_later_keys(value)
        return release
    except Malformed:
        # What a later resolver needs, this zumik need not be able to read.
        if isinstance(value, dict) and isinstance(later := value.get("resolver"), int):
            resolver(later)
        raise


def _release(fields: JsonFields) -> Release:
    release = Release(
        id=fields.need("id", named(ReleaseId)),
        created_at=fields.need("created_at", moment),
        parent=fields.need("parent", optional(_ref)),
        content=_content(fields),
        resolver=fields.need("resolver", count),
        backfilled=fields.get("backfilled", flag) or False,
        note=fields.need("note", optional(text)),
    )
    fields.close()
    return release


def _content(fields: JsonFields) -> Content:
    models = {
        (model_id := named(ModelId)(key, ("models", key))): read_model(
            model_id, item, ("models", key)
        )
        for key, item in fields.need("models", map_of(as_is)).items()
    }
    aliases = {
        named(AliasName)(key, ("aliases", key)): _frozen_alias(key, item, ("aliases", key))
        for key, item in fields.need("aliases", map_of(as_is)).items()
    }
    for name, alias in aliases.items():
        for model in alias.ranking:
            if model not in models:
                raise Malformed(f"no facts of {model}", ("aliases", name, "ranking"))
    return Content(
        measures={item.word: item for item in fields.need("measures", read_measures)},
        metrics={item.name: item for item in fields.need("metrics", read_metrics)},
        aliases=aliases,
        models=models,
    )


def _frozen_alias(name: str, value: object, path: Path) -> FrozenAlias:
    fields = JsonFields(value, path)
    alias = FrozenAlias(
        policy=read_alias(name, fields.need("policy", as_is), (*path, "policy")),
        ranking=fields.need("ranking", list_of(named(ModelId))),
        reason=fields.need("reason", text),
        incumbent=fields.need("incumbent", optional(_incumbent)),
    )
    fields.close()
    if not alias.ranking or len(set(alias.ranking)) != len(alias.ranking):
        raise Malformed("an empty ranking, or a model ranked twice", (*path, "ranking"))
    return alias


def _incumbent(value: object, path: Path) -> Incumbent:
    fields = JsonFields(value, path)
    incumbent = Incumbent(
        fields.need("model", named(ModelId)), fields.need("release", named(ReleaseId))
    )
    fields.close()
    return incumbent


def _ref(value: object, path: Path) -> ReleaseRef:
    fields = JsonFields(value, path)
    ref = ReleaseRef(fields.need("id", named(ReleaseId)), fields.need("sha256", named(Digest)))
    fields.close()
    return ref


def release_to_bytes(release: Release) -> bytes:
    """The canonical bytes of a release."""
    fields: dict[str, object] = {
        "schema": SCHEMA,
        "id": release.id,
        "created_at": moment_text(release.created_at),
        "parent": release.parent and {"id": release.parent.id, "sha256": release.parent.sha256},
        "note": release.note,
        "resolver": release.resolver,
        **content_to_json(release.content),
    }
    if release.backfilled:
        fields["backfilled"] = True
    return to_canonical(fields)


def content_to_json(content: Content) -> dict[str, object]:
    """The content as the file holds it; equal content gives equal trees."""
    return {
        "measures": {word: measure_to_json(item) for word, item in content.measures.items()},
        "metrics": {name: metric_to_json(item) for name, item in content.metrics.items()},
        "aliases": {name: _frozen_to_json(item) for name, item in content.aliases.items()},
        "models": {model_id: model_to_json(item) for model_id, item in content.models.items()},
    }


def _frozen_to_json(alias: FrozenAlias) -> dict[str, object]:
    incumbent = alias.incumbent
    return {
        "policy": alias_to_json(alias.policy),
        "ranking": list(alias.ranking),
        "reason": alias.reason,
        "incumbent": incumbent and {"model": incumbent.model, "release": incumbent.release},
    }
