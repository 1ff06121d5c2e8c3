"""HTML and JSON: the templates, and what they are given.

Every text is escaped where it enters a template. Only `marked_text`, `table_markup` and the charts
make markup of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from zumik.pages import addresses
from zumik.pages.marked_text import cut, lines, marked, parted, sentence, unbroken, visible
from zumik.pages.site_files import stylesheet
from zumik.pages.table_markup import table_of
from zumik.reports.blocks import without_marks

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)
"""What a page may load: files of its own site, and nothing that stands in the page itself."""

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


def _visible(value: Any) -> Any:
    """What a template shows of a value: of a text nothing that cannot be seen."""
    return visible(value) if type(value) is str else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("zumik.pages"),
        autoescape=select_autoescape(default=True, default_for_string=True),
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals["content_policy"] = Markup(CONTENT_POLICY)  # noqa: S704 - a constant
    environment.globals["table_of"] = table_of
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


def to_html(template: str, address: str, root: str | None = None, **values: Any) -> bytes:
    """A page at an address. Beside its `values` a template has `root`, the way to the site's root:
    the relative one, where none is given.

    Raises UndefinedError for a value that the template needs and does not have.
    """
    root = addresses.to_root(address) if root is None else root
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


def missing_page(address: str, root: str | None = None) -> bytes:
    """What a person gets where no page is."""
    return to_html("missing.html", address, root)


@cache
def template_words() -> str:
    """The text of all templates and of the stylesheet, which names every class of the pages."""
    environment = _environment()
    loader = environment.loader
    assert loader is not None
    sources = (loader.get_source(environment, name)[0] for name in loader.list_templates())
    return "\n".join((*sources, stylesheet().decode()))
