"""`catalog import` of a whole price file of LiteLLM into an empty workspace."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

from tests.benchmarks.measuring import Figure, in_turn, process

ZUMIK = str(Path(sys.executable).with_name("zumik"))
ENTRIES = Path(__file__).parents[1] / "sources" / "litellm" / "1.109.1.json"


def importing(scratch: Path, *, rounds: int = 5, models: int = 2700) -> list[Figure]:
    """Read, questioned and written from nothing, beside parsing the same file with `json.load`."""
    file = scratch / "prices.json"
    file.write_text(json.dumps(_entries(models)))
    # A workspace is empty once: the warm-up and every round have one of their own.
    places = [scratch / str(n) for n in range(2 * rounds + 2)]
    for place in places:
        place.mkdir()
        subprocess.run(["git", "init", "--quiet"], check=True, cwd=place)
        process(ZUMIK, "init", "--empty", cwd=place)()
    unused = iter(places)
    arguments = ("--from", f"litellm:{file}", "--version", "1.109.1", "--add", "*", "--accept", "*")

    def take_all() -> None:
        process(ZUMIK, "catalog", "import", *arguments, cwd=next(unused))()

    seconds = in_turn(take_all, partial(_load, file), rounds)
    what = f"catalog import, {models:,} models into an empty workspace"
    return [Figure(what, "json.load", *seconds, goal="<= 40 x")]


def _entries(models: int) -> dict[str, object]:
    """As many models as asked for, each with what a real entry of LiteLLM's file says."""
    real = json.loads(ENTRIES.read_bytes())
    chat = [
        entry for key, entry in real.items() if entry.get("mode") == "chat" and "sample" not in key
    ]
    return {
        f"model-{number}": {**chat[number % len(chat)], "litellm_provider": f"p{number % 90}"}
        for number in range(models)
    }


def _load(file: Path) -> None:
    with file.open() as text:
        json.load(text)
