"""Logs in a database: the rows of one table as entries, some at a time.

Only the columns that a format reads are selected: a prompt that lies beside them does not leave the
database. Nothing is written.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from zumik.core.basics.did_you_mean import did_you_mean
from zumik.core.basics.display import neutral
from zumik.core.basics.foreign_json import ForeignJson
from zumik.core.traffic.logged_call import Place, UnreadEntry
from zumik.core.traffic.selection import Selection
from zumik.errors import CannotRun
from zumik.logs.databases.database_url import DatabaseUrl, database_url
from zumik.logs.files.entry import Entry
from zumik.logs.files.envelopes import COLUMNS
from zumik.logs.files.tables import json_value
from zumik.logs.formats.known_formats import recognised
from zumik.logs.formats.log_format import LogFormat

_BATCH_ROWS = 1024
_MAX_KEY = 256
_SQLITE = "sqlite"
_IN_FILES = (_SQLITE, "duckdb")
# psycopg alone needs a library of the system; with this package it brings its own.
_DRIVERS = {"postgres": " 'psycopg[binary]'"}


def database_rows(
    name: str, form: LogFormat | None, say: Callable[[str], None], selection: Selection
) -> Iterator[Entry | UnreadEntry]:
    """The rows of the table that a URL names. Raises CannotRun and UsageError.

    `form` is the format that the person named; without it the columns show it. Rows outside of the
    time of `selection` are left out where the database has their time. Where reading ends early,
    the last entry says why.
    """
    url = database_url(name)
    with _quiet():
        connection = _connected(url)
    try:
        yield from _rows(connection, url, form, say, selection)
    finally:
        # What ends early may have lost its connection.
        with suppress(Exception):
            connection.disconnect()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the warnings that Ibis and the drivers have for each other's developers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _connected(url: DatabaseUrl) -> Any:
    try:
        import ibis
    except ImportError:
        raise CannotRun(
            f"{url.shown} is a database, which needs another package",
            hint="pip install 'zumik[logs]'",
        ) from None
    backend = url.scheme.replace("postgresql", "postgres")
    is_file = backend in _IN_FILES and not url.path.startswith(("md:", "motherduck:"))
    # Both make an empty database of a file that is not there.
    if is_file and not Path(url.path).is_file():
        raise CannotRun(f"cannot read {url.shown}: No such file or directory")
    try:
        options = {"read_only": True} if backend == "duckdb" else {}
        return ibis.connect(url.connect, **options)
    except ImportError:
        packages = f"'ibis-framework[{neutral(backend)}]'"
        raise CannotRun(
            f"{url.shown} needs the driver of its database",
            hint=f"pip install {packages}{_DRIVERS.get(backend, '')}",
        ) from None
    except Exception as error:  # noqa: BLE001 (each driver has its own)
        if isinstance(error, ValueError) and not hasattr(ibis, backend):
            raise CannotRun(
                f"no database is called {neutral(url.scheme)}",
                hint="postgresql, mysql, sqlite, duckdb, snowflake, bigquery, clickhouse and the "
                "other backends of Ibis can be read",
            ) from None
        raise CannotRun(f"cannot read {url.shown}: {url.reason(error)}") from None


def _rows(
    connection: Any,
    url: DatabaseUrl,
    form: LogFormat | None,
    say: Callable[[str], None],
    selection: Selection,
) -> Iterator[Entry | UnreadEntry]:
    with _quiet():
        table = _table(connection, url)
    known = form or recognised(dict.fromkeys(table.columns))
    wanted = _wanted_columns(url, known, table.columns)
    if known is not None:
        _say_undecided(url, known, wanted, say)
        table = _between(connection, table, known, selection)
    key = _key_column(known, wanted)
    number = 0
    try:
        for batch in _batches(connection, table.select(*wanted)):
            for row in batch:
                number += 1
                value = {column: json_value(cell) for column, cell in row.items()}
                yield Entry(_place(url.table, number, key, value), ForeignJson(value, {}, ()))
    except Exception as error:  # noqa: BLE001 (each driver has its own)
        said = _said_while_reading(url, error)
        if not number:
            raise CannotRun(f"cannot read {url.shown}: {said}") from None
        why = f"the database cannot be read further: {said}; {number:,} rows were read"
        yield UnreadEntry(Place(url.table, number), why, is_whole=True)


def _batches(connection: Any, rows: Any) -> Iterator[list[dict[str, Any]]]:
    """The rows of an expression, some at a time."""
    if connection.name in _IN_FILES:
        # In SQLite each value has a type of its own, beside that of the column. And for both Ibis
        # would hold all rows, or call what newer versions of the library do not have.
        cursor = connection.raw_sql(connection.compile(rows))
        while found := cursor.fetchmany(_BATCH_ROWS):
            yield [dict(zip(rows.columns, row, strict=True)) for row in found]
        return
    with _quiet():
        batches = rows.to_pyarrow_batches(chunk_size=_BATCH_ROWS)
    while True:
        with _quiet():
            batch = next(batches, None)
        if batch is None:
            return
        yield batch.to_pylist(maps_as_pydicts="lossy")


def _said_while_reading(url: DatabaseUrl, error: Exception) -> str:
    """Why rows stopped coming. Only what is said of the connection is repeated, never of a row."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if kinds & {"OperationalError", "InterfaceError", "InsufficientPrivilege"}:
        return url.reason(error)
    return type(error).__name__


def _table(connection: Any, url: DatabaseUrl) -> Any:
    """The table that the URL names, alone or as SCHEMA.TABLE."""
    schema, _, name = url.table.rpartition(".")
    for known_as in ({}, {"database": schema}) if schema else ({},):
        try:
            return connection.table(name if known_as else url.table, **known_as)
        except Exception as error:  # noqa: BLE001 (each driver has its own)
            if type(error).__name__ != "TableNotFound":
                raise CannotRun(f"cannot read {url.shown}: {url.reason(error)}") from None
    tables: list[str] = []
    # They are only for the hint.
    with suppress(Exception):
        tables = connection.list_tables()
    raise CannotRun(
        f"{url.shown} has no table {neutral(url.table)}",
        hint=did_you_mean(url.table, tables, "?table=SCHEMA.TABLE names one of another schema"),
    )


def _wanted_columns(
    url: DatabaseUrl, form: LogFormat | None, columns: Collection[str]
) -> list[str]:
    """The columns that are read: those of the format, or one that holds whole log lines."""
    wanted = form.first_keys() if form is not None else COLUMNS
    found = [column for column in columns if column in wanted]
    if found:
        return found
    if form is not None:
        raise CannotRun(f"{url.table} has no column of the format '{form.name}'")
    raise CannotRun(
        f"the columns of {url.table} are those of no known log format",
        hint="map them in a file, and name it with --log-format FILE",
    )


def _say_undecided(
    url: DatabaseUrl, form: LogFormat, wanted: list[str], say: Callable[[str], None]
) -> None:
    """Say that no row can carry a decision, where the columns that have it are missing."""
    homes = list(dict.fromkeys(path[0] for path in form.decision if path))
    if homes and not set(homes) & set(wanted):
        say(f"{url.table} has no column {' or '.join(homes)}: no row carries a decision")


def _between(connection: Any, table: Any, form: LogFormat, selection: Selection) -> Any:
    """The rows of the time that is asked about, and those without a time.

    Only a column of times is compared there: a text may be in any notation, and in SQLite each
    value may be one.
    """
    if connection.name == _SQLITE:
        return table
    source = form.at[0] if len(form.at) == 1 else None
    if source is None or len(source.path) != 1 or source.where:
        return table
    if source.path[0] not in table.columns or not table[source.path[0]].type().is_timestamp():
        return table
    column = table[source.path[0]]
    is_naive = column.type().timezone is None

    def literal(moment: datetime) -> datetime:
        # A time without a zone is UTC in every log that is read here.
        return moment.replace(tzinfo=None) if is_naive else moment

    if selection.since is not None:
        table = table.filter((column >= literal(selection.since)) | column.isnull())
    if selection.until is not None:
        table = table.filter((column < literal(selection.until)) | column.isnull())
    return table


def _key_column(form: LogFormat | None, wanted: list[str]) -> str | None:
    """The column that names a row: the last that has an id of the call."""
    paths = [source.path for source in form.call_id] if form is not None else []
    keys = [path[0] for path in paths if len(path) == 1 and path[0] in wanted]
    return keys[-1] if keys else None


def _place(table: str, number: int, key: str | None, value: dict[str, Any]) -> Place:
    """A row has no number of its own in a database, so that its key says more."""
    found = value.get(key) if key else None
    is_key = isinstance(found, str | int) and 0 < len(str(found)) <= _MAX_KEY
    return Place(table, number, row=f"{key} {found}" if is_key else "")
