"""`zumik logs mix --output`: the mix as CSV, Parquet, or a page."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from zumik.core.traffic.mix import Mix
from zumik.errors import CannotRun
from zumik.reports.mix_report import mix_columns, mix_rows
from zumik.transaction.output_files import form_of, output_file

_FORMS = (".csv", ".parquet", ".html")
_TEXTS = ("alias", "model", "release", "day", "decided_by")


def mix_form(path: Path) -> str:
    """The form of the file. Raises UsageError for a name that says no known one."""
    return form_of(path, *_FORMS)


def write_mix(path: Path, mix: Mix, dimensions: Sequence[str]) -> None:
    """Write the file whole, or leave what was there. Raises CannotRun."""
    form = mix_form(path)
    with output_file(path) as file:
        if form == ".html":
            from zumik.pages.mix_page import mix_page

            file.write(mix_page(mix).encode())
        elif form == ".csv":
            file.write(_csv(mix_columns(dimensions), mix_rows(mix, dimensions)))
        else:
            _write_parquet(file, mix_columns(dimensions), mix_rows(mix, dimensions))


def _csv(names: Sequence[str], rows: Sequence[dict[str, object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row[name]) for name in names])
    return text.getvalue().encode()


def _cell(value: object) -> object:
    return str(value).lower() if isinstance(value, bool) else value


def _write_parquet(
    file: IO[bytes], names: Sequence[str], rows: Sequence[dict[str, object]]
) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise CannotRun("Parquet needs pyarrow", hint="pip install 'zumik[logs]'") from None

    def kind(name: str) -> Any:
        if name.startswith("usd_frozen_is_"):
            return pa.bool_()
        if name.startswith("usd_"):
            return pa.decimal128(38, 12)
        return pa.string() if name in _TEXTS else pa.int64()

    schema = pa.schema([(name, kind(name)) for name in names])
    pico = Decimal("1e-12")
    exact = [
        {
            name: Decimal(str(value)).quantize(pico)
            if pa.types.is_decimal(schema.field(name).type) and value is not None
            else value
            for name, value in row.items()
        }
        for row in rows
    ]
    pq.write_table(pa.Table.from_pylist(exact, schema=schema), file, compression="zstd")
