"""Text from outside is shown as it is, and what steers, hides or covers is made visible."""

from __future__ import annotations

from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.core.basics.display import MOST_MARKS, neutral

HIDDEN = {
    "a space of no width": "\u200b",
    "a joiner": "\u200d",
    "a word joiner": "\u2060",
    "a soft hyphen": "\u00ad",
    "a byte order mark": "\ufeff",
    "right to left": "\u202e",
    "an isolate": "\u2066",
    "a tag character": "\U000e0041",
    "a variation selector": "\ufe0f",
    "one of the supplement, which can hold any bytes": "\U000e0100",
    "a combining grapheme joiner": "\u034f",
    "a Hangul filler": "\u3164",
    "a halfwidth Hangul filler": "\uffa0",
    "a Hangul initial filler": "\u115f",
    "a Khmer vowel that is not seen": "\u17b4",
    "a Mongolian variation selector": "\u180b",
    "a Braille blank": "\u2800",
    "a line separator": "\u2028",
    "a private character": "\ue000",
    "an escape": "\x1b",
}


@pytest.mark.parametrize("char", HIDDEN.values(), ids=HIDDEN)
def test_what_cannot_be_seen_is_made_visible(char: str) -> None:
    code = char.encode("unicode_escape").decode("ascii")
    assert neutral(f"a{char}b") == f"a{code}b"


@pytest.mark.parametrize(
    "text",
    [
        "Größe, naïve, žluťoučký",
        "Tiếng Việt",
        "ภาษาไทย",
        "हिन्दी",
        "עִבְרִית",
        "日本語",
        "→ … ✓",
        "👍",
    ],
)
def test_what_people_write_stays(text: str) -> None:
    assert neutral(text) == text


def test_marks_on_one_character_are_bounded() -> None:
    marks = "\u0301" * 30
    assert (
        neutral(f"a{marks}b") == "a" + "\u0301" * MOST_MARKS + "\\u0301" * (30 - MOST_MARKS) + "b"
    )


@given(st.text(max_size=60))
def test_nothing_hidden_and_no_tower_is_left(text: str) -> None:
    shown = neutral(text)
    assert shown.isprintable()
    assert not set(shown) & set(HIDDEN.values())
    row = 0
    for char in shown:
        row = row + 1 if category(char).startswith("M") else 0
        assert row <= MOST_MARKS
