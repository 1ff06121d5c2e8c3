"""`--dry-run`: every command that writes can show what it would do, and then changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.architecture.test_help import LEAVES, READS
from tests.cli.conversation import Desk, Played

CALLS = {
    "init": "zumik init ../repo/new --provider openai --ci github",
    "alias new": "zumik alias new support.eu --prefer listed",
    "alias promote": "zumik alias promote --all --latest --reason Go",
    "alias rollback": "zumik alias rollback code.fast --to alr_2026_01_10_001 --reason Back",
    "alias retire": "zumik alias retire code.fast --reason End",
    "catalog import": "zumik catalog import --from own:more.json --add acme/*"
    " --observed-on 2026-01-10",
    "catalog refresh": "zumik catalog refresh",
    "metrics import": "zumik metrics import figures.csv --model acme/large=large --metric own.score"
    " --unit fraction --better higher --date 2026-01-20 --samples 10 --accept limited",
    "release create": "zumik release create --note Next --allow-unchanged",
    "release refreeze": "zumik release refreeze",
    "release sign": "zumik release sign --key key",
    "release withdraw": "zumik release withdraw alr_2026_01_10_001 --reason Wrong",
    "logs observe": "zumik logs observe decisions.jsonl --write",
    "logs workload": "zumik logs workload decisions.jsonl --write",
    "drain": "zumik drain globex/* --until 4h --reason Out",
    "undrain": "zumik undrain globex/*",
    "recover": "zumik recover",
    "bundle": "zumik bundle -o live.json --ref HEAD",
    "pages build": "zumik pages build --out site",
    "export litellm": "zumik export litellm -o config.yaml --provider acme=openai"
    " --provider globex=openai --provider initech=openai",
}
ANSWER = {
    # What has nothing to do, or needs what this desk has not, says so and writes nothing either.
    "logs observe": (0, 2, 3, 4),
    "logs workload": (0, 2, 3, 4),
    "catalog import": (0, 3),
    "release withdraw": (3,),
    "catalog refresh": (2, 3, 4),
    "metrics import": (0, 3),
    "release sign": (0, 4),
    "release refreeze": (0, 3),
    "undrain": (0, 3, 4),
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    found = Played(tmp_path_factory.mktemp("played")).desk("promoted")
    return found.copy(tmp_path_factory.mktemp("desk"))


def test_every_command_that_writes_is_tried() -> None:
    assert {*CALLS} == {*LEAVES} - READS


@pytest.mark.parametrize("name", CALLS)
def test_a_dry_run_changes_nothing(name: str, played: Desk, tmp_path: Path) -> None:
    if name == "pages build":
        pytest.importorskip("jinja2")
    if name.startswith("logs"):
        pytest.importorskip("duckdb")
    desk = played.copy(tmp_path)
    (desk.repo / "figures.csv").write_text("model,score\nlarge,0.5\n")
    facts = {"acme/new-1": {"price": {"input": 1, "output": 2}}}
    (desk.repo / "more.json").write_text(json.dumps({"models": facts}))
    (desk.repo / "decisions.jsonl").write_text("{}\n")
    (desk.repo / "new").mkdir()
    before = desk.holds()
    turn = desk.say(f"{CALLS[name]} --dry-run")
    assert turn.exit_code in ANSWER.get(name, (0,)), turn
    assert desk.holds() == before
