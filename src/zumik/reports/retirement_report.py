"""A live model that retires, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterable

from zumik.core.live.live_retirement import LiveRetirement


def retirement_to_text(item: LiveRetirement) -> str:
    """`acme/small retired on 2026-06-09; next in the ranking: acme/large`."""
    if item.alias is None:
        return retires_to_text(item)
    return f"{retires_to_text(item)}; {item.successor}"


def retires_to_text(item: LiveRetirement) -> str:
    """`acme/small retired on 2026-06-09`."""
    return f"{item.model} {'retired' if item.is_over else 'retires'} on {item.day}"


def retirement_to_json(item: LiveRetirement | None) -> dict[str, object] | None:
    """The same for machines; null where nothing retires."""
    if item is None:
        return None
    return {
        "model": item.model,
        "retires_on": item.day.isoformat(),
        "retired": item.is_over,
        "next_ranked": item.following,
    }


def retirements_to_json(items: Iterable[LiveRetirement]) -> list[dict[str, object]]:
    """Several, each with its alias."""
    return [{"alias": item.alias, **(retirement_to_json(item) or {})} for item in items]
