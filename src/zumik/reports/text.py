"""Text: figures with units, aligned columns, and a little weight where a terminal shows it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import NamedTuple

from zumik.core.basics.decimals import fraction_to_text
from zumik.core.basics.display import neutral

_SIGNIFICANT = 4


class Style(NamedTuple):
    """How strongly to say things: with `colour`, in the terminal's own; without, not at all."""

    colour: bool = False

    def bold(self, text: str) -> str:
        """What the eye should find first."""
        return self._with("1", text)

    def dim(self, text: str) -> str:
        """What can be skipped."""
        return self._with("2", text)

    def good(self, text: str) -> str:
        """A yes."""
        return self._with("32", text)

    def bad(self, text: str) -> str:
        """A no."""
        return self._with("31", text)

    def doubtful(self, text: str) -> str:
        """Something to think about."""
        return self._with("33", text)

    def _with(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text


PLAIN = Style()


def figure(value: Fraction, unit: str) -> str:
    """A value as a person reads it, to four digits: `$0.0062`, `1.68 s`, `68.7 %`."""
    text = rounded(value)
    if unit == "usd":
        return f"-${text[1:]}" if text.startswith("-") else f"${text}"
    suffix = {"seconds": " s", "percent": " %", "tokens_per_second": " tok/s"}.get(unit, "")
    return f"{text}{suffix}"


def rounded(value: Fraction) -> str:
    """The value, rounded half to even only where it has more than four significant digits."""
    if value.denominator == 1:
        return f"{value.numerator:,}" if abs(value) >= 10_000 else str(value.numerator)
    context = Context(prec=_SIGNIFICANT, rounding=ROUND_HALF_EVEN)
    short = context.divide(Decimal(value.numerator), Decimal(value.denominator))
    text = f"{short:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def exact(value: Fraction) -> str:
    """The value for machines: a canonical decimal, or a fraction where no decimal is exact."""
    try:
        return fraction_to_text(value)
    except ValueError:
        return f"{value.numerator}/{value.denominator}"


def share(value: Fraction) -> str:
    """A part of a whole as a percentage."""
    return f"{rounded(value * 100)} %"


def table(rows: Sequence[Sequence[str]], *, indent: str = "  ", right: frozenset[int]) -> str:
    """Rows in aligned columns, two spaces apart; `right` are the columns flush right.

    Cells may carry colour; only what shows counts for the width.
    """
    if not rows:
        return ""
    widths = [max(_width(row[i]) for row in rows if i < len(row)) for i in range(_columns(rows))]
    lines = []
    for row in rows:
        cells = [
            " " * (widths[i] - _width(cell)) + cell
            if i in right
            else cell + " " * (widths[i] - _width(cell))
            for i, cell in enumerate(row)
        ]
        lines.append((indent + "  ".join(cells)).rstrip())
    return "\n".join(lines)


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def safe(value: object) -> str:
    """Anything from outside, made safe to show on one line."""
    return neutral(str(value))


def _columns(rows: Sequence[Sequence[str]]) -> int:
    return max(len(row) for row in rows)


def _width(cell: str) -> int:
    if "\x1b" not in cell:
        return len(cell)
    plain, rest = "", cell
    while "\x1b[" in rest:
        before, _, after = rest.partition("\x1b[")
        plain += before
        rest = after.partition("m")[2]
    return len(plain + rest)
