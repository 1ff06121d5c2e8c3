"""What a terminal shows of a log of many kinds, per width."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from tests.cli.conversation import CASES, Desk
from tests.cli.test_colour import SCREENS

COMMANDS = [
    ["replay", "-", "--against", "live"],
    ["replay", "-", "--against", "alr_2026_02_10_001"],
    ["release", "diff", "alr_2026_01_10_001", "alr_2026_02_10_001", "--logs", "-"],
    ["plan", "code.fast", "--logs", "-"],
]

COUNTING = [
    ["logs", "mix"],
    ["logs", "mix", "--by", "day"],
    ["logs", "observe", "--min-samples", "10"],
    ["logs", "workload", "--min-samples", "10"],
]

PATH = re.compile(r"(?<=alr_2025_01_01_001)\sin\s[^$]*?/frozen$", re.MULTILINE)


@pytest.mark.parametrize("columns", [80, 200])
def test_screens_of_logs_are_as_expected(columns: int, desk_after: Callable[[str], Desk]) -> None:
    desk = desk_after("march")
    desk.terminal = True
    log = (CASES / "traffic" / "traffic.jsonl").read_bytes()
    env = {"TERM": "xterm", "NO_COLOR": "1", "COLUMNS": str(columns)}
    screens = [
        f"$ zumik {' '.join(command)}\n{desk.zumik(*command, stdin=log, **env).out}"
        for command in COMMANDS
    ]
    # How the path of the workspace is wrapped depends on where the tests run.
    screen = PATH.sub(" in TMP/frozen", "\n".join(screens))
    assert max(map(len, screen.splitlines())) <= columns
    expected = SCREENS / f"logs-{columns}.txt"
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(screen)
    assert screen == expected.read_text()


@pytest.mark.parametrize("columns", [80, 200])
def test_screens_of_counted_logs_are_as_expected(
    columns: int, desk_after: Callable[[str], Desk]
) -> None:
    pytest.importorskip("ibis", reason="needs the extra logs")
    desk = desk_after("march")
    desk.terminal = True
    log = (CASES / "logs" / "payloads.jsonl").read_bytes()
    env = {"TERM": "xterm", "NO_COLOR": "1", "COLUMNS": str(columns)}
    screen = "\n".join(
        f"$ zumik {' '.join(command)}\n{desk.zumik(*command, stdin=log, **env).out}"
        for command in COUNTING
    )
    assert max(map(len, screen.splitlines())) <= columns
    expected = SCREENS / f"counted-{columns}.txt"
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(screen)
    assert screen == expected.read_text()
