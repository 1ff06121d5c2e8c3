"""JSON as evaluation tools write it: strict, bounded, with `NaN` kept as what it is.

Values are found by their path, so that a fault names the place in the file and never its content.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, NamedTuple

from zumik.core.basics.display import shown
from zumik.core.basics.secret_keys import masked
from zumik.core.basics.strict_json import MalformedJson, from_strict
from zumik.evaluations.run_figures import RefusedRun, UnreadableRun

MAX_BYTES = 64 * 1024 * 1024
_MAX_NUMBER = 40
_MAX_MAGNITUDE = 15
_MAX_NAME = 120
_MAX_COUNT = 10**9

RERUN = "run the evaluation again, and import what it writes"


class NotANumber(NamedTuple):
    """What stands in a file where a number belongs: `NaN`, `Infinity`, or one beyond all bounds."""

    text: str


def parse(data: bytes) -> Any:
    """The value of a file. Raises UnreadableRun."""
    try:
        return from_strict(
            data,
            max_bytes=MAX_BYTES,
            max_digits=400,
            fraction=_exact,
            constant=NotANumber,
        )
    except MalformedJson as error:
        raise UnreadableRun(error.message) from None


def _exact(text: str) -> Decimal | NotANumber:
    try:
        return Decimal(text) if len(text) <= _MAX_NUMBER else NotANumber("a number too long")
    except InvalidOperation:
        return NotANumber("a number beyond all bounds")


def table(value: object) -> Mapping[str, Any]:
    """The value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str | None:
    """A text that is not empty; else None."""
    return value if isinstance(value, str) and value else None


def name(value: object) -> str:
    """A name of a file as it may be shown: on one line, cut, and with keys masked."""
    found = str(value) if isinstance(value, str | int | Decimal) else ""
    return shown(masked(found), _MAX_NAME)[1:-1]


def count(value: object) -> int | None:
    """A whole number from 0, below a thousand million; else None."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return int(value) if 0 <= value < _MAX_COUNT and value == int(value) else None


def figure(value: object, path: str) -> Fraction:
    """A number, exactly as it is written. Raises RefusedRun for anything else, `NaN` included."""
    if isinstance(value, NotANumber):
        raise RefusedRun(f"{path} is {value.text}, which is not a number", RERUN)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise RefusedRun(f"{path} is not a number", RERUN)
    number = Decimal(value)
    if number and not -_MAX_MAGNITUDE <= number.adjusted() <= _MAX_MAGNITUDE:
        raise RefusedRun(f"{path} is a number beyond all bounds", RERUN)
    return Fraction(number)


def day(value: object) -> date | None:
    """The day of a moment with an offset, or of Unix seconds, in UTC; None for anything else."""
    try:
        if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC).date() if moment.tzinfo else None
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return datetime.fromtimestamp(float(value), UTC).date()
    except (ValueError, OverflowError, OSError):
        return None
    return None


def rounded_share(part: Fraction) -> Fraction:
    """A computed value as a decimal of twelve places, since 1/3 has none that is exact."""
    return round(part, 12)
