"""The words of a fault of shape: how a place, a value and what is expected are named."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral, shown
from zumik.core.basics.field_readers import path_text
from zumik.core.basics.findings import Path

_NUMBER = re.compile(r"(-?(?:0|[1-9][0-9]*)(\.[0-9]+)?)(%?)")

KIND_NAMES = {
    "object": "a mapping of keys to values",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}


def subject(path: Path) -> str:
    """The value at a path, as the subject of a sentence: its key, or which item of a list it is."""
    if not path:
        return "the document"
    *parent, last = path
    if isinstance(last, str):
        return shown(last, 60)
    return f"item {last + 1} of {subject(tuple(parent))}"


def inside(path: Path) -> str:
    """ " in PATH" for the end of a sentence; nothing for the document itself."""
    cut = tuple(step if isinstance(step, int) else neutral(step[:60]) for step in path)
    return f" in {path_text(cut)}" if path else ""


def found(value: object) -> str:
    """What was found where something else is expected."""
    if isinstance(value, str):
        return shown(value, 60)
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    plain = plain_scalar(value)
    return plain if value is None or isinstance(value, bool) else f"the number {plain}"


def plain_scalar(value: object) -> str:
    """A scalar as YAML writes it, at most 60 characters."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    text = str(value)
    return neutral(text if len(text) <= 60 else text[:60] + "…")


def form_of(schema: Mapping[str, Any]) -> str | None:
    """What a text should look like, in the words that editors show too."""
    form: str | None = schema.get("patternErrorMessage")
    return form and form[0].lower() + form[1:].removesuffix(".")


def kind_name(alternative: Mapping[str, Any]) -> str:
    """An alternative by its only value, or by its type."""
    if "const" in alternative:
        return f"'{alternative['const']}'"
    return str(alternative.get("type"))


def rewritten(value: object, kinds: Collection[str]) -> str | None:
    """How to write the same thing in a type that is wanted, where that is plain to see."""
    written = plain_scalar(value)
    if value is None or isinstance(value, dict | list) or len(written) > 40:
        return None
    if isinstance(value, str):
        if "array" in kinds:
            return f"write it as a list: [{json.dumps(written, ensure_ascii=False)}]"
        return next((f"write {word}" for kind, word in _bare(written) if kind in kinds), None)
    if isinstance(value, Decimal) and "integer" in kinds and value == int(value):
        return f"write {int(value)}"
    return f'put it in quotes: "{written}"' if "string" in kinds else None


def _bare(text: str) -> Iterator[tuple[str, str]]:
    """What a text means once it is written without quotes, or without a percent sign, by type."""
    if text in ("true", "false"):
        yield "boolean", f"{text} without quotes"
    elif number := _NUMBER.fullmatch(text):
        how = "without the percent sign" if number[3] else "without quotes"
        yield "number", f"{number[1]} {how}"
        if not number[2]:
            yield "integer", f"{number[1]} {how}"


def key_groups(groups: Iterable[Iterable[str]]) -> str:
    """Groups of keys to choose from: 'a' with 'b', or 'c'."""
    return any_of([" with ".join(f"'{key}'" for key in group) for group in groups])


def any_of(words: Collection[str]) -> str:
    """Words to choose from: a, b or c."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


# A file often has one misspelling in every entry, and each comparison with all keys is slow.
@lru_cache(maxsize=1024)
def likely(word: str, known: tuple[str, ...]) -> str | None:
    """A hint with the known word that was probably meant, if one is close."""
    return did_you_mean(word, known, None)
