"""Figures of one's own, as CSV: a row a figure, columns by the keys of a catalog's figure.

`model,metric,value,samples,standard_error,date,effort,revision,run`; all but `model` and `value`
may be given for the whole file by options instead.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from zumik.core.basics.times import day_from_text
from zumik.evaluations.result_json import figure, name
from zumik.evaluations.run_figures import RefusedRun, RunFigure, UnreadableRun

_NEEDED = frozenset({"model", "value"})
_COLUMNS = _NEEDED | {
    "metric",
    "samples",
    "standard_error",
    "date",
    "effort",
    "revision",
    "run",
}
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
_COUNT = re.compile(r"[1-9][0-9]{0,8}")
_RUN = re.compile(r"sha256:[0-9a-f]{64}|https://[A-Za-z0-9._~/:%+-]{1,400}")
_MAX_ROWS = 10_000
OWN_LIST = "own CSV"

HINT = "a CSV with the columns " + ", ".join(
    ["model", "metric", "value", "samples", "standard_error", "date"]
)


def read_own_figures(content: str) -> tuple[str, list[RunFigure]]:
    """The rows of a CSV. Raises RefusedRun for a cell that cannot be, UnreadableRun for no CSV."""
    rows = csv.reader(io.StringIO(content, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(rows, [])]
        _require_columns(header)
        return OWN_LIST, list(_figures(header, rows))
    except csv.Error:
        raise UnreadableRun(f"not CSV at line {rows.line_num}", hint=HINT) from None


def _require_columns(header: list[str]) -> None:
    if len(set(header)) != len(header):
        raise RefusedRun("two columns have one name, so the figures of one are lost", HINT)
    # What another file has in its first line may be a question or a key, so it is not repeated.
    unknown = [place for place, column in enumerate(header, 1) if column not in _COLUMNS]
    if unknown:
        why = f"column {unknown[0]} of the first line is not one of a list of figures"
        raise RefusedRun(why, HINT)
    if missing := _NEEDED - set(header):
        raise RefusedRun(f"the first line has no column {min(missing)}", HINT)


def _figures(header: list[str], rows: Iterator[list[str]]) -> Iterator[RunFigure]:
    for number, row in enumerate(rows, 2):
        if not row:
            continue
        if len(row) != len(header) or number > _MAX_ROWS:
            raise RefusedRun(f"line {number} has {len(row)} cells for {len(header)} columns", HINT)
        cells = dict(zip(header, (cell.strip() for cell in row), strict=True))
        yield _figure(cells, number)


def _figure(cells: Mapping[str, str], line: int) -> RunFigure:
    def cell(column: str, form: re.Pattern[str], wanted: str) -> str | None:
        found = cells.get(column) or None
        if found is not None and not form.fullmatch(found):
            raise RefusedRun(f"line {line}: {column} is not {wanted}", HINT)
        return found

    value = cell("value", _NUMBER, "a number")
    if value is None:
        raise RefusedRun(f"line {line} has no value", HINT)
    samples = cell("samples", _COUNT, "a whole number from 1")
    error = cell("standard_error", _NUMBER, "a number")
    date = cells.get("date") or None
    try:
        observed_on = None if date is None else day_from_text(date)
    except ValueError:
        raise RefusedRun(f"line {line}: date is not YYYY-MM-DD", HINT) from None
    return RunFigure(
        model=name(cells["model"]),
        key=name(cells.get("metric", "")),
        value=figure(Decimal(value), f"line {line}: value"),
        samples=None if samples is None else int(samples),
        standard_error=None if error is None else figure(Decimal(error), f"line {line}"),
        observed_on=observed_on,
        effort=cells.get("effort") or None,
        served=frozenset({name(cells["revision"])} if cells.get("revision") else ()),
        is_named=bool(cells.get("metric")),
        run=cell("run", _RUN, "sha256: with a digest, or an https link without a query"),
    )
