"""What differs between a price and the one that takes its place: changes, and edits for the file.

Value by value, so that what people wrote beside the others stays where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.findings import Path
from zumik.core.facts.price import RATES, UNKNOWN_ORIGIN, Price, Tier
from zumik.core.reviews.changes import FieldChange
from zumik.core.reviews.import_changes import Edit
from zumik.sources.price_trees import fee_tree, number, service_tree, tier_trees


def price_changes(known: Price, target: Price) -> tuple[list[FieldChange], list[Edit]]:
    """The values that differ between two prices, but for dated prices and other charges."""
    changes, edits = _table_changes(
        (known.rates, known.tiers), (target.rates, target.tiers), ("price",)
    )
    for name, service in target.services.items():
        path: Path = ("price", "services", name)
        mine = known.services.get(name)
        if mine is None:
            changes.append(price_change(path, None, service_tree(service, fraction_to_text)))
            edits.append((path, service_tree(service, number)))
        elif mine != service:
            more, further = _table_changes(
                (mine.rates, mine.tiers), (service.rates, service.tiers), path
            )
            changes += more
            edits += further
    for name, fee in target.fees.items():
        before = known.fees.get(name)
        if before is None or before.usd != fee.usd:
            old = None if before is None else fraction_to_text(before.usd)
            path = ("price", "fees", name)
            changes.append(price_change(path, old, fraction_to_text(fee.usd)))
            inside = before is not None and before.origin != UNKNOWN_ORIGIN
            edits.append(((*path, "usd"), number(fee.usd)) if inside else (path, fee_tree(fee)))
    if known.basis != target.basis:
        changes.append(price_change(("price", "basis"), known.basis, target.basis))
        edits.append((("price", "basis"), target.basis))
    return changes, edits


def price_change(path: Path, before: object, after: object) -> FieldChange:
    """A change of a price, at a path inside the model."""
    return FieldChange(dotted(path), before, after, "price")


def dotted(path: Path) -> str:
    """A path as a change names it: `price.tiers[0].input`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


_Table = tuple[Mapping[str, Fraction], tuple[Tier, ...]]


def _table_changes(
    known: _Table, target: _Table, path: Path
) -> tuple[list[FieldChange], list[Edit]]:
    changes, edits = _rate_changes(known[0], target[0], path)
    if known[1] == target[1]:
        return changes, edits
    old = [tier.above_input_tokens for tier in known[1]]
    new = {tier.above_input_tokens: tier for tier in target[1]}
    if set(old) == set(new) and len(old) == len(new):
        for index, tier in enumerate(known[1]):
            after = new[tier.above_input_tokens].rates
            more, further = _rate_changes(tier.rates, after, (*path, "tiers", index))
            changes += more
            edits += further
        return changes, edits
    before, trees = (tier_trees(tiers, fraction_to_text) for tiers in (known[1], target[1]))
    changes.append(price_change((*path, "tiers"), before or None, trees or None))
    return changes, [*edits, ((*path, "tiers"), tier_trees(target[1], number) or None)]


def _rate_changes(
    known: Mapping[str, Fraction], target: Mapping[str, Fraction], path: Path
) -> tuple[list[FieldChange], list[Edit]]:
    changes: list[FieldChange] = []
    edits: list[Edit] = []
    for name in RATES:
        before, after = known.get(name), target.get(name)
        if before != after:
            changes.append(price_change((*path, name), _text(before), _text(after)))
            edits.append(((*path, name), None if after is None else number(after)))
    return changes, edits


def _text(rate: Fraction | None) -> str | None:
    return None if rate is None else fraction_to_text(rate)
