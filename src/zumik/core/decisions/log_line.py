"""Log lines: one decision as one line of JSON, and what is read back from it.

Only known fields are read, in any order, and none is trusted: each is parsed into its own type or
named as unusable. Nothing else of a line is read, kept or echoed: logs hold much besides.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from zumik.core.basics.field_readers import JsonFields, Malformed, Read, list_of, named, text
from zumik.core.basics.foreign_json import (
    ForeignJson,
    bent_count,
    foreign_json,
    or_unread,
    wanted_fields,
)
from zumik.core.basics.names import Digest, ModelId, ReleaseId
from zumik.core.basics.references import Receipt, Reference
from zumik.core.basics.secret_keys import masked
from zumik.core.basics.strict_json import MalformedJson
from zumik.core.basics.times import moment_of_log
from zumik.core.facts.request import Request, read_request
from zumik.errors import CannotRun

MAX_LINE_BYTES = 1024 * 1024
"""A decision takes half a kilobyte; a line this long holds something else."""


class UnreadableLine(CannotRun):
    """A log line that cannot be used, and why."""


class LogLine(NamedTuple):
    """What a log line says of a decision; absent fields are None.

    `digest_prefix` comes from a receipt, which has 12 digits of the digest and not all 64.
    `is_logged` is False for a reference that a person typed: it records no decision. A line that
    came as JSON records one, however little it says.
    """

    reference: Reference
    release: ReleaseId | None = None
    sha256: Digest | None = None
    digest_prefix: str | None = None
    model: ModelId | None = None
    considered: int | None = None
    reason: str | None = None
    revision: str | None = None
    request: Request | None = None
    served_model: str | None = None
    timestamp: datetime | None = None
    drain_ignored: tuple[ModelId, ...] = ()
    is_logged: bool = True

    @property
    def digest_start(self) -> str | None:
        """As much of the release's digest as the line has."""
        return self.sha256 or self.digest_prefix

    @property
    def needs_time(self) -> bool:
        """Whether the time decides: no release is named, so the one that had landed then does."""
        named = self.release or self.reference.release
        return self.reference.alias is not None and named is None

    def deciding(self) -> LogLine:
        """The line without the fields on which no verdict depends."""
        moment = self.timestamp if self.needs_time else None
        return self._replace(timestamp=moment, drain_ignored=())


def read_log_line(data: bytes) -> LogLine:
    """A log line from its bytes. Raises UnreadableLine."""
    if len(data) > MAX_LINE_BYTES:
        raise UnreadableLine(
            f"the line has {len(data):,} bytes, more than the {MAX_LINE_BYTES:,} that are read",
            hint="a decision is one short JSON object; pass the line, not the whole log",
        )
    try:
        return log_line_of(foreign_json(data))
    except MalformedJson as error:
        raise UnreadableLine(f"the log line: {error.message}", hint=_HINT) from None


def log_line_of(foreign: ForeignJson) -> LogLine:
    """A log line from an object that was parsed before. Raises UnreadableLine."""
    try:
        return _read(JsonFields(wanted_fields(foreign, LINE_FIELDS), ()))
    except MalformedJson as error:
        raise UnreadableLine(f"the log line: {error.message}", hint=_HINT) from None
    except Malformed as error:
        raise UnreadableLine(
            f"the log line: {masked(error.message)}", hint=error.hint or _HINT
        ) from None


_HINT = (
    "one JSON object with requested_model, alias_release, resolved_model, candidates_considered "
    "and resolution_reason; a receipt ALIAS@RELEASE:HEX=MODEL; or a reference such as code.fast"
)

LINE_FIELDS = (
    "requested_model",
    "alias_release",
    "alias_release_sha256",
    "resolved_model",
    "candidates_considered",
    "resolution_reason",
    "resolved_revision",
    "request",
    "drain_ignored",
    "served_model",
    "timestamp",
)


def _read(fields: JsonFields) -> LogLine:
    """The fields that decide, each read strictly; the last three decide nothing of a verdict.

    A time is needed only where no release is named: one that cannot be read is then missed there.
    """
    drain_ignored = fields.get("drain_ignored", _DRAINS)
    return LogLine(
        reference=fields.need("requested_model", _REFERENCE),
        release=fields.get("alias_release", _RELEASE),
        sha256=fields.get("alias_release_sha256", _DIGEST),
        model=fields.get("resolved_model", _MODEL),
        considered=fields.get("candidates_considered", bent_count),
        reason=fields.get("resolution_reason", text),
        revision=fields.get("resolved_revision", text),
        request=fields.get("request", read_request),
        served_model=fields.get("served_model", _SERVED),
        timestamp=fields.get("timestamp", _TIME),
        drain_ignored=drain_ignored or (),
    )


# Made once: a log has many lines.
_REFERENCE = named(Reference.parse)
_RELEASE, _DIGEST, _MODEL = named(ReleaseId), named(Digest), named(ModelId)
_DRAINS, _SERVED = or_unread(list_of(_MODEL)), or_unread(text)
_TIME: Read[datetime | None] = lambda value, path: moment_of_log(value)  # noqa: E731


def from_receipt(receipt: Receipt) -> LogLine:
    """What a receipt says: alias, release, the start of its digest, and the model."""
    return LogLine(
        reference=Reference.parse(receipt.alias),
        release=receipt.release,
        digest_prefix=receipt.digest_prefix,
        model=receipt.model,
    )


def from_reference(text: str, request: Request | None = None) -> LogLine:
    """A reference that was typed: it asks for a decision now. Raises BadName."""
    return LogLine(Reference.parse(text), request=request, is_logged=False)
