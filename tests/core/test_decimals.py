"""Decimals: one text for one number, and no number changed on the way."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.strategies import decimals

from zumik.core.basics.decimals import MAX_DIGITS, fraction_from_text, fraction_to_text
from zumik.core.basics.field_readers import Malformed, number, share


@given(decimals())
def test_canonical_decimal_round_trips(value: Fraction) -> None:
    text = fraction_to_text(value)
    assert fraction_from_text(text) == value
    assert fraction_to_text(fraction_from_text(text)) == text


@given(decimals())
def test_a_canonical_decimal_has_no_second_form(value: Fraction) -> None:
    text = fraction_to_text(value)
    whole, point, places = text.removeprefix("-").partition(".")
    assert whole == str(int(whole))
    assert bool(point) == bool(places)
    assert not places.endswith("0")
    assert text != "-0"
    with localcontext(prec=MAX_DIGITS):
        assert Decimal(text) == Decimal(value.numerator) / Decimal(value.denominator)


@given(st.text("0123456789.-+eE_ ", max_size=12) | st.text(max_size=5))
def test_only_canonical_decimals_are_read(text: str) -> None:
    try:
        value = fraction_from_text(text)
    except ValueError:
        return
    assert fraction_to_text(value) == text


@given(st.fractions())
def test_every_written_number_can_be_read(value: Fraction) -> None:
    try:
        text = fraction_to_text(value)
    except ValueError:
        return
    assert fraction_from_text(text) == value


@pytest.mark.parametrize(
    "value", [Fraction(1, 3), Fraction(1, 7), Fraction(-2, 3), Fraction(1, 6), Fraction(1, 10**40)]
)
def test_fractions_without_a_finite_decimal_are_refused(value: Fraction) -> None:
    with pytest.raises(ValueError, match=r"not a finite decimal|too many digits"):
        fraction_to_text(value)


@pytest.mark.parametrize(
    "value",
    [
        Fraction(10**40),
        Fraction(-(10**40)),
        Fraction(10**30) + Fraction(1, 10**10),
        Fraction(10**5000),
        Fraction(-1, 10**40),
        Fraction(1, 2**60),
    ],
)
def test_a_number_too_long_to_be_read_again_is_not_written(value: Fraction) -> None:
    with pytest.raises(ValueError, match=r"digits|not a finite decimal"):
        fraction_to_text(value)


def test_forty_digits_are_written_and_read() -> None:
    for text in ("9" * 40, "-" + "9" * 40, "0." + "0" * 38 + "1", "-0." + "0" * 38 + "1"):
        assert fraction_to_text(fraction_from_text(text)) == text
    for text in ("9" * 41, "0." + "0" * 39 + "1", "1" * 1_000_000):
        with pytest.raises(ValueError, match="not a canonical decimal"):
            fraction_from_text(text)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0%", 0),
        ("5%", Fraction(1, 20)),
        ("50%", Fraction(1, 2)),
        ("100%", 1),
        ("0.5%", Fraction(1, 200)),
        ("33.3%", Fraction(333, 1000)),
        ("12.50%", Fraction(1, 8)),
        ("0.5", Fraction(1, 2)),
        ("0", 0),
        ("1", 1),
        (Decimal("0.25"), Fraction(1, 4)),
        (1, 1),
    ],
)
def test_valid_shares_are_read(written: object, expected: Fraction) -> None:
    assert share(written, ()) == expected


@pytest.mark.parametrize(
    "written",
    [
        *("", "%", "101%", "100.1%", "-1%", "-0%", "1.1", "-0.1", 2, -1, True, None, []),
        *("50 %", " 50%", "50%\n", "5_0%", "+5%", ".5%", "5.%", "05%", "50%%", "half"),
        *("1e1%", "1e-5%", "1e-999999999%", "nan%", "inf%", "-inf%", "\uff15\uff10%"),
        *("1" * 1_000_000 + "%", "0." + "1" * 100 + "%"),
    ],
    ids=lambda written: repr(written)[:20],
)
def test_invalid_shares_are_refused(written: object) -> None:
    with pytest.raises(Malformed, match=r"in 'policy\.within'"):
        share(written, ("policy", "within"))


@pytest.mark.parametrize(
    "written", [True, None, [], {}, 1.5, "1e3", "0.10", "x", "", "1%"], ids=repr
)
def test_invalid_numbers_are_refused(written: object) -> None:
    with pytest.raises(Malformed, match="expected a number"):
        number(written, ("price",))


def test_numbers_are_exact_in_every_notation() -> None:
    for written in (Decimal("0.1"), Decimal("0.10"), "0.1"):
        assert number(written, ()) == Fraction(1, 10)
    assert number(7, ()) == 7
