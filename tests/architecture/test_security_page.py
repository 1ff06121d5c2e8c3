"""The security page claims nothing that no test shows: every test that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.cli.attacks.table import CASES

from zumik.rules.rule_registry import RULES

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / ".github" / "SECURITY.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.split("## What an attacker can do")[1].split("\n## ")[0].splitlines()
    if line.startswith("| ") and not line.startswith("| with")
]
NAMED = sorted(set(re.findall(r"`(test_\w+\.py)::(\w+)`", PAGE)))
CODE = re.compile(r"`([a-z]+(?:-[a-z]+)+)`")
"""How a case or a rule's code is written."""
NEITHER = {"valid-before"}


def files(name: str) -> list[Path]:
    return list(TESTS.rglob(name))


@pytest.mark.parametrize(("file", "function"), NAMED)
def test_named_test_exists(file: str, function: str) -> None:
    (path,) = files(file)
    assert re.search(rf"^def {function}\(", path.read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("name", sorted(set(CODE.findall(PAGE)) - NEITHER))
def test_named_case_or_rule_exists(name: str) -> None:
    assert name in CASES or name in RULES


@pytest.mark.parametrize("row", ROWS, ids=lambda row: (row[0] or row[2])[:40])
def test_a_test_shows_all_that_cannot_be_done(row: list[str]) -> None:
    _, can, cannot, shown = row
    assert can or cannot
    named = re.findall(r"`([^`]+)`", shown)
    assert all(name in CASES or "::" in name for name in named)
    assert bool(cannot) == bool(named or shown == "every case above")


def test_page_has_rows_and_names() -> None:
    assert len(ROWS) > 15
    assert len(NAMED) > 20
