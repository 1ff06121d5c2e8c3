"""Ranked bars: the order is kept, longer is more, and what is unknown has no bar."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pages.charts.drawing import NARROW_PAGE, drawing, share_of

from zumik.pages.charts.limits import Limit
from zumik.pages.charts.ranked_bars import Bar, ranked_bars
from zumik.pages.charts.text_width import text_width

figures = st.fractions(min_value=-1000, max_value=10**9, max_denominator=10**9)
words = st.text(max_size=60)


@st.composite
def any_bar(draw: st.DrawFn) -> Bar:
    value = draw(st.none() | figures)
    if value is None:
        return Bar(draw(words), None, "unknown")
    error = draw(st.none() | st.fractions(min_value=0, max_value=10))
    return Bar(
        draw(words),
        value,
        draw(st.text(max_size=14)),
        None if error is None else value - error,
        None if error is None else value + error,
        draw(st.booleans()),
        draw(st.booleans()),
    )


limits = st.lists(st.builds(Limit, words, figures, st.booleans(), st.booleans()), max_size=3)


@given(st.lists(any_bar(), max_size=40), limits)
def test_everything_is_drawn_within_the_chart(bars: list[Bar], limits: list[Limit]) -> None:
    drawn = drawing(ranked_bars("c", "Cost", bars, limits=limits))
    for place in drawn.places():
        assert -0.01 <= place.across <= NARROW_PAGE + 0.01, place
        assert -0.01 <= place.down <= drawn.height, place


@given(st.lists(figures.filter(lambda value: value >= 0), min_size=2, max_size=20))
def test_a_greater_value_never_has_a_shorter_bar(values: list[Fraction]) -> None:
    drawn = drawing(ranked_bars("c", "Cost", [Bar("m", value, "x") for value in values]))
    lengths = [share_of(bar.attrib["width"]) for bar in drawn.of_class("bar")]
    by_value = sorted(zip(values, lengths, strict=True))
    assert [length for _, length in by_value] == sorted(lengths)


@given(st.lists(any_bar(), max_size=30))
def test_the_order_is_kept(bars: list[Bar]) -> None:
    drawn = drawing(ranked_bars("c", "Cost", bars))
    numbers = [text.split(".")[0] for text in drawn.texts[:: 2 if bars else 1]]
    assert numbers == [str(place + 1) for place in range(len(bars))]
    assert len(drawn.of_class("bar")) == sum(bar.value is not None for bar in bars)


@given(st.lists(any_bar(), max_size=5), limits, words, words)
def test_the_same_values_give_the_same_bytes(
    bars: list[Bar], limits: list[Limit], title: str, summary: str
) -> None:
    one, other = (
        ranked_bars("c", title, list(bars), limits=tuple(limits), summary=summary) for _ in "ab"
    )
    assert one.encode() == other.encode()


def test_the_value_stands_beside_the_longest_bar_on_a_phone() -> None:
    bars = [Bar("a/b", Fraction(3), "≥ $0.01536", at_least=True), Bar("a/c", Fraction(2), "$2")]
    drawn = drawing(ranked_bars("c", "Cost", bars))
    end = share_of(drawn.of_class("bar")[0].attrib["width"]) * NARROW_PAGE / 100
    assert 100 < end < NARROW_PAGE - text_width("≥ $0.01536")


def test_the_winner_is_marked_by_a_word_and_a_rule() -> None:
    bars = [Bar("a/b", Fraction(1), "$1"), Bar("a/c", Fraction(2), "$2")]
    drawn = drawing(ranked_bars("c", "Cost", bars, lower_is_better=True, summary="It leads by $1."))
    assert drawn.texts == ["1. a/bwinner", "$1", "2. a/c", "$2"]
    assert len(drawn.of_class("winner")) == len(drawn.of_class("rule")) == 1
    assert drawn.title == "Cost"
    assert drawn.description == (
        "a/b is the winner: $1. Next is a/c: $2. It leads by $1. Lower is better. "
        "The table below has every value."
    )


def test_bars_without_a_winner_have_no_number() -> None:
    drawn = drawing(ranked_bars("c", "Share", [Bar("a/b", Fraction(1), "100.0 %")], winner=""))
    assert drawn.texts == ["a/b", "100.0 %"]
    assert drawn.description == "a/b is first: 100.0 %. The table below has every value."


def test_an_unknown_value_has_the_word_and_no_bar() -> None:
    bars = [Bar("a/b", None, "unknown"), Bar("a/c", Fraction(0), "$0")]
    drawn = drawing(ranked_bars("c", "Cost", bars))
    assert drawn.texts == ["1. a/bwinner", "unknown", "2. a/c", "$0"]
    assert len(drawn.of_class("bar")) == 1
    assert "1 of 2 values is unknown." in drawn.description


def test_a_least_value_has_an_open_end_and_a_greatest_one_a_dashed_bar() -> None:
    bars = [
        Bar("a/b", Fraction(1), "≥ $1", at_least=True),
        Bar("a/c", Fraction(2), "≤ $2", at_most=True),
        Bar("a/d", Fraction(3), "$3"),
    ]
    drawn = drawing(ranked_bars("c", "Cost", bars))
    assert len(drawn.of_class("open")) == len(drawn.of_class("at-most")) == 1


def test_an_error_is_a_whisker_from_end_to_end() -> None:
    bar = Bar("a/b", Fraction(6), "6", Fraction(5), Fraction(10))
    drawn = drawing(ranked_bars("c", "Quality", [bar]))
    (whisker,) = drawn.of_class("whisker")
    across, low, high = ([share_of(line.attrib[x]) for x in ("x1", "x2")] for line in whisker)
    assert across == [low[0], high[0]]
    length = share_of(drawn.of_class("bar")[0].attrib["width"])
    assert low[0] < length < high[0]
    assert low[0] == pytest.approx(high[0] / 2, abs=0.02)


def test_a_band_is_the_better_side_of_its_value() -> None:
    bars = [Bar("a/b", Fraction(10), "10")]
    for lower_is_better in (True, False):
        limit = Limit("within 5 %", Fraction(5), band=True, lower_is_better=lower_is_better)
        drawn = drawing(ranked_bars("c", "Cost", bars, limits=[limit]))
        area = drawn.of_class("band")[0]
        full = share_of(drawn.of_class("bar")[0].attrib["width"])
        low = share_of(area.attrib["x"])
        high = low + share_of(area.attrib["width"])
        assert (low, high) == pytest.approx(
            (0, full / 2) if lower_is_better else (full / 2, full), abs=0.02
        )
        assert "The shaded area is within 5 %." in drawn.description


def test_a_limit_far_beyond_the_bars_is_named_and_not_drawn() -> None:
    limit = Limit("required: at most $900", Fraction(900))
    drawn = drawing(ranked_bars("c", "Cost", [Bar("a/b", Fraction(1), "$1")], limits=[limit]))
    assert "required: at most $900 (beyond this chart)" in drawn.texts
    near = drawing(ranked_bars("c", "Cost", [Bar("a/b", Fraction(1), "$1")]))
    assert drawn.of_class("bar")[0].attrib["width"] == near.of_class("bar")[0].attrib["width"]


def test_bars_beyond_the_thirtieth_are_counted() -> None:
    bars = [Bar(f"a/m{place}", Fraction(place), "x") for place in range(42)]
    drawn = drawing(ranked_bars("c", "Cost", bars))
    assert len(drawn.of_class("bar")) == 30
    assert drawn.texts[-1] == "and 12 more in the table"


HOSTILE = "</svg><script>alert(1)</script>\x00\x1b[31m\u202e\ud800\"'&"


def test_texts_from_anywhere_stay_texts() -> None:
    bars = [Bar(HOSTILE, Fraction(1), HOSTILE)]
    markup = ranked_bars(
        "c",
        HOSTILE,
        bars,
        limits=[Limit(HOSTILE, Fraction(1))],
        winner=HOSTILE,
        summary=HOSTILE,
    )
    drawn = drawing(markup)
    tags = {each.tag for each in drawn.root.iter()}
    assert tags <= {"svg", "title", "desc", "g", "rect", "line", "path", "text", "tspan"}
    assert markup.encode()
    assert "\x1b" not in markup
    assert "style=" not in markup


@pytest.mark.parametrize("name", ["", "C", "a b", '"', "1a"])
def test_a_name_that_is_no_word_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a chart"):
        ranked_bars(name, "Cost", [])


def test_a_name_without_room_is_whole_in_its_title() -> None:
    name = "acme/" + "a-long-name-" * 9
    drawn = drawing(ranked_bars("c", "Cost", [Bar(name, Fraction(1), "$1")]))
    (label, *_) = drawn.texts
    assert label.startswith("1. acme/a-long")
    assert "…" in label
    assert [title.text for title in drawn.root.iter("title")] == ["Cost", name]
