"""The day on which a model retires, by the catalog's text as it is now, without a YAML reader.

`resolve` warns of a model that has retired, and loading PyYAML would take longer than the rest of
it. The strict reader allows no anchors, tags or second document, so that a key is where it seems to
be. What is not in the catalog is as the newest release that knows it has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache

from zumik.core.basics.names import ModelId
from zumik.core.basics.tree import FILE
from zumik.errors import ZumikError
from zumik.workspace.store import Store

_MOST = 16 * 1024 * 1024

_PROVIDER = re.compile(r"""^(["']?)provider\1\s*:\s*(["']?)([^"'#\s]+)\2""", re.MULTILINE)

# Where a key can be: at the beginning of a line, or in a flow mapping after its brace or a comma.
_RETIRES = re.compile(
    r"""(?:^\s*|[{,]\s*)(["']?)retires_on\1\s*:\s*(["']?)(\d{4}-\d{2}-\d{2})\2(?=[\s,}]|$)""",
    re.MULTILINE,
)


def retirement_days(store: Store) -> Callable[[ModelId], date | None]:
    """When a model retires; None where no day is announced."""
    texts = _catalog_texts(store)

    @cache
    def retires_on(model: ModelId) -> date | None:
        # A variant is served as its model is.
        provider, _, name = model.partition("/")
        for whole in (name, name.rpartition(":")[0]):
            entry = _entry(texts.get(provider, ""), whole) if whole else None
            if entry is not None:
                found = _RETIRES.search(entry)
                return _day(found[3]) if found else None
        return _as_frozen(store, model)

    return retires_on


def _catalog_texts(store: Store) -> dict[str, str]:
    """The text of the catalog by provider; what cannot be read is left to `zumik validate`."""
    found: dict[str, str] = {}
    try:
        for name, kind in store.tree.entries("catalog").items():
            if name.endswith(".yaml") and kind == FILE:
                text = store.tree.read(f"catalog/{name}", _MOST).decode("utf-8", "replace")
                provider = _PROVIDER.search(text)
                if provider is not None:
                    found[provider[3]] = text
    except ZumikError:
        return found
    return found


def _entry(text: str, name: str) -> str | None:
    """The lines of one model: its key, and all that is indented below it, without comments."""
    key = re.compile(rf"""^( +)(["']?){re.escape(name)}\2\s*:(?=\s|$)""", re.MULTILINE)
    start = key.search(text)
    if start is None:
        return None
    first, *rest = text[start.end() :].splitlines() or [""]
    lines, indent = [first], len(start[1])
    for line in rest:
        depth = len(line) - len(line.lstrip())
        if line.strip() and not line.lstrip().startswith("#") and depth <= indent:
            break
        lines.append(line)
    return "\n".join(re.sub(r"(^|\s)#.*", "", line) for line in lines)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _as_frozen(store: Store, model: ModelId) -> date | None:
    try:
        for release in reversed(list(store.releases)):
            known = store.release(release).models.get(model)
            if known is not None:
                return known.retires_on
    except ZumikError:
        return None
    return None
