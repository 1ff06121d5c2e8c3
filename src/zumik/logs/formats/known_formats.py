"""The formats of logs that zumik knows: the table as a whole, and which of it an entry is.

What each format has is shown in schemas/LOG-FORMATS.md, from real and documented samples.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import shown
from zumik.errors import UsageError
from zumik.logs.formats.gateway_formats import (
    ENVOY,
    LITELLM,
    OPENROUTER,
    OPENROUTER_ACTIVITY,
    PORTKEY,
    SEMANTIC_ROUTER,
    SPEND_LOGS,
    ZUMIK,
)
from zumik.logs.formats.log_format import KeyPath, LogFormat
from zumik.logs.formats.observer_formats import (
    BEDROCK,
    DATADOG,
    HELICONE,
    LANGFUSE,
    LANGFUSE_BATCH,
    OPENTELEMETRY,
)

FORMATS: tuple[LogFormat, ...] = (
    ZUMIK,
    SPEND_LOGS,
    LITELLM,
    OPENTELEMETRY,
    ENVOY,
    LANGFUSE,
    LANGFUSE_BATCH,
    HELICONE,
    PORTKEY,
    OPENROUTER,
    OPENROUTER_ACTIVITY,
    SEMANTIC_ROUTER,
    DATADOG,
    BEDROCK,
)
"""In the order in which an entry is compared with them: the ones with the surest marks first."""

_WRAPPED = tuple(form for form in FORMATS if form.entries)


def recognised(value: object) -> LogFormat | None:
    """The format of an entry, by its content; None where no format here is like it."""
    for form in FORMATS:
        if has_marks(value, form):
            return form
    for form in _WRAPPED:
        wrapped = wrapped_entries(value, form)
        first = wrapped[0] if wrapped and isinstance(wrapped, list) else wrapped
        if first and has_marks(first, form):
            return form
    return None


def has_marks(value: object, form: LogFormat) -> bool:
    """Whether an entry has the keys that mark the format; a format without marks takes any."""
    # Plain loops, because an entry may be compared with a dozen formats.
    for group in form.marks:
        for path in group:
            if not _has(value, path):
                break
        else:
            return True
    return not form.marks


def wrapped_entries(value: object, form: LogFormat) -> list[Any] | dict[str, Any] | None:
    """The entries that an object wraps around, as a page of an API does, or its one entry.

    None for what is an entry itself.
    """
    if not form.entries or (form.marks and has_marks(value, form)):
        return None
    for key in form.entries:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, list):
        return [each for each in value if isinstance(each, dict)]
    return value if isinstance(value, dict) else None


def _has(value: Any, path: KeyPath) -> bool:
    for key in path:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


_SUFFIXES = (".yaml", ".yml", ".json")


def log_format_named(text: str) -> LogFormat:
    """The format that `--log-format` names: one of the table, or a file that maps the fields.

    Raises UsageError, CannotRun and Invalid.
    """
    names = {form.name: form for form in FORMATS}
    if text in names:
        return names[text]
    path = Path(text)
    if path.suffix in _SUFFIXES or path.is_file():
        # Imported here because only a person's own format needs YAML and its schema.
        from zumik.logs.formats.mapping_file import read_mapping

        return read_mapping(path)
    every = ", ".join(sorted(names))
    hint = did_you_mean(text, names, f"one of {every}; or a YAML file that maps the fields")
    raise UsageError(f"no log format {shown(text)}", hint=hint)
