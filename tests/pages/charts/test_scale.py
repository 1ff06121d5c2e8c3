"""Scales: monotone, within their ends, and with round ticks."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from zumik.pages.charts.scale import LinearScale, LogScale, round_step, zero_based

figures = st.fractions(min_value=-(10**12), max_value=10**12, max_denominator=10**12)


@given(figures, figures, figures)
def test_a_place_is_within_the_scale_and_grows_with_the_value(
    low: Fraction, one: Fraction, other: Fraction
) -> None:
    scale = LinearScale(low, low + 7)
    less, more = sorted((one, other))
    assert 0 <= scale.place(less) <= scale.place(more) <= 1


@given(st.fractions(min_value=Fraction(1, 10**12), max_value=10**12, max_denominator=10**12))
def test_a_round_step_is_1_2_or_5_times_a_power_of_ten(least: Fraction) -> None:
    step = round_step(least)
    assert least <= step < least * Fraction(5, 2) + Fraction(1, 10**30)
    digits = f"{step.numerator}{step.denominator}".replace("0", "")
    assert sorted(digits) in [["1", "1"], ["1", "2"], ["1", "5"]]


@given(figures, st.fractions(min_value=Fraction(1, 10**6), max_value=10**9))
def test_ticks_are_few_and_within_the_scale(low: Fraction, span: Fraction) -> None:
    scale = LinearScale(low, low + span)
    ticks = scale.ticks()
    assert 2 <= len(ticks) <= 6
    assert all(scale.low <= tick <= scale.high for tick in ticks)


@given(st.lists(figures))
def test_a_scale_for_bars_has_zero(values: list[Fraction]) -> None:
    scale = zero_based(values)
    assert scale.low <= 0 <= scale.high
    assert scale.low < scale.high


positive = st.fractions(min_value=Fraction(1, 10**9), max_value=10**9, max_denominator=10**9)


@given(positive, positive, positive, st.integers(1, 8))
def test_a_logarithmic_place_grows_with_the_value(
    low: Fraction, one: Fraction, other: Fraction, most: int
) -> None:
    scale = LogScale(low, low * 1000, most)
    less, more = sorted((one, other))
    assert 0 <= scale.place(less) <= scale.place(more) + 1e-12 <= 1 + 1e-12
    ticks = scale.ticks()
    assert 1 <= len(ticks) <= most
    assert all(scale.low <= tick <= scale.high for tick in ticks)
    assert list(ticks) == sorted(ticks)


def test_a_tenfold_value_is_a_step_of_the_same_length() -> None:
    scale = LogScale(Fraction(1, 1000), Fraction(1))
    assert [round(scale.place(Fraction(1, ten)), 6) for ten in (1000, 100, 10, 1)] == [
        0,
        0.333333,
        0.666667,
        1,
    ]
    assert scale.ticks() == [Fraction(1, ten) for ten in (1000, 100, 10, 1)]
