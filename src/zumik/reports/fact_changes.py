"""What changed of facts and policies in words and units, gathered so that a long list can be read.

A price sheet that becomes known changes hundreds of values; a reviewer reads it by kind, one line a
model, and models that changed alike together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.names import ModelId
from zumik.core.facts.policy import ERROR, LISTED, SHARES
from zumik.core.facts.price import RATES
from zumik.core.reviews.changes import (
    CHANGED,
    CORRECTION,
    FIRST_KNOWN,
    NO_LONGER_KNOWN,
    Changes,
    FieldChange,
    ModelChange,
)
from zumik.reports import sentences
from zumik.reports.text import figure, rounded, safe, share, value_to_text

KINDS = (
    "revision",
    "upstream",
    "lifecycle",
    "price",
    "limit",
    "capability",
    "metric",
    "other",
)
"""Kinds of facts, in the order in which a reviewer should meet them."""

_TITLES = {
    "revision": "Revisions",
    "lifecycle": "Lifecycle",
    "price": "Prices, in USD per million tokens",
    "limit": "Limits, in tokens",
    "capability": "Capabilities and input",
    "metric": "Metrics",
    "other": "Other facts",
}
_HOW = (CORRECTION, CHANGED, NO_LONGER_KNOWN, FIRST_KNOWN)
_PREFIXES = ("limits.", "metrics.", "policy.")
_SHARES = ("incumbent_margin", "within", *SHARES)
MAX_LISTED = 8
"""How many names a line lists before it counts the others."""


class FactRow(NamedTuple):
    """What changed alike, in one way, of one or more models; `answers` if one of them answers."""

    models: tuple[ModelId, ...]
    how: str
    values: tuple[str, ...]
    answers: bool

    @property
    def way(self) -> str:
        """How it came about, in words."""
        return self.how.replace("_", " ")


def title(kind: str) -> str:
    """The heading over facts of a kind."""
    return _TITLES.get(kind, kind.capitalize())


def fact_rows(
    changes: Changes, answering: frozenset[ModelId], units: Mapping[str, str]
) -> dict[str, list[FactRow]]:
    """The facts that changed, by kind; of models that answer first, then corrections first."""
    found: dict[tuple[str, str, tuple[str, ...], bool], list[ModelId]] = {}
    for change in changes.models:
        for (kind, how), values in values_by_kind(change, units).items():
            key = kind, how, values, change.model in answering
            found.setdefault(key, []).append(change.model)
    rows: dict[str, list[FactRow]] = {}
    for (kind, how, values, answers), models in found.items():
        rows.setdefault(kind, []).append(FactRow(tuple(models), how, values, answers))
    return {
        kind: sorted(rows[kind], key=lambda row: (not row.answers, _HOW.index(row.how), row.models))
        for kind in KINDS
        if kind in rows
    }


def values_by_kind(
    change: ModelChange, units: Mapping[str, str]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The facts of one model that changed, by kind and how; `upstream` is shown on its own."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for field in change.fields:
        if field.kind in KINDS and field.kind != "upstream":
            grouped.setdefault((field.kind, field.how), []).extend(fact_to_text(field, units))
    return {key: tuple(values) for key, values in grouped.items()}


def models_to_text(models: Sequence[ModelId]) -> str:
    """Models by name, and variants right after their model by what sets them apart."""
    parts: list[str] = []
    base = ""
    for model in models:
        if base and model.startswith(f"{base}:"):
            parts.append(model.removeprefix(base))
        else:
            base = model
            parts.append(model)
    return listed(parts)


def listed(parts: Sequence[str], most: int = MAX_LISTED) -> str:
    """Some names in one line, and how many more there are."""
    more = f" and {len(parts) - most} more" if len(parts) > most else ""
    return ", ".join(parts[:most]) + more


def fact_to_text(field: FieldChange, units: Mapping[str, str]) -> list[str]:
    """One fact that changed, a text for each value: `input $5 → $4 (-20 %)`."""
    if field.path.endswith(".tiers"):
        found = _tier_changes(field.before, field.after).items()
        bounds = {**_tier_bounds(field.before), **_tier_bounds(field.after)}
        texts = [f"{bounds[above]} tokens {', '.join(rates)}" for above, rates in found]
        of = _price_label(field.path.removeprefix("price.").removesuffix("tiers").rstrip("."))
        named = [f"{of} {text}" for text in texts] if of else texts
        return named or ["the same tiers, written otherwise"]
    name = _label(field.path)
    unit = units.get(name, "") if field.kind == "metric" else ""
    kind = "other" if name.endswith("basis") else field.kind
    return [_change(name, kind, field.before, field.after, unit)]


def upstream_to_text(field: FieldChange) -> str:
    """What a provider is asked for, before and after, in full."""
    before, after = (
        "unset" if value is None else value_to_text(value) for value in (field.before, field.after)
    )
    return safe(f"{field.path}: {before} → {after}")


def policy_to_text(field: FieldChange) -> str:
    """One part of a policy that changed, in words."""
    before, after = field.before, field.after
    said = sentences.deprecation_change(field.path, before, after)
    if said is not None:
        return said
    name = _label(field.path)
    if _texts(before) and _texts(after):
        assert isinstance(before, list)
        assert isinstance(after, list)
        if sorted(before) == sorted(after):
            return safe(f"{name}: in another order, {listed(after)}")
        return f"{safe(name)}: {_list_change(before, after)}"
    was, now = (_policy_value(name, value) for value in (before, after))
    return safe(f"{name}: {was} → {now}")


def _change(name: str, kind: str, before: object, after: object, unit: str = "") -> str:
    if before is None:
        return safe(f"{name} {_value(kind, after, unit)}")
    if after is None:
        return safe(f"{name} (was {_value(kind, before, unit)})")
    if isinstance(before, list) and isinstance(after, list):
        said = f"{safe(name)} {_list_change(before, after)}"
        return f"{said}; now {safe(value_to_text(after))}" if kind == "capability" else said
    text = f"{name} {_value(kind, before, unit)} → {_value(kind, after, unit)}"
    return safe(text + (_relative(before, after) if kind == "price" else ""))


def _relative(before: object, after: object) -> str:
    first, second = Fraction(str(before)), Fraction(str(after))
    if not first:
        return ""
    return f" ({'+' if second > first else ''}{rounded((second - first) / first * 100)} %)"


def _value(kind: str, value: object, unit: str) -> str:
    if kind == "price" and isinstance(value, str):
        return f"${value}"
    if kind == "metric" and isinstance(value, str):
        return figure(Fraction(value), unit)
    return value_to_text(value)


def _list_change(before: Sequence[object], after: Sequence[object]) -> str:
    """What came into a list and what went: `added pdf; removed audio`."""
    came = [str(item) for item in after if item not in before]
    went = [str(item) for item in before if item not in after]
    parts = [f"added {listed(came)}"] if came else []
    parts += [f"removed {listed(went)}"] if went else []
    return safe("; ".join(parts) or "in another order")


def _tier_changes(before: object, after: object) -> dict[int, list[str]]:
    """What changed of the rates above each number of input tokens."""
    old, new = _tier_rates(before), _tier_rates(after)
    found: dict[int, list[str]] = {}
    for above, rate in sorted({*old, *new}):
        was, now = old.get((above, rate)), new.get((above, rate))
        if was != now:
            text = _change(rate, "price", was, now)
            if old and was is None:
                text = f"{rate} unknown → {_value('price', now, '')}"
            found.setdefault(above, []).append(safe(text))
    return found


def _tier_rates(tiers: object) -> dict[tuple[int, str], object]:
    return {
        (tier.get("above_input_tokens", tier.get("from_input_tokens", 0) - 1), rate): value
        for tier in (tiers if isinstance(tiers, list) else [])
        for rate, value in tier.items()
        if rate in RATES
    }


def _tier_bounds(tiers: object) -> dict[int, str]:
    """`above 200,000`, or `from 200,000` where it is written so, by the tokens that it is above."""
    found: dict[int, str] = {}
    for tier in tiers if isinstance(tiers, list) else []:
        first = tier.get("from_input_tokens")
        above = tier["above_input_tokens"] if first is None else first - 1
        found[above] = f"above {above:,}" if first is None else f"from {first:,}"
    return found


def _price_label(path: str) -> str:
    """A part of a price in words: `flex input from 2027-01-01`, `fee for search`."""
    words = path.split(".")
    dated = ""
    if words[0] == "dated" and len(words) > 1:
        dated, words = f" from {words[1]}", words[2:]
    if words and words[0] == "services":
        words = words[1:]
    if words and words[0] == "fees" and len(words) > 1:
        words = ["fee for", words[1]]
    return f"{' '.join(words)}{dated}".strip()


def _label(path: str) -> str:
    if path.startswith("price."):
        return _price_label(path.removeprefix("price."))
    for prefix in _PREFIXES:
        if path.startswith(prefix):
            return path.removeprefix(prefix)
    return path


def _band(within: object) -> str:
    return "the standard error" if within == ERROR else share(Fraction(str(within)))


def _texts(value: object) -> bool:
    return (
        isinstance(value, list)
        and all(isinstance(item, str) for item in value)
        and value != [LISTED]
    )


def _policy_value(name: str, value: object) -> str:
    if value is None:
        return "unset"
    if name.rsplit(".", 1)[-1] == "prefer" and isinstance(value, list):
        return ", then ".join(map(_preference, value))
    if name.rsplit(".", 1)[-1] in _SHARES and isinstance(value, str):
        return _band(value)
    if isinstance(value, list):
        return listed([value_to_text(item) for item in value])
    if isinstance(value, dict):
        return listed([f"{path} {found}" for path, found in _flat(value)]) or "none"
    return value_to_text(value)


def _flat(tree: Mapping[str, object], at: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{at}{key}.")
        else:
            yield f"{at}{key}", _policy_value(key, value)


def _preference(item: object) -> str:
    if not isinstance(item, dict):
        return "first in the list"
    within = f" within {_band(item['within'])} of the best" if "within" in item else ""
    if "minimize" in item:
        return f"lowest {item['minimize']}{within}"
    return f"highest {item['maximize']}{within}"
