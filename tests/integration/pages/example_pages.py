"""One page of each kind in the example's site."""

from __future__ import annotations

WINNER = "anthropic/claude-haiku-5-5"

ADDRESSES = {
    "home": "",
    "aliases": "aliases/",
    "alias": "aliases/code.fast/",
    "tradeoff": "aliases/auto.balanced/",
    "alias in a release": "aliases/code.fast/alr_2026_06_09_003/",
    "models": "models/",
    "model": "models/anthropic/claude-haiku-4-5/",
    "variant": "models/anthropic/claude-opus-5-5:xhigh/",
    "releases": "releases/",
    "first release": "releases/alr_2026_06_09_001/",
    "release": "releases/alr_2026_11_22_001/",
    "models compared": f"compare/{WINNER}/with/openai/gpt-5.4-mini/",
    "releases compared": "compare/releases/alr_2026_10_28_001/with/alr_2026_11_12_001/",
}
