"""Rules for what is live: each alias answers a model that its provider still serves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from zumik.core.basics.findings import Finding, Location
from zumik.core.basics.tree import LIVE
from zumik.core.live.live_retirement import LiveRetirement
from zumik.rules.authoring_rules import LIVE_MODEL_RETIRES


def check_live_winners(retiring: Iterable[LiveRetirement]) -> Iterator[Finding]:
    """A finding for each alias whose live winner retires, at its pointer."""
    for item in retiring:
        verb = "retired" if item.is_over else "retires"
        yield LIVE_MODEL_RETIRES.at(
            Location(f"{LIVE}/{item.alias}.json"),
            f"{item.alias} is live with {item.model}, which {verb} on {item.day}; {item.successor}",
            f"zumik plan {item.alias} shows what a new release would choose",
            about=(str(item.alias), item.model),
        )
