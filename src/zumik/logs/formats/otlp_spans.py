"""Spans of OpenTelemetry: a batch as OTLP writes it in JSON, taken apart into its spans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zumik.core.basics.foreign_json import ForeignJson


def is_batch(document: ForeignJson) -> bool:
    """Whether an object is a batch, and no single span."""
    return "resourceSpans" in document.value or "resource_spans" in document.value


def spans_of(document: ForeignJson) -> Iterator[ForeignJson]:
    """Each span of a batch."""
    for resource in _objects(document.value, "resourceSpans", "resource_spans"):
        for scope in _objects(resource, "scopeSpans", "scope_spans", "instrumentationLibrarySpans"):
            for span in _objects(scope, "spans"):
                yield plain_span(document.within(span))


def _objects(around: dict[str, Any], *names: str) -> Iterator[dict[str, Any]]:
    for name in names:
        items = around.get(name)
        if isinstance(items, list):
            yield from (item for item in items if isinstance(item, dict))


def plain_span(document: ForeignJson) -> ForeignJson:
    """A span whose attributes are one object; OTLP lists them."""
    span = document.value
    listed = span.get("attributes")
    if not isinstance(listed, list):
        return document
    attributes: dict[str, Any] = {}
    again: set[str] = set()
    for item in listed:
        if isinstance(item, dict) and isinstance(key := item.get("key"), str):
            if key in attributes:
                again.add(key)
            attributes[key] = _plain(item.get("value"))
    twice = {**document.twice, id(attributes): frozenset(again)} if again else document.twice
    return ForeignJson({**span, "attributes": attributes}, twice, [document.kept, attributes])


def _plain(value: object) -> Any:
    """What an attribute's value says; its whole numbers are texts in JSON, and stay so."""
    if not isinstance(value, dict):
        return value
    for kind in ("stringValue", "intValue", "doubleValue", "boolValue"):
        if kind in value:
            return value[kind]
    if isinstance(items := value.get("arrayValue"), dict):
        return [_plain(item) for item in items.get("values") or ()]
    if isinstance(items := value.get("kvlistValue"), dict):
        return {
            item["key"]: _plain(item.get("value"))
            for item in items.get("values") or ()
            if isinstance(item, dict) and isinstance(item.get("key"), str)
        }
    return None
