"""Scalars and characters: what unquoted text means, and which characters no file may hold.

What some YAML readers take for a truth value, a number or nothing, and others for text, is refused
with a hint. Nothing here knows where in a file a text stands.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from zumik.core.basics.findings import Rule
from zumik.rules.yaml_rules import (
    YAML_AMBIGUOUS_SCALAR,
    YAML_CHARACTER,
    YAML_ENCODING,
    YAML_NUMBER,
)

MAX_DIGITS = 40
MAX_SHOWN = 60

_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
REFUSED_IN_FILE = re.compile(rf"[{_CONTROL}]|\r(?!\n)")
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
REFUSED_IN_TEXT = re.compile(rf"[{_CONTROL}\r]")


class Problem(NamedTuple):
    """What is wrong with a text, wherever it stands: a finding without its place."""

    rule: Rule
    message: str
    hint: str


NO_VALUE = object()
# In YAML 1.1 the value of a mapping and a merge; to some readers - is
# an item inside brackets too, and --- a new document in any column.
_SIGNS = frozenset({"=", "<<", "-", "---"})
_CONSTANTS = {"": NO_VALUE, "null": None, "true": True, "false": False}
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")
_MISTAKEN_WORDS = {
    **dict.fromkeys(("true", "yes", "on", "y"), "true"),
    **dict.fromkeys(("false", "no", "off", "n"), "false"),
    **dict.fromkeys(("null", "~"), "null"),
    **dict.fromkeys(("nan", "inf", "infinity"), "a number"),
}
# In this order: the last one is broad, and is left with whole numbers and what has a point.
_MISTAKEN_NUMBERS = tuple(
    (re.compile(pattern, re.IGNORECASE), problem, instead)
    for pattern, problem, instead in (
        (r"[-+]?\.?(inf|infinity|nan)", "is not a finite number", "a number"),
        (r"[-+]?[0-9]+(:[0-9]+)+(\.[0-9]*)?", "is base 60 to some readers", "a number"),
        (r"[-+]?0(x[0-9a-f]+|o[0-7]+|b[01]+)", "is not decimal", "it in decimal"),
        (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)e[-+]?[0-9]+", "has an exponent", "all its digits"),
        (r"[-+]?0[0-9]+(\.[0-9]*)?", "has a leading zero", "it without"),
        (r"[-+]?\.[0-9]+", "begins with its decimal point", "a 0 before the point"),
        (r"[-+]?[0-9]+\.", "ends with its decimal point", "it without"),
        (r"\+[0-9]+(\.[0-9]+)?", "has a plus sign", "it without"),
        (r"-?[0-9]+(\.[0-9]+)?", "is a number to some readers", "it without"),
    )
)
# Some readers drop these from a number, wherever they stand in it.
_DROPPED = (("_", "has an underscore"), (",", "has a comma"))


def unquoted_value(text: str) -> object:
    """What unquoted text means: a value, NO_VALUE where it is empty, or a Problem."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in "-+.0123456789":
        if _NUMBER.fullmatch(text):
            digits = len(text) - text.count("-") - text.count(".")
            if digits > MAX_DIGITS:
                problem = f"a number of {digits} digits; at most {MAX_DIGITS} are allowed"
                return Problem(YAML_NUMBER, problem, "round it, or quote it if text is meant")
            return Decimal(text) if "." in text else int(text)
        bare = text.replace("_", "").replace(",", "")
        for pattern, problem, instead in _MISTAKEN_NUMBERS:
            if pattern.fullmatch(bare):
                dropped = next((what for sign, what in _DROPPED if sign in text), None)
                plain = dropped is not None and _NUMBER.fullmatch(bare) is not None
                return _ambiguous(text, dropped or problem, bare if plain else instead)
    elif len(text) <= 8 and (instead := _MISTAKEN_WORDS.get(text.lower(), "")):
        return _ambiguous(text, "is text to some YAML readers, and not to others", instead)
    if text in _SIGNS or text.startswith(("--- ", "---\n")):
        return _ambiguous(text, "is text to some YAML readers, and not to others")
    return text


def _ambiguous(text: str, problem: str, instead: str | None = None) -> Problem:
    hint = f"put it in quotes: {quoted(text)}"
    if instead:
        hint = f"write {instead}, or {quoted(text)} if text is meant"
    return Problem(YAML_AMBIGUOUS_SCALAR, f"unquoted {show(text)} {problem}", hint)


def show(text: str) -> str:
    """The text for a message: short, on one line, control characters escaped."""
    return repr(text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "...")


def quoted(text: str) -> str:
    """The text as YAML has it in quotes, or a word for that where it would not help."""
    if len(text) > MAX_SHOWN or not text.isprintable():
        return "the whole text in quotes"
    return "'" + text.replace("'", "''") + "'" if '"' in text or "\\" in text else f'"{text}"'


def unseen_character(character: str) -> Problem:
    """Why a character is refused: some readers end a line or the file at it, and it is unseen."""
    message = f"the character U+{ord(character):04X} is not allowed"
    return Problem(YAML_CHARACTER, message, "remove it, or write one that can be seen")


def character_pair(text: str) -> Problem | None:
    """Why two escapes that JSON writes for one character are refused: some readers read two."""
    if not (pair := _PAIR.search(text)):
        return None
    character = pair[0].encode("utf-16", "surrogatepass").decode("utf-16")
    message = f"two escapes for the one character U+{ord(character):04X}"
    written = character if character.isprintable() else f"\\U{ord(character):08X}"
    return Problem(YAML_CHARACTER, message, f"write {written} in their place")


def character_problem(character: str) -> Problem:
    """Why a file may not hold a character that REFUSED_IN_FILE matches."""
    if character == "\r":
        hint = "end lines with LF or CRLF"
        return Problem(YAML_CHARACTER, "a carriage return without a line feed", hint)
    if character == "\0":
        return Problem(YAML_ENCODING, "a NUL character", "save the file as UTF-8 text")
    if character == "\ufeff":
        hint = "save the file as UTF-8 without a BOM"
        return Problem(YAML_ENCODING, "a byte order mark", hint)
    if "\udc80" <= character <= "\udcff":
        # `read_yaml` decodes with surrogateescape, which makes these of bytes that are not UTF-8.
        message = f"the byte 0x{ord(character) - 0xDC00:02x} is not UTF-8"
        return Problem(YAML_ENCODING, message, "save the file as UTF-8")
    return unseen_character(character)
