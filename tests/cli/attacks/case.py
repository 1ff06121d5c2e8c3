"""One attack, and what the check answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tests.cli.conversation import Desk

BRANCH = "change"
LATER = datetime.fromisoformat("2026-02-20T09:00:00Z")
DAY = "alr_2026_02_20"


@dataclass(frozen=True)
class Case:
    """What somebody does, and what the check finds. Exit code 5 means that bytes are wrong."""

    what: str
    do: Callable[[Desk], object]
    errors: set[str]
    exit_code: int = 3
    warnings: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Answer:
    """What the check found on a branch."""

    exit_code: int
    errors: set[str]
    warnings: set[str]


def prepare(desk: Desk) -> Desk:
    """A branch of what has landed, ten days later."""
    desk.now = LATER
    desk.git("switch", "--quiet", "--create", BRANCH, "--no-track", "origin/main")
    return desk


def check(desk: Desk) -> Answer:
    """Check the branch against the base."""
    turn = desk.zumik("check", "--base", "origin/main", "--head", BRANCH, "--format", "json")
    assert turn.out, turn
    findings = json.loads(turn.out)["findings"]
    assert all(item["hint"] for item in findings), findings
    errors = {item["code"] for item in findings if item["severity"] == "error"}
    return Answer(turn.exit_code, errors, {item["code"] for item in findings} - errors)
