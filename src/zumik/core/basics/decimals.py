"""Exact decimals: between the text that people and files write and the fractions that are compared.

A canonical decimal has no exponent, no leading or trailing zeros, and no negative zero, so that the
same number always has the same bytes. Nothing here rounds.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

MAX_DIGITS = 40
"""Prices need 12 digits, scores fewer; the bound keeps hostile numbers from costing time."""

_CANONICAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")


@lru_cache(maxsize=4096)
def fraction_from_text(text: str) -> Fraction:
    """The number that a canonical decimal writes.

    Raises ValueError for anything else: an exponent, a trailing zero, `-0`, too many digits.
    """
    digits = len(text) - text.count("-") - text.count(".")
    if digits > MAX_DIGITS or not _CANONICAL.fullmatch(text) or text == "-0":
        raise ValueError("not a canonical decimal")
    whole, _, places = text.partition(".")
    return Fraction(int(whole + places), 10 ** len(places))


def fraction_to_text(value: Fraction) -> str:
    """The canonical decimal of `value`.

    Raises ValueError where none exists, because the denominator has a factor other than 2 and 5, or
    where it would have too many digits to be read again.
    """
    numerator, denominator = value.as_integer_ratio()
    places, power = 0, 1
    while power % denominator:
        places, power = places + 1, power * 10
        if places > MAX_DIGITS:
            raise ValueError("not a finite decimal")
    digits = str(abs(numerator) * (power // denominator)).rjust(places + 1, "0")
    if len(digits) > MAX_DIGITS:
        raise ValueError("too many digits")
    sign = "-" if numerator < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)
