"""A short torture; the long one is a program."""

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


@pytest.mark.parametrize(
    "words",
    [
        ("kills", "--seed", "5", "--count", "24", "--each", "6"),
        ("faults", "--seed", "5", "--scenes", "plain/withdraw/commit", "--count", "1000"),
        ("faults", "--seed", "5", "--scenes", "nogit/withdraw/no-commit", "--count", "1000"),
        ("races", "--seed", "5", "--count", "2"),
    ],
    ids=lambda words: " ".join(words),
)
def test_nothing_is_lost(words: tuple[str, ...]) -> None:
    done = _torture(*words)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nothing lost" in done.stdout
