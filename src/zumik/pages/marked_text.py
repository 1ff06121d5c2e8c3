"""Texts of reports as markup: marks become elements, and names may break where they should."""

from __future__ import annotations

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from zumik.core.basics.display import neutral
from zumik.reports.blocks import BAD, DOUBTFUL, GOOD, QUIET, STRONG, spans, without_marks

_ELEMENTS = {
    STRONG: ("<strong>", "</strong>"),
    QUIET: ('<span class="quiet">', "</span>"),
    GOOD: ('<span class="good">', "</span>"),
    BAD: ('<strong class="bad">', "</strong>"),
    DOUBTFUL: ('<span class="doubtful">', "</span>"),
}

_SHOWN = re.compile("[^\n\u00a0]+")
"""A line, or what stands between spaces that do not break: pages set those themselves."""

_BREAKS = re.compile(r"/")

_GAPS = re.compile(r"(?<=[0-9]) (?=%|[A-Z][a-z]+ [0-9]{4}\b)|(?<=[a-z]) (?=[0-9]{4}\b)")
"""Where a large line would break a day or a percentage in two."""


def visible(text: str) -> str:
    """A text from anywhere, which may have several lines, with what cannot be seen escaped."""
    return text if text.isascii() else _SHOWN.sub(lambda found: neutral(found[0]), text)


def escaped(text: str) -> Markup:
    """A text from anywhere as markup that shows it."""
    return escape(visible(text))


def marked(text: str) -> Markup:
    """A marked text of a report as elements: the marks become `strong` and classes."""
    # Most texts have no marks, and there are very many of them in a site.
    return escaped(text) if "\x01" not in text else Markup("").join(_spans(text))


def _spans(text: str) -> Iterable[Markup]:
    for part, meanings in spans(text):
        found = escaped(part)
        for meaning in reversed(meanings):
            start, end = _ELEMENTS[meaning]
            found = Markup(start) + found + Markup(end)  # noqa: S704 - constants of this module
        yield found


def sentence(text: str) -> str:
    """A phrase of a report as a sentence: its first letter is a capital, and it ends in a stop."""
    text = neutral(without_marks(text)).strip()
    if not text:
        return ""
    # The name of a measure or a model is written as it is.
    first, *_ = text.split(" ", 1)
    if first.isalpha():
        text = text[0].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


def parted(text: str) -> Markup:
    """A name that may be broken after a slash, so that it fits on a phone."""
    whole = str(escape(neutral(without_marks(text))))
    return Markup(_BREAKS.sub(lambda found: f"{found[0]}<wbr>", whole))  # noqa: S704 - escaped


def cut(text: str, most: int) -> str:
    """A text of at most so many characters: what people write into a catalog has no bound."""
    return text if len(text) <= most else f"{text[:most]}…"


def lines(text: str) -> Markup:
    """A head, which may have a second line for its unit."""
    first, *rest = text.split("\n")
    unit = "".join(f'<span class="unit">{escaped(line)}</span>' for line in rest)
    return parted(first) + (Markup("<br>") + Markup(unit) if rest else "")  # noqa: S704 - escaped


def unbroken(text: str) -> str:
    """A sentence whose days and percentages stay on one line."""
    return _GAPS.sub("\u00a0", text)
