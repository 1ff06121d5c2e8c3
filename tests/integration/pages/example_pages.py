"""The example's site, with a day of traffic, and one page of each kind in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.browser.engines import ROOT

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
    "months": "mix/",
    "mix": "mix/2026-11/",
    "releases compared": "compare/releases/alr_2026_10_28_001/with/alr_2026_11_12_001/",
}

TRAFFIC = {
    ("code.fast", WINNER): 30,
    ("code.fast", "openai/gpt-5.4-mini"): 4,
    ("auto.cheapest", WINNER): 9,
}


def build_site(folder: Path) -> Path:
    """The site as `zumik pages build` writes it, in a folder that has nothing yet."""
    lines = [
        {
            "requested_model": alias,
            "alias_release": "alr_2026_11_22_001",
            "resolved_model": model,
            "timestamp": f"2026-11-{23 + number % 4}T10:{number:02}:00Z",
        }
        for (alias, model), count in TRAFFIC.items()
        for number in range(count)
    ]
    log, site = folder / "traffic.jsonl", folder / "site"
    log.write_text("\n".join(map(json.dumps, lines)))
    command = [sys.executable, "-m", "zumik", "pages", "build", "--out", str(site)]
    subprocess.run([*command, "--logs", str(log)], cwd=ROOT, check=True, capture_output=True)
    return site
