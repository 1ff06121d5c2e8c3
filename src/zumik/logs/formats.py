"""The formats of logs: for each writer, how it is recognised and where it keeps our fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class LogFormat(NamedTuple):
    """What one writer's entries look like. (The paths and units of each field follow.)"""

    name: str
    """As `--log-format` takes it."""
    marks: tuple[tuple[str, ...], ...]
    """Paths of keys that only this format has, all of them. A path is a tuple: keys have dots."""


ZUMIK = LogFormat("zumik", (("requested_model",),))

FORMATS = (ZUMIK,)


def recognised(value: object) -> LogFormat | None:
    """The format of an entry, by its content; None where no format here is like it."""
    if not isinstance(value, Mapping):
        return None
    for form in FORMATS:
        if all(_has(value, path) for path in form.marks):
            return form
    return None


def _has(value: Any, path: tuple[str, ...]) -> bool:
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return False
        value = value[key]
    return True
