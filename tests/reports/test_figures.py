"""Figures: rounded for people, exact for machines."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zumik.reports.text import exact, figure, plural, rounded, safe, share, share_text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        ("0.0062", "usd", "$0.0062"),
        ("-0.5", "usd", "-$0.5"),
        ("0", "usd", "$0"),
        ("12345", "usd", "$12,345"),
        ("1.68", "seconds", "1.68 s"),
        ("68.7", "percent", "68.7 %"),
        ("80.5", "tokens_per_second", "80.5 tok/s"),
        ("0.55", "fraction", "0.55"),
        ("1234", "points", "1,234"),
        ("0.000000123456", "usd", "$0.0000001235"),
        ("1/3", "seconds", "0.3333 s"),
        ("9999.5", "points", "10,000"),
        ("123456.7", "points", "123,500"),
    ],
)
def test_a_figure_is_shown_to_four_digits_with_its_unit(value: str, unit: str, text: str) -> None:
    assert figure(Fraction(value), unit) == text


@given(st.fractions())
def test_a_rounded_figure_is_near_and_has_no_exponent(value: Fraction) -> None:
    text = rounded(value).replace(",", "")
    assert "e" not in text.lower()
    assert abs(Fraction(text) - value) <= abs(value) / 1000


@given(st.fractions())
def test_an_exact_figure_is_exact(value: Fraction) -> None:
    assert Fraction(exact(value)) == value


def test_counts_and_shares_in_words() -> None:
    assert (plural(1, "alias", "aliases"), plural(0, "alias", "aliases")) == (
        "1 alias",
        "0 aliases",
    )
    assert plural(12345, "line") == "12,345 lines"
    assert share(Fraction(1, 10)) == "10 %"
    assert share(Fraction(1, 3)) == "33.33 %"


@given(st.text())
def test_text_of_a_branch_stays_on_its_line(text: str) -> None:
    assert safe(text).isprintable()


def test_a_share_that_is_not_quite_none_or_all_does_not_read_as_such() -> None:
    shares = [share_text(part, 10_000) for part in (0, 1, 7379, 9_999, 10_000)]
    assert shares == ["0.0 %", "<0.1 %", "73.8 %", ">99.9 %", "100.0 %"]
