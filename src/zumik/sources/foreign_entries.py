"""Entries of other people's files: strict JSON with exact numbers, read field by field.

One bad field costs that field alone: the others may hold the retirement that matters. What the
fields of one source mean is for the module of that source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Context, Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, TypeVar

from zumik.core.basics.display import shown
from zumik.core.basics.field_readers import Malformed, text
from zumik.core.basics.findings import Finding
from zumik.core.basics.names import ModelId
from zumik.core.basics.strict_json import MalformedJson, from_strict
from zumik.core.basics.times import day_from_text
from zumik.core.facts.price import MOST_PARTS, RATES, oversized
from zumik.errors import CannotRun
from zumik.rules.import_rules import UNUSABLE_ENTRY, UNUSABLE_FIELD
from zumik.sources.offers import MODALITIES, Imported, Offer, stated_price

MAX_BYTES = 32 * 1024 * 1024
"""Many times the largest list known; a bound on what a hostile one can make us read."""

MAX_TEXT = 150
"""The longest text of a source that a fact cites, beside the source's own name."""

_MAX_YEARS = 20
_MAX_NUMBER = 40
_MAX_TOKENS = 10**9
_MAX_PRICE = 10**6
_PRECISION = Context(prec=12)
_FINEST = Fraction(1, 10**12)

Fields = Mapping[str, Any]
T = TypeVar("T")


class Unusable(Exception):
    """An entry, or one of its fields, that cannot be read; the message says why."""


class Entry:
    """The fields of one entry, and the problems of those that could not be read."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.problems: list[str] = []

    def take(self, key: str, read: Callable[[object, str], T]) -> T | None:
        """A field as `read` has it; None where it is not stated, or cannot be read.

        One bad field costs that field alone: the others may hold the retirement that matters.
        """
        value = self.fields.get(key)
        if value is None:
            return None
        try:
            return read(value, key)
        except Unusable as error:
            self.problems.append(str(error))
            return None


ReadEntry = Callable[[str, object], tuple[Offer | str, list[str]]]
"""Reads one entry: the offer that it makes, or why it makes none; and its unreadable fields.

Raises Unusable where nothing of the entry can be read.
"""


def read_entries(
    entries: Iterable[tuple[str, object]],
    read: ReadEntry,
    *,
    source: str,
    observed_on: date,
    hint: str,
    one_of: Callable[[Offer, Offer], Offer] = lambda first, second: first,
) -> Imported:
    """All entries of a source; of two for one model, the one that `one_of` makes of them.

    `hint` says which file the source is. Raises CannotRun where no entry makes an offer.
    """
    offers: dict[ModelId, Offer] = {}
    skipped: dict[str, list[str]] = {}
    findings: list[Finding] = []
    count = 0
    for key, entry in entries:
        count += 1
        try:
            offer, problems = read(key, entry)
        except Unusable as error:
            left_out = "this entry was skipped; the others were read"
            findings.append(UNUSABLE_ENTRY.at(source, f"{shown(key)}: {error}", left_out))
            skipped.setdefault("not readable", []).append(key)
            continue
        if isinstance(offer, Offer):
            offer, faults = _with_usable_price(offer)
            problems = [*problems, *faults]
        left_out = "this field was skipped; the rest of the entry was read"
        findings += [
            UNUSABLE_FIELD.at(source, f"{shown(key)}: {why}", left_out) for why in problems
        ]
        if isinstance(offer, str):
            skipped.setdefault(offer, []).append(key)
        elif offer.model.id in offers:
            first = offers[offer.model.id]
            best = offers[offer.model.id] = one_of(first, offer)
            other = offer.key if best.key == first.key else first.key
            skipped.setdefault("second entry of a model", []).append(other)
        else:
            offers[offer.model.id] = offer
    if not offers:
        raise CannotRun(
            f"{shown(source)}: no chat model in {count:,} entries"
            + (f"; {findings[0].message}" if findings else ""),
            hint=hint,
        )
    return Imported(source, observed_on, offers, _by_count(skipped), tuple(findings))


def _with_usable_price(offer: Offer) -> tuple[Offer, list[str]]:
    """The offer with what its price states; without a price that a catalog cannot have, and why."""
    price = offer.model.price and stated_price(offer.model.price)
    part = price and oversized(price)
    if part:
        price = None
    problems = [f"the price has more than {MOST_PARTS} {part}"] if part else []
    return replace(offer, model=offer.model._replace(price=price)), problems


def _by_count(skipped: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """The reasons in the order of how often each applied."""
    by_count = sorted(skipped.items(), key=lambda item: (-len(item[1]), item[0]))
    return {reason: tuple(keys) for reason, keys in by_count}


def json_object(data: bytes, source: str, hint: str) -> Fields:
    """A JSON file that holds one object, numbers exact: an int, or the Decimal of the text.

    Raises MalformedJson, with `hint` saying which file the source is.
    """
    try:
        value = from_strict(
            data, max_bytes=MAX_BYTES, max_digits=_MAX_NUMBER, fraction=_exact_decimal
        )
    except MalformedJson as error:
        problem = error.message
    else:
        if isinstance(value, dict):
            return value
        problem = f"expected an object of models, found {kind_of(value)}"
    raise MalformedJson(f"{shown(source)}: {problem}", hint=hint)


def _exact_decimal(number: str) -> Decimal:
    """Decimal, because a float would already have rounded the price that is written."""
    if len(number) > _MAX_NUMBER:
        raise MalformedJson(f"has a number of {len(number)} characters")
    try:
        return Decimal(number)
    except InvalidOperation:
        raise MalformedJson("has a number with an exponent beyond all bounds") from None


def kind_of(value: object) -> str:
    """What a value of JSON is, in words for a message."""
    kinds = {dict: "an object", list: "a list", str: "text", bool: "true or false"}
    return kinds.get(type(value), "nothing" if value is None else "a number")


def flag(value: object, key: str) -> bool:
    """True or false, and no text or number that may mean it. Raises Unusable."""
    if not isinstance(value, bool):
        raise Unusable(f"{key}: expected true or false, found {kind_of(value)}")
    return value


def any_list(value: object, key: str) -> list[object]:
    """A list of anything. Raises Unusable."""
    if not isinstance(value, list):
        raise Unusable(f"{key}: expected a list, found {kind_of(value)}")
    return value


def day_near(observed_on: date) -> Callable[[object, str], date]:
    """Reads a date, and refuses a year far from the day of the list: it is a slip."""

    def read(value: object, key: str) -> date:
        try:
            day = day_from_text(text(value, ()))
        except (ValueError, Malformed):
            raise Unusable(f"{key}: expected a date, YYYY-MM-DD") from None
        if abs(day.year - observed_on.year) > _MAX_YEARS:
            raise Unusable(f"{key}: {day} is more than {_MAX_YEARS} years from {observed_on}")
        return day

    return read


def tokens(value: object, key: str) -> int:
    """A count of tokens, also as 4.0. Raises Unusable."""
    number = exact_number(value, key)
    if not 0 <= number <= _MAX_TOKENS or number != int(number):
        raise Unusable(f"{key}: expected a number of tokens")
    return int(number)


def threshold(value: object, key: str) -> int:
    """The length of input above which a tier begins: 0 would be the base. Raises Unusable."""
    found = tokens(value, key)
    if found == 0:
        raise Unusable(f"{key}: a tier above 0 tokens")
    return found


def exact_number(value: object, key: str) -> int | Decimal:
    """A number as it is written, never a float. Raises Unusable."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Unusable(f"{key}: expected a number, found {kind_of(value)}")
    return value


def object_of(value: object, key: str) -> Fields:
    """An object of any fields. Raises Unusable."""
    if not isinstance(value, dict):
        raise Unusable(f"{key}: expected an object, found {kind_of(value)}")
    return value


def words(value: object, key: str) -> list[str]:
    """The texts of a list. Raises Unusable where it is no list."""
    return [word for word in any_list(value, key) if isinstance(word, str)]


def modalities(value: object, key: str) -> frozenset[str] | None:
    """The kinds of content of a list that a catalog knows; None without any. Raises Unusable."""
    return frozenset(word for word in words(value, key) if word in MODALITIES) or None


def short_text(value: object, key: str) -> str:
    """A text without control characters, of a length that a source may have. Raises Unusable."""
    if not isinstance(value, str) or not value or len(value) > MAX_TEXT or not value.isprintable():
        raise Unusable(f"{key}: expected a text of at most {MAX_TEXT} characters")
    return value


def usd_per_million(value: object, key: str) -> Fraction:
    """A price that is written in USD per million tokens, without the noise of floats."""
    return _rounded(_price_number(value, key, Decimal(_MAX_PRICE)))


def usd_per_token(value: object, key: str) -> Fraction:
    """A price that is written in USD per token, in USD per million tokens.

    Sources compute in binary floats, which leave noise from the sixteenth digit on, and write
    0.47 per million as 4.6999999999999995e-07. A price has at most a dozen digits, so the decimal
    that was written is rounded to twelve significant ones, and no float is ever made of it.
    """
    usd = _price_number(value, key, Decimal(1))
    return _rounded(_PRECISION.multiply(usd, Decimal(_MAX_PRICE)))


def rates_of(table: Fields, names: Mapping[str, str], key: str) -> dict[str, Fraction]:
    """The rates of a table in USD per million tokens, `names` saying what it calls each.

    Raises Unusable, because a price without one of its rates would be wrong.
    """
    found = {
        name: usd_per_million(table[theirs], f"{key}.{theirs}")
        for theirs, name in names.items()
        if table.get(theirs) is not None
    }
    return {name: found[name] for name in RATES if name in found}


def _price_number(value: object, key: str, most: Decimal) -> Decimal:
    usd = Decimal(exact_number(value, key))
    if usd < 0:
        raise Unusable(f"{key}: a price below 0")
    if usd > most:
        raise Unusable(f"{key}: a price of more than {_MAX_PRICE:,} USD per million tokens")
    # Checked by its exponent, because the fraction of a hostile one would have a billion digits.
    if usd > 0 and usd.adjusted() < most.adjusted() - 17:
        raise Unusable(f"{key}: a price too small to be one")
    return usd


def _rounded(usd: Decimal) -> Fraction:
    price = Fraction(_PRECISION.plus(usd))
    return round(price / _FINEST) * _FINEST
