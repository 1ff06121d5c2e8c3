"""Badges: small images that say in words who answers, and can be read by everyone."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from zumik.pages.badges import badge

SVG = "{http://www.w3.org/2000/svg}"

LONGEST = "a" * 64, "provider/" + "M" * 119


@pytest.mark.parametrize("says", ["anthropic/claude-haiku-5-5", "openai/gpt-5:high", "retired"])
def test_badge_names_the_alias_and_who_answers(says: str) -> None:
    image = ElementTree.fromstring(badge("code.fast", says))
    assert image.get("role") == "img"
    assert image.findtext(f"{SVG}title") == image.get("aria-label") == f"code.fast: {says}"
    assert [text.text for text in image.iter(f"{SVG}text")] == ["code.fast", says]


@pytest.mark.parametrize(("alias", "says"), [("a", "b/c"), LONGEST])
def test_words_stay_in_their_boxes(alias: str, says: str) -> None:
    image = ElementTree.fromstring(badge(alias, says))
    for box, text in zip(image.iter(f"{SVG}rect"), image.iter(f"{SVG}text"), strict=True):
        start, end = int(text.get("x", 0)), int(text.get("x", 0)) + int(text.get("textLength", 0))
        left = int(box.get("x", 0))
        assert left < start < end < left + int(box.get("width", 0))
    assert len(badge(alias, says)) < 1_000


def test_text_is_read_well_on_its_ground() -> None:
    for answers in (True, False):
        image = ElementTree.fromstring(badge("code.fast", "a/b", answers=answers))
        for box in image.iter(f"{SVG}rect"):
            assert 1.05 / (_luminance(box.get("fill", "")) + 0.05) >= 7


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(c * 2 for c in colour[1:])
    parts = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_markup_in_a_name_stays_text() -> None:
    image = ElementTree.fromstring(badge("a", "<script>&\"'"))
    assert image.find(f".//{SVG}script") is None
