"""A short torture. The long one is a program: `python -m tests.torture`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted, as on Linux")


def _torture(*words: str) -> subprocess.CompletedProcess[str]:
    """A process of its own: it forks, and this one may have threads."""
    command = [sys.executable, "-m", "tests.torture", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


QUICK = [
    ("kills", "--seed", "5", "--count", "4", "--each", "2"),
    ("faults", "--seed", "5", "--scenes", "nogit/withdraw/no-commit", "--count", "40"),
]
# A scene has fewer than 1,000 calls, so that each of them fails once.
SLOW = [
    ("kills", "--seed", "5", "--count", "24", "--each", "6"),
    ("faults", "--seed", "5", "--scenes", "plain/withdraw/commit", "--count", "1000"),
    ("faults", "--seed", "5", "--scenes", "nogit/withdraw/no-commit", "--count", "1000"),
    ("races", "--seed", "5", "--count", "2"),
]


@pytest.mark.parametrize(
    "words",
    [*QUICK, *(pytest.param(words, marks=pytest.mark.slow) for words in SLOW)],
    ids=lambda words: " ".join(words),
)
def test_nothing_is_lost(words: tuple[str, ...]) -> None:
    done = _torture(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost" in done.stdout
