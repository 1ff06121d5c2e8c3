"""The days on which a model retires or changes its price, by the catalog's text of now.

`resolve` warns of a model that has retired, and loading PyYAML would take longer than the rest of
it: the text is read here without a YAML reader. The strict reader allows no anchors, tags or second
document, so that a key is where it seems to be. What is not in the catalog is as the newest release
that knows it has it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache

from zumik.core.basics.names import ModelId
from zumik.core.basics.tree import FILE
from zumik.core.facts.catalog import Model
from zumik.errors import ZumikError
from zumik.workspace.store import Store

_MOST = 16 * 1024 * 1024

_PROVIDER = re.compile(r"""^(["']?)provider\1\s*:\s*(["']?)([^"'#\s]+)\2""", re.MULTILINE)

# Where a key can be: at the beginning of a line, or in a flow mapping after its brace or a comma.
_KEY = r"""(?:^[\s-]*|[{,]\s*)(["']?)(?:%s)\1\s*:"""
_DAY = r"""\s*(["']?)(\d{4}-\d{2}-\d{2})\2(?=[\s,}]|$)"""
_ENDS = re.compile(_KEY % "retires_on|not_served_since" + _DAY, re.MULTILINE)
_BEGINS = re.compile(_KEY % "from" + _DAY, re.MULTILINE)
_DATED = re.compile(_KEY % "dated", re.MULTILINE)


def retirement_days(store: Store) -> Callable[[ModelId], date | None]:
    """The first day on which a model is not served; None where no day is announced."""
    texts = _catalog_texts(store)

    @cache
    def ends_on(model: ModelId) -> date | None:
        entry = _entry_of(texts, model)
        if entry is not None:
            return min(_days(_ENDS, entry), default=None)
        known = _as_frozen(store, model)
        return known.ends_on if known is not None else None

    return ends_on


def price_days(store: Store) -> Callable[[ModelId], list[date]]:
    """The days from which dated prices of a model hold, in their order."""
    texts = _catalog_texts(store)

    def begins(model: ModelId) -> list[date]:
        entry = _entry_of(texts, model)
        if entry is not None:
            start = _DATED.search(entry)
            return sorted(_days(_BEGINS, _inside(entry[start.end() :]))) if start else []
        known = _as_frozen(store, model)
        dated = known.price.dated if known is not None and known.price is not None else ()
        return sorted(price.effective_from for price in dated if price.effective_from)

    return begins


def _entry_of(texts: dict[str, str], model: ModelId) -> str | None:
    """The lines of a model, or of the model that it is a variant of: it is served like that."""
    provider, _, name = model.partition("/")
    for whole in (name, name.rpartition(":")[0]):
        entry = _entry(texts.get(provider, ""), whole) if whole else None
        if entry is not None:
            return entry
    return None


def _inside(text: str) -> str:
    """A list as far as its bracket closes; one in block style to the end of the entry.

    A text in quotes may hold a bracket, which only lets another `from` of the entry in.
    """
    if not text.lstrip().startswith("["):
        return text
    depth = 0
    for place, character in enumerate(text):
        depth += {"[": 1, "]": -1}.get(character, 0)
        if depth == 0 and character == "]":
            return text[:place]
    return text


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


def _days(pattern: re.Pattern[str], entry: str) -> list[date]:
    found = []
    for match in pattern.finditer(entry):
        try:
            found.append(date.fromisoformat(match[3]))
        except ValueError:
            continue
    return found


def _as_frozen(store: Store, model: ModelId) -> Model | None:
    try:
        for release in reversed(list(store.releases)):
            known = store.release(release).models.get(model)
            if known is not None:
                return known
    except ZumikError:
        return None
    return None
