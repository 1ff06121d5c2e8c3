"""Envelopes: what a shipper wraps around a logged call, and where in it the call lies.

An entry is opened until it has a known format. What is opened is a copy of what was logged, so that
a damaged line stays damaged: a key that stands twice, in the call or in its envelope, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from zumik.core.basics.foreign_json import ForeignJson, foreign_json_of_text
from zumik.core.basics.strict_json import MalformedJson
from zumik.core.basics.times import moment_of_log
from zumik.core.decisions.log_line import MAX_LINE_BYTES
from zumik.core.traffic.logged_call import UnreadEntry
from zumik.logs.files.entry import Entry
from zumik.logs.files.text_lines import json_inside
from zumik.logs.formats.gateway_formats import ZUMIK
from zumik.logs.formats.known_formats import has_marks, recognised
from zumik.logs.formats.log_format import LogFormat

MAX_DEPTH = 5
"""How many envelopes may lie in each other."""

# A hostile entry may have every carrier at every depth.
_MAX_OPENINGS = 200
_OPENINGS_PER_ITEM = 8

_TIMES = (
    "@timestamp",
    "timestamp",
    "time",
    "ts",
    "date",
    "__REALTIME_TIMESTAMP",
    "timeUnixNano",
    "eventTime",
)


class Envelope(NamedTuple):
    """Where one shipper keeps what it carries. A path is a tuple: keys have dots."""

    name: str
    inside: tuple[str, ...]
    """The path of what is carried: a text, an object or a list of them."""
    beside: tuple[str, ...] = ()
    """Keys of which one stands beside it, so that the shipper is known; none is needed if empty."""


# The first that carries a known format counts, so that what has a name of its own comes first.
ENVELOPES = (
    Envelope("Kubernetes log field", ("log",), ("kubernetes",)),
    Envelope("Docker log field", ("log",), ("stream", "time")),
    Envelope("log field", ("log",)),
    Envelope("CloudWatch log events", ("logEvents",)),
    Envelope("CloudWatch log events", ("events",)),
    Envelope("CloudWatch query results", ("results",)),
    Envelope("CloudWatch @message field", ("@message",)),
    Envelope(
        "CloudWatch message field",
        ("message",),
        ("logStreamName", "ingestionTime", "eventId", "logGroup"),
    ),
    Envelope("Loki streams", ("streams",)),
    Envelope("Loki query result", ("data", "result")),
    Envelope("Loki values", ("values",), ("stream", "metric")),
    Envelope("Loki line", ("line",), ("labels", "stream")),
    Envelope("journald MESSAGE field", ("MESSAGE",)),
    Envelope("Google Cloud jsonPayload field", ("jsonPayload",)),
    Envelope("Google Cloud textPayload field", ("textPayload",)),
    Envelope("Elasticsearch hits", ("hits", "hits")),
    Envelope("Elasticsearch _source field", ("_source",)),
    Envelope("Datadog attributes", ("attributes", "attributes")),
    Envelope("Datadog attributes", ("attributes",), ("service", "_id", "ddsource", "tags")),
    Envelope("Datadog message", ("attributes", "message")),
    Envelope("Datadog content", ("content",)),
    Envelope("Splunk _raw field", ("result", "_raw")),
    Envelope("Splunk _raw field", ("_raw",)),
    Envelope("GELF short_message field", ("short_message",)),
    Envelope("GELF full_message field", ("full_message",)),
    Envelope("OpenTelemetry log batch", ("resourceLogs",)),
    Envelope("OpenTelemetry log batch", ("scopeLogs",)),
    Envelope("OpenTelemetry log batch", ("logRecords",)),
    Envelope("OpenTelemetry log body", ("body", "stringValue")),
    Envelope("OpenTelemetry log body", ("body",)),
    Envelope("Azure records", ("records",)),
    Envelope("LiteLLM metadata.spend_logs_metadata", ("metadata", "spend_logs_metadata")),
    *(
        Envelope(f"{key} field", (key,))
        for key in (
            "message", "msg", "line", "event", "text", "data", "payload", "record", "properties",
            "fields", "attributes", "decision", "zumik", "log_line", "log_processed", "extra",
            "metadata", "spend_logs_metadata",
        )
    ),
)  # fmt: skip


COLUMNS = frozenset({*(envelope.inside[0] for envelope in ENVELOPES), *_TIMES})
"""The columns of a table that may hold a whole entry, and its time."""


class _Way(NamedTuple):
    """How an inner value was reached."""

    opened: tuple[str, ...] = ()
    at: datetime | None = None

    def through(self, name: str, at: datetime | None = None) -> _Way:
        """The way on through one more envelope; "" adds nothing."""
        return _Way((*self.opened, name) if name else self.opened, at or self.at)


def unwrapped(
    entry: Entry, form: LogFormat | None = None, size: int = 0
) -> Iterator[Entry | UnreadEntry]:
    """The entries of a known format in an entry; the entry itself where it carries none.

    `form` is the format that is looked for; without it any that is known is. `size` is the length
    of the entry's text, where it was one.
    """
    found = _Opening(entry, form)
    inner = found.of_value(entry.document, _Way(entry.opened, entry.at), size)
    if not inner:
        yield UnreadEntry(entry.place, found.fault) if found.fault else entry
        return
    parts = len(inner) > 1 and not entry.place.part
    for number, item in enumerate(inner, 1):
        yield item._replace(place=item.place._replace(part=number)) if parts else item


def unwrapped_text(entry: Entry, form: LogFormat | None, why: str) -> Iterator[Entry | UnreadEntry]:
    """The entries in a text that is no JSON by itself, and says `why`; the document is the text."""
    found = _Opening(entry, form)
    inner = found.of_text(entry.document.value, _Way(entry.opened, entry.at))
    if found.fault and not why.startswith(found.fault):
        why = found.fault
    yield from inner or [UnreadEntry(entry.place, why)]


class _Opening:
    """One entry while it is opened. `fault` is the first reason why an inner text is no JSON."""

    def __init__(self, entry: Entry, form: LogFormat | None) -> None:
        self._form = form
        self._place = entry.place
        self._left = _MAX_OPENINGS
        self._lists: set[int] = set()
        self.fault: str | None = None

    def of_value(
        self, document: ForeignJson, way: _Way, size: int = 0
    ) -> list[Entry | UnreadEntry]:
        """What a value carries. `size` is the length of its text, where it comes from one."""
        value = document.value
        form = self._format_of(value)
        if form is not None:
            if form is ZUMIK and size > MAX_LINE_BYTES:
                return [UnreadEntry(self._place, too_long(size))]
            return [Entry(self._place, document, *way)]
        self._left -= 1
        if len(way.opened) >= MAX_DEPTH or self._left < 0:
            return []
        if isinstance(value, str):
            return self.of_text(value, way.through("escaped text") if size else way)
        if isinstance(value, list):
            return self._of_list(document, way)
        if isinstance(value, dict):
            return self._of_object(document, way)
        return []

    def _format_of(self, value: object) -> LogFormat | None:
        if self._form is None:
            return recognised(value)
        return self._form if isinstance(value, dict) and has_marks(value, self._form) else None

    def of_text(self, text: str, way: _Way) -> list[Entry | UnreadEntry]:
        """What a text carries: JSON, also behind a prefix or escaped."""
        for name, inner, at in json_inside(text):
            inside = way.through(name, at)
            try:
                document = foreign_json_of_text(inner)
            except MalformedJson as error:
                self.fault = self.fault or _within(inside.opened, error.message)
                continue
            if found := self.of_value(document, inside, len(inner.encode("utf-8", "replace"))):
                return found
        return []

    def _of_list(self, document: ForeignJson, way: _Way) -> list[Entry | UnreadEntry]:
        if _is_byte_array(document.value):
            return self.of_text(bytes(document.value).decode("utf-8", "replace"), way)
        if id(document.value) not in self._lists:
            self._lists.add(id(document.value))
            self._left += _OPENINGS_PER_ITEM * len(document.value)
        found: list[Entry | UnreadEntry] = []
        is_known = False
        for at, value in _items(document.value):
            self.fault, fault = None, self.fault
            item, item_way = document.within(value), way.through("", at)
            entries = self.of_value(item, item_way)
            is_known = is_known or bool(entries)
            # An item that carries nothing counts as unread, beside others that carry a call.
            found += entries or [
                UnreadEntry(self._place, self.fault)
                if self.fault
                else Entry(self._place, item, *item_way)
            ]
            self.fault = fault or self.fault
        return found if is_known else []

    def _of_object(self, document: ForeignJson, way: _Way) -> list[Entry | UnreadEntry]:
        value: dict[str, Any] = document.value
        at = None
        for envelope in ENVELOPES:
            if envelope.beside and not any(key in value for key in envelope.beside):
                continue
            found, twice, inner = _at_path(document, envelope.inside)
            if not found or not isinstance(inner, str | list | dict):
                continue
            at = at or _time_of(value)
            entries = self.of_value(document.within(inner), way.through(envelope.name, at))
            if entries and twice:
                return [UnreadEntry(self._place, f"has the key '{twice}' twice")]
            if entries:
                return entries
        return []


def too_long(size: int) -> str:
    """Why a line of zumik's that is too long is not read: as the line reader says it."""
    return f"the line has {size:,} bytes, more than the {MAX_LINE_BYTES:,} that are read"


def _within(opened: tuple[str, ...], message: str) -> str:
    return f"{message}, in the {' in the '.join(reversed(opened))}" if opened else message


def _at_path(document: ForeignJson, path: tuple[str, ...]) -> tuple[bool, str | None, object]:
    """Whether a path is there, a key of it that stands twice, and what is at it."""
    value, twice = document.value, None
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return False, None, None
        if key in document.twice.get(id(value), ()):
            twice = key
        value = value[key]
    return True, twice, value


def _time_of(value: Mapping[str, Any]) -> datetime | None:
    for key in _TIMES:
        if key in value and (at := moment_of_log(value[key])) is not None:
            return at
    return None


def _is_byte_array(value: list[Any]) -> bool:
    """Whether a list is the bytes of a text, as journald writes one that is not UTF-8."""
    return bool(value) and all(type(item) is int and 0 <= item < 256 for item in value)


def _items(values: list[Any]) -> Iterator[tuple[datetime | None, Any]]:
    """The items of a list, each with its time where the list pairs the two."""
    if values and all(_is_field(item) for item in values):
        # One row of a CloudWatch query is a list of its fields.
        row = {item["field"]: item["value"] for item in values}
        yield _time_of(row), row
        return
    for item in values:
        # Loki pairs a line with its time in nanoseconds.
        if isinstance(item, list) and len(item) in (2, 3) and isinstance(item[1], str):
            yield moment_of_log(item[0]), item[1]
        else:
            yield None, item


def _is_field(item: object) -> bool:
    return isinstance(item, dict) and "value" in item and isinstance(item.get("field"), str)
