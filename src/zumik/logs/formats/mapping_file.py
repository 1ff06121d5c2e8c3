"""A format of the user's own: a file that maps the fields of a log, with the keys of the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from zumik.bounded_file import read_bounded
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.findings import Invalid, has_errors
from zumik.core.traffic.logged_call import Place, UnreadEntry
from zumik.logs.formats.entry_values import EntryValues
from zumik.logs.formats.log_format import (
    Condition,
    FieldSource,
    KeyPath,
    LogFormat,
    MappedPath,
    Outcome,
    Sources,
)

MAX_MAPPING_BYTES = 256 * 1024

_VALUES = (
    "served",
    "called",
    "at",
    "input_tokens",
    "output_tokens",
    "cached_tokens",
    "reasoning_tokens",
    "cost_usd",
    "seconds",
    "first_token_seconds",
    "error",
    "call_id",
    "number",
)
_ANY = ("*",)


def read_mapping(path: Path) -> LogFormat:
    """The format that a YAML or JSON file describes.

    Raises CannotRun where it cannot be read, and Invalid with every finding in it.
    """
    # Imported here because only a person's own format needs YAML and the schema.
    from zumik.yaml_text.reader import read_yaml
    from zumik.yaml_text.schema_check import check_shape

    reading = read_yaml(str(path), read_bounded(path, MAX_MAPPING_BYTES))
    document, findings = reading.document, list(reading.findings)
    if document is not None:
        findings += check_shape(document, "log-format")
    if document is None or has_errors(findings):
        raise Invalid(
            f"{neutral(str(path))} is not a log format",
            findings,
            hint="it maps the fields of a log, as schemas/log-format.schema.json describes",
        )
    form = _format(document.value)
    mapped = tuple(
        MappedPath(field, paths, Place(str(path), document.locate((field,), key=True).line or 0))
        for field, paths in _paths_of(form)
        if all(paths)
    )
    return form._replace(mapped=mapped)


def _format(value: Any) -> LogFormat:
    """The mapping of a file that its schema accepts."""
    fields: dict[str, Any] = {field: _sources(value[field]) for field in _VALUES if field in value}
    form = LogFormat(
        name=value["name"],
        writer=value.get("writer", value["name"]),
        entries=_path(value.get("entries", ())),
        calls=tuple(map(_condition, value.get("calls") or ())),
        python=_paths(value.get("python")),
        decision=_paths(value.get("decision")),
        outcomes=tuple(
            Outcome(_condition(each), each["failed"]) for each in value.get("outcomes") or ()
        ),
        **fields,
    )
    marks = _paths(value.get("marks"))
    return form._replace(marks=(marks,) if marks else _own_marks(form))


def _own_marks(form: LogFormat) -> tuple[tuple[KeyPath, ...], ...]:
    """Marks of a mapping that names none: an entry has at least one of the keys that it maps."""
    paths = [path for _, paths in _paths_of(form) for path in paths]
    first = dict.fromkeys(path[0] if path else "requested_model" for path in paths)
    return tuple(((key,),) for key in first)


def _path(value: Any) -> KeyPath:
    return (value,) if isinstance(value, str) else tuple(value)


def _paths(value: Any) -> tuple[KeyPath, ...]:
    return tuple(map(_path, value or ()))


def _condition(value: Any) -> Condition:
    path = _path(value["path"])
    if "is_not" in value and "is" not in value:
        return Condition(path, _words(value["is_not"]), is_not=True)
    return Condition(path, _words(value.get("is", _ANY)))


def _words(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)


def _sources(value: Any) -> Sources:
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return tuple(map(_source, value))
    return (_source(value),)


def _source(value: Any) -> FieldSource:
    if not isinstance(value, dict):
        return FieldSource(_path(value))
    return FieldSource(
        path=_path(value["path"]),
        unit=value.get("unit", ""),
        since=_path(value.get("since", ())),
        before=_path(value.get("before", ())),
        plus=_paths(value.get("plus")),
        minus=_paths(value.get("minus")),
        under=_path(value.get("under", ())),
        where=tuple(map(_condition, value.get("where") or ())),
    )


def _paths_of(form: LogFormat) -> Iterator[tuple[str, tuple[KeyPath, ...]]]:
    """The paths of each field of a mapping, of which some entry should have one."""
    yield "decision", form.decision
    yield "outcomes", tuple(outcome.condition.path for outcome in form.outcomes)
    for field in _VALUES:
        sources: Sources = getattr(form, field)
        yield field, tuple(source.path for source in sources)
        yield field, tuple(source.since for source in sources if source.since)


class UnseenPaths:
    """The paths of a mapping that no entry had so far: most of them are slips of the mapping."""

    def __init__(self, form: LogFormat | None) -> None:
        self._unseen = [each for each in form.mapped if each.paths] if form else []
        self._entries = 0

    def look(self, values: EntryValues) -> None:
        """Take off the list what an entry has."""
        self._entries += 1
        if self._unseen:
            self._unseen = [each for each in self._unseen if not any(map(values.leads, each.paths))]

    def join(self, other: UnseenPaths) -> None:
        """Take off the list what entries had that another one was shown."""
        self._entries += other._entries
        self._unseen = [each for each in self._unseen if each in other._unseen]

    def listed(self) -> Iterator[UnreadEntry]:
        """What is wrong with the mapping, at its place there; nothing where there was no entry."""
        for each in self._unseen if self._entries else ():
            keys = " or ".join(shown(" > ".join(path)) for path in each.paths)
            why = f"{each.field}: no entry has the key {keys}"
            yield UnreadEntry(each.place, why, is_whole=True)
