"""The cases: each folder of `cases/` holds commands and the conversation that is expected."""

from __future__ import annotations

import os

import pytest
from tests.cli.conversation import CASES, Played, case_names


@pytest.mark.parametrize("name", case_names())
def test_conversation_is_as_expected(name: str, played: Played) -> None:
    expected = CASES / name / "expected.txt"
    transcript = played.transcript(name)
    if os.environ.get("UPDATE_EXPECTED"):
        expected.write_text(transcript)
    assert transcript == (expected.read_text() if expected.exists() else "")


@pytest.mark.parametrize("name", case_names())
def test_shown_text_cannot_steer_a_terminal(name: str, played: Played) -> None:
    transcript = played.transcript(name)
    assert all(char == "\n" or char.isprintable() for char in transcript)
