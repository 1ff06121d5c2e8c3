"""HTML: the templates, and reports' blocks as elements.

Every text is escaped where it enters a template. Only this module and the charts make `Markup`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from zumik.core.basics.display import neutral
from zumik.pages import addresses
from zumik.reports.blocks import BAD, DOUBTFUL, GOOD, QUIET, STRONG, spans, without_marks

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)
"""What a page may load: files of its own site, and nothing that stands in the page itself."""

_ELEMENTS = {
    STRONG: ("<strong>", "</strong>"),
    QUIET: ('<span class="quiet">', "</span>"),
    GOOD: ('<span class="good">', "</span>"),
    BAD: ('<strong class="bad">', "</strong>"),
    DOUBTFUL: ('<span class="doubtful">', "</span>"),
}

_BREAKS = re.compile(r"/")

_GAPS = re.compile(r"(?<=[0-9]) (?=%|[A-Z][a-z]+ [0-9]{4}\b)|(?<=[a-z]) (?=[0-9]{4}\b)")
"""Where a large line would break a day or a percentage in two."""

_ADDRESSES = (
    addresses.alias_address,
    addresses.model_address,
    addresses.release_address,
    addresses.compared_models_address,
    addresses.compared_releases_address,
    addresses.mix_address,
    addresses.badge_address,
    addresses.data_address,
    addresses.bytes_address,
)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("zumik.pages"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["content_policy"] = Markup(CONTENT_POLICY)  # noqa: S704 - a constant
    environment.globals.update({function.__name__: function for function in _ADDRESSES})
    environment.filters.update(
        marked=marked,
        plain=without_marks,
        sentence=sentence,
        parted=parted,
        lines=lines,
        unbroken=unbroken,
        cut=cut,
    )
    return environment


def to_html(template: str, address: str, **values: Any) -> bytes:
    """A page at an address. Beside its `values` a template has `root`, the way to the site's root.

    Raises UndefinedError for a value that the template needs and does not have.
    """
    root = addresses.to_root(address)
    page = _environment().get_template(template)
    return page.render(address=address, root=root, **values).encode()


def to_data(tree: object) -> bytes:
    """The JSON beside a page: one value a line down to its rows, so that it is read as a diff.

    Python's encoder of indented JSON takes ten times as long, which a site of old releases waits
    for more than for anything else.
    """
    return f"{_json_lines(tree, _LINED)}\n".encode()


_LINED = 3
"""How deep values have lines of their own: a table in a page's data, and each of its rows."""

_ENCODER = json.JSONEncoder(ensure_ascii=True)


def _json_lines(value: object, depth: int) -> str:
    if depth and isinstance(value, dict) and value:
        items = (
            f"{_ENCODER.encode(str(name))}: {_json_lines(item, depth - 1)}"
            for name, item in value.items()
        )
        return f"{{{_indented(items, depth)}}}"
    if depth and isinstance(value, (list, tuple)) and value:
        return f"[{_indented((_json_lines(item, depth - 1) for item in value), depth)}]"
    return _ENCODER.encode(value)


def _indented(items: Iterable[str], depth: int) -> str:
    begin = "\n" + " " * (_LINED - depth + 1)
    return f"{begin}{f',{begin}'.join(items)}{begin[:-1]}"


def withheld_page(address: str) -> bytes:
    """What stands in place of a page that would name something confidential."""
    if address == addresses.HOME or address.endswith("/"):
        return to_html("withheld.html", address)
    if address.endswith(".json"):
        return to_data({"withheld": True})
    return b""


@cache
def template_words() -> str:
    """The text of all templates."""
    environment = _environment()
    loader = environment.loader
    assert loader is not None
    sources = (loader.get_source(environment, name)[0] for name in loader.list_templates())
    return "\n".join(sources)


def marked(text: str) -> Markup:
    """A marked text of a report as elements: the marks become `strong` and classes."""
    return Markup("").join(_spans(text))


def _spans(text: str) -> Iterable[Markup]:
    for part, meanings in spans(text):
        found = escape(part)
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
    escaped = str(escape(neutral(without_marks(text))))
    return Markup(_BREAKS.sub(lambda found: f"{found[0]}<wbr>", escaped))  # noqa: S704 - escaped


def cut(text: str, most: int) -> str:
    """A text of at most so many characters: what people write into a catalog has no bound."""
    return text if len(text) <= most else f"{text[:most]}…"


def lines(text: str) -> Markup:
    """A head, which may have a second line for its unit."""
    first, *rest = text.split("\n")
    unit = "".join(f'<span class="unit">{escape(line)}</span>' for line in rest)
    return parted(first) + (Markup("<br>") + Markup(unit) if rest else "")  # noqa: S704 - escaped


def unbroken(text: str) -> str:
    """A sentence whose days and percentages stay on one line."""
    return _GAPS.sub("\u00a0", text)
