"""Texts of a report: figures with their units, counts, and words from outside made safe."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.display import neutral

_SIGNIFICANT = 4
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_NEAREST = ROUND_HALF_EVEN


def figure(value: Fraction, unit: str, *, up: bool | None = None) -> str:
    """A value as a person reads it, to four digits: `$0.0062`, `1.68 s`, `68.7 %`.

    `up` rounds to the greater side, or to the lesser where it is False.
    """
    text = rounded(value, _NEAREST if up is None else ROUND_CEILING if up else ROUND_FLOOR)
    if unit == "usd":
        return f"-${text[1:]}" if text.startswith("-") else f"${text}"
    suffix = {"seconds": " s", "percent": " %", "tokens_per_second": " tok/s"}.get(unit, "")
    return f"{text}{suffix}"


def rounded(value: Fraction, rounding: str = _NEAREST) -> str:
    """The value, rounded half to even only where it has more than four significant digits."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    context = Context(prec=_SIGNIFICANT, rounding=rounding)
    short = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    text = f"{short:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def short_count(count: int) -> str:
    """A great number to three digits: `840`, `12.4 k`, `1.87 M`."""
    for unit, size in (("G", 10**9), ("M", 10**6), ("k", 10**3)):
        if count >= size:
            return f"{float(f'{count / size:.3g}'):g} {unit}"
    return f"{count:,}"


def exact(value: Fraction) -> str:
    """The value for machines: a canonical decimal, or a fraction where no decimal is exact."""
    try:
        return fraction_to_text(value)
    except ValueError:
        return f"{value.numerator}/{value.denominator}"


def share(value: Fraction) -> str:
    """A part of a whole as a percentage, to four digits."""
    return f"{rounded(value * 100)} %"


def share_text(value: Fraction | int, whole: int = 1) -> str:
    """A part of a whole as a percentage with one decimal, so that shares can be compared.

    What is not quite none, or not quite all, never reads as none or all.
    """
    text = f"{float(value * 100 / whole):.1f}"
    if text == "0.0" and value:
        return "<0.1 %"
    return ">99.9 %" if text == "100.0" and value < whole else f"{text} %"


def value_to_text(value: object) -> str:
    """A value of a file in words: `1,050,000`, `yes`, `text, image`; nested values are joined."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {value_to_text(item)}" for name, item in value.items()) or "none"
    if isinstance(value, list):
        # Items that have commas of their own are kept apart.
        between = "; " if any(isinstance(item, (dict, list)) for item in value) else ", "
        return between.join(map(value_to_text, value)) or "none"
    return str(value)


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


_WORDS = [
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]


def count_in_words(count: int) -> str:
    """A count in a sentence for people: `nine`, and from thirteen on `13`."""
    return _WORDS[count] if count < len(_WORDS) else f"{count:,}"


def joined(words: Sequence[str]) -> str:
    """`a, b and c`; empty without words."""
    *most, last = words or ("",)
    return f"{', '.join(most)} and {last}" if most else last


def in_words(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun, in a sentence for people: `nine aliases`, `no winners`."""
    return f"{count_in_words(count)} {one if count == 1 else many or one + 's'}"


def day_in_words(day: date) -> str:
    """A day in a sentence for people: `12 November 2026`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def days_ahead(day: date, today: date) -> str:
    """How long it is until a day to come: `tomorrow`, `in 17 days`."""
    days = (day - today).days
    return "tomorrow" if days == 1 else f"in {plural(days, 'day')}"


def and_more(count: int, one: str, many: str | None = None) -> list[str]:
    """The line below a list that was cut, where it was."""
    return [f"  and {plural(count, one, many)} more"] if count > 0 else []


def safe(value: object) -> str:
    """Anything from outside, made safe to show on one line."""
    return neutral(str(value))
