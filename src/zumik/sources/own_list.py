"""A list of one's own: CSV or JSON with the catalog's keys, offers out.

JSON holds models by their whole id, each as a catalog file holds it. CSV has a column `model` and
columns named by the path of a key, as in `price.input`; words of a list stand apart by spaces. An
empty cell says nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from zumik.core.basics.display import shown
from zumik.core.basics.field_readers import Malformed
from zumik.core.basics.names import BadName, ModelId
from zumik.core.facts.catalog import read_model
from zumik.errors import CannotRun
from zumik.sources.foreign_entries import Unusable, json_object, object_of, read_entries
from zumik.sources.offers import Imported, Offer

HINT = (
    "--from own:prices.csv: a column model, and columns such as price.input, limits.context_tokens"
)

_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,20})?")
_WORDS = ("input", "output", "capabilities")
_LISTS = frozenset((*_WORDS, "labels", *(f"lacks.{name}" for name in _WORDS)))
_FLAGS = {"true": True, "false": False}
_MAX_COLUMNS = 200
_MAX_CELL = 10_000


def read_own_list(files: Mapping[str, bytes], *, source: str, observed_on: date) -> Imported:
    """The models of one file. Raises CannotRun where it holds none, or is no CSV or JSON."""
    ((name, data),) = files.items()
    if name.casefold().endswith(".json"):
        found = json_object(data, source, HINT)
        models = found.get("models")
        entries = iter((models if isinstance(models, dict) else found).items())
    else:
        entries = _rows(data, source)
    return read_entries(
        entries,
        lambda key, value: _offer(key, value, source, observed_on),
        source=source,
        observed_on=observed_on,
        hint=HINT,
    )


def _rows(data: bytes, source: str) -> Iterator[tuple[str, object]]:
    """Each row as its model and the tree of its cells."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise CannotRun(f"{shown(source)} is not UTF-8", hint=HINT) from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        if "model" not in header or len(header) > _MAX_COLUMNS:
            raise CannotRun(f"{shown(source)}: its first line has no column model", hint=HINT)
        if len(set(header)) != len(header):
            raise CannotRun(f"{shown(source)}: a column stands twice", hint=HINT)
        for row in rows:
            if row:
                cells = dict(zip(header, row, strict=False))
                key = cells.pop("model", "").strip() or f"line {rows.line_num}"
                too_long = len(row) > len(header)
                yield key, "more cells than columns" if too_long else _tree(cells)
    except csv.Error as error:
        where = f"{shown(source)}:{rows.line_num}"
        raise CannotRun(f"{where}: not CSV: {shown(str(error), 80)}", hint=HINT) from None


def _tree(cells: Mapping[str, str]) -> dict[str, object]:
    """Cells by the path of their column, each as YAML would read it."""
    tree: dict[str, object] = {}
    for path, text in cells.items():
        if not text.strip():
            continue
        inside = tree
        *tables, name = path.split(".")
        for table in tables:
            found = inside.setdefault(table, {})
            inside = found if isinstance(found, dict) else {}
        inside[name] = _cell(path, text.strip())
    return tree


def _cell(path: str, text: str) -> object:
    if path in _LISTS:
        return text.split()
    if _NUMBER.fullmatch(text):
        return Decimal(text) if "." in text else int(text)
    return _FLAGS.get(text, text[:_MAX_CELL])


def _offer(
    key: str, value: object, source: str, observed_on: date
) -> tuple[Offer | str, list[str]]:
    if isinstance(value, str):
        raise Unusable(value)
    try:
        model = read_model(ModelId(key), object_of(value, "row"), ())
    except BadName:
        raise Unusable("no model id, as in openai/gpt-6-luna") from None
    except Malformed as error:
        raise Unusable(f"{'.'.join(map(str, error.path))}: {error.problem}") from None
    stated = model._replace(
        source=model.source or source, observed_on=model.observed_on or observed_on
    )
    denied = [words for words in (stated.lacks.input, stated.lacks.capabilities) if words]
    return Offer(key, stated, frozenset().union(*denied)), []
