"""The keys that resolver 1 reads: what came after it cannot be in a release that it made.

The readers of facts and policy know every key. A release of resolver 1 with a later one would be
resolved as if the key said nothing, so it is refused by the name of the key. Those of a figure may
be there: its standard error or its run say nothing that resolver 1 would have decided otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zumik.core.basics.field_readers import UnknownKey, unexpected
from zumik.core.basics.findings import Path

_RATES = frozenset(
    (
        "input",
        "output",
        "cache_read",
        "cache_write",
        "batch_input",
        "batch_output",
        "batch_cache_read",
    )
)
_TIER = _RATES | {"above_input_tokens"}
_PRICE = _RATES | {"tiers", "also_charged", "source", "observed_on"}
_MODEL = frozenset(
    (
        "revision",
        "pinned",
        "owned_by",
        "released_on",
        "retires_on",
        "open_weights",
        "upstream",
        "limits",
        "input",
        "capabilities",
        "price",
        "metrics",
        "variant_of",
        "source",
        "observed_on",
        "sources",
        "note",
        "confidential",
    )
)
_WORKLOAD = frozenset(("input_tokens", "output_tokens", "cached_input", "tier"))
_SERVICES = ("standard", "batch")
_REQUIRE = frozenset(
    (
        "capabilities",
        "input",
        "limits",
        "measures",
        "price",
        "open_weights",
        "floating_allowed",
        "outlives_days",
    )
)

_Tree = Mapping[str, Any]


def refuse_later_keys(release: _Tree) -> None:
    """Refuse a release of resolver 1 that was read, and holds what only a later one reads.

    `release` is its JSON. Raises UnknownKey with the path of the key, Malformed for a later value.
    """
    for name, model in release["models"].items():
        path: Path = ("models", name)
        _refuse(model, _MODEL, path)
        price = model.get("price", {})
        _refuse(price, _PRICE, (*path, "price"))
        for place, tier in enumerate(price.get("tiers", ())):
            _refuse(tier, _TIER, (*path, "price", "tiers", place))
    for name, alias in release["aliases"].items():
        _refuse_policy(alias["policy"], ("aliases", name, "policy"))


def _refuse_policy(policy: _Tree, path: Path) -> None:
    workload = policy.get("workload", {})
    _refuse(workload, _WORKLOAD, (*path, "workload"))
    if workload.get("tier", "standard") not in _SERVICES:
        where = (*path, "workload", "tier")
        raise unexpected(workload["tier"], f"one of {', '.join(_SERVICES)}", where)
    _refuse(policy.get("require", {}), _REQUIRE, (*path, "require"))
    for place, within in _bands(policy):
        if within == "error":
            raise unexpected(within, "a number", (*path, "prefer", place, "within"))


def _bands(policy: _Tree) -> Iterator[tuple[int, object]]:
    for place, preference in enumerate(policy["prefer"]):
        if isinstance(preference, dict):
            yield place, preference.get("within")


def _refuse(tree: _Tree, known: frozenset[str], path: Path) -> None:
    if not tree.keys() <= known:
        raise UnknownKey((*path, min(tree.keys() - known)))
