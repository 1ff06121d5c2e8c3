"""A live model that retires, in words and as JSON."""

from __future__ import annotations

from zumik.core.live.live_retirement import LiveRetirement


def retirement_to_text(item: LiveRetirement) -> str:
    """`acme/small retired on 2026-06-09; next in the ranking: acme/large`."""
    verb = "retired" if item.is_over else "retires"
    after = item.following or "none that is still served"
    return f"{item.model} {verb} on {item.day}; next in the ranking: {after}"


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
