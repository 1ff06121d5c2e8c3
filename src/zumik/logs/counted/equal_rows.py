"""Equal rows of a Parquet file with zumik's own columns, which DuckDB groups and the reader reads.

In Parquet a text is a value and is not parsed, so that DuckDB may compare texts: of each group the
one reader reads one row. The text of a request is taken apart only where it is written as zumik
writes it, by the pattern that lines are held to; else it is compared whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from zumik.core.basics.foreign_json import ForeignJson
from zumik.core.decisions.log_line import LINE_FIELDS
from zumik.core.traffic.logged_call import LoggedCall, Place, ReadEntry
from zumik.core.traffic.logs_read import MAX_EXAMPLES
from zumik.core.traffic.token_edges import TokenEdges
from zumik.logs.calls import calls_of
from zumik.logs.counted.known_calls import Days, KnownCall
from zumik.logs.files.entry import Entry
from zumik.logs.files.entry_reader import parquet_entries
from zumik.logs.files.envelopes import unwrapped
from zumik.logs.files.log_names import STDIN
from zumik.logs.files.tables import json_value
from zumik.logs.formats.log_format import LogFormat
from zumik.logs.query_interrupts import query_interrupts
from zumik.logs.scan.line_shape import CLOCK, COUNT, DAY, LIST

if TYPE_CHECKING:
    import pyarrow as pa

MEMORY = "512MB"
_BATCH_ROWS = 10_000
_GLOB = frozenset("*?[]{}")
_ROW = "file_row_number"
_NAMED = "requested_model"
_ANY_LIST = LIST.decode().replace("*+", "*")
_ANY_COUNT = COUNT.decode().partition("(?!")[0]
# The engine of DuckDB does not go back, so that it needs no possessive marks, and has none.
_REQUEST = (
    r'^(\{"unavailable"): ?(' + _ANY_LIST
    + r')(?:, ?"input_tokens": ?(' + _ANY_COUNT + r'))?(?:, ?"output_tokens": ?(' + _ANY_COUNT
    + r'))?((?:, ?"capabilities": ?' + _ANY_LIST + r')?(?:, ?"input": ?' + _ANY_LIST + r")?)\}$"
)  # fmt: skip
_TIME = DAY.decode() + CLOCK.decode()
_EXACT = tuple(
    name for name in LINE_FIELDS if name not in ("request", "timestamp", "drain_ignored")
)


def equal_rows(
    name: str, edges: TokenEdges, form: LogFormat | None = None, days: Days = Days.ENDS
) -> Iterator[ReadEntry] | None:
    """The calls of a Parquet file, equal ones as one value; None where each row is to be read.

    That is so without DuckDB, for columns of other types, and for a file that it cannot read. One
    of the first day (UTC) of equal calls, and one of the last, are values of their own; with
    Days.EACH those of each day are.
    """
    try:
        import duckdb
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        return None
    if name == STDIN or not Path(name).is_file():
        return None
    try:
        with ParquetFile(name) as file:
            schema = file.schema_arrow
        if not _is_usable(name, schema):
            return None
        groups, has_others = _groups(name, edges, schema, days)
    except (duckdb.Error, ArrowException, OSError):
        # The reader of rows says what is wrong.
        return None
    return _calls(name, form, groups, has_others=has_others)


def _groups(name: str, edges: TokenEdges, schema: pa.Schema, days: Days) -> tuple[pa.Table, bool]:
    """A row of each group, with its places; and whether there are rows that are no line of ours."""
    import duckdb

    with (
        query_interrupts(),
        TemporaryDirectory(prefix="zumik-logs-") as folder,
        duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": folder}) as connection,
    ):
        query = _query(edges, schema.names, days)
        groups = connection.sql(query, params=[name]).to_arrow_table()
        count = "SELECT count(*) FROM read_parquet(?) WHERE requested_model IS NULL"
        others = connection.execute(count, [name]).fetchone()
    return groups, bool(others and others[0])


def _calls(
    name: str, form: LogFormat | None, groups: pa.Table, *, has_others: bool
) -> Iterator[ReadEntry]:
    for batch in groups.to_batches(max_chunksize=_BATCH_ROWS):
        for row in batch.to_pylist():
            places, calls = row.pop("places"), row.pop("calls")
            ends = row.pop("first_day"), row.pop("last_day")
            # Where each day is asked for, a group has but one.
            days: dict[date | None, int] = {day and date.fromisoformat(day): calls for day in ends}
            value = json_value(row)
            for item in _read(Place(name, places[0] + 1), value, form):
                if isinstance(item, LoggedCall) and item.fault is None:
                    yield from KnownCall(item, calls, days).taken(Days.ENDS)
                elif isinstance(item, LoggedCall):
                    yield from _each(KnownCall(item, calls, days), places)
                else:
                    yield item
    if has_others:
        for entry in parquet_entries(name, form, without=_NAMED):
            yield from calls_of(entry, form)


def _read(place: Place, value: Any, form: LogFormat | None) -> Iterator[ReadEntry]:
    for entry in unwrapped(Entry(place, ForeignJson(value, {}, ())), form):
        yield from calls_of(entry, form)


def _each(known: KnownCall, places: list[int]) -> Iterator[LoggedCall]:
    """Calls with a fault: as many as are ever listed have a place of their own."""
    rows = iter(places)
    for item in known.taken(Days.ENDS):
        left = item.calls
        while left:
            row = next(rows, None)
            calls = left if row is None else 1
            line = (places[-1] if row is None else row) + 1
            yield item._replace(place=item.place._replace(line=line), calls=calls)
            left -= calls


def _query(edges: TokenEdges, names: list[str], days: Days) -> str:
    """What groups the rows: by each field as it is, but a request by the ranks of its counts.

    A time decides only where no release is named, or where it shows no day.
    """
    exact = [name for name in _EXACT if name in names]
    keys, made, taken = list(exact), [], list(exact)
    if "request" in names:
        made.append(f"regexp_extract(request, '{_REQUEST}', ['m', 'u', 'i', 'o', 'r']) AS q")
        keys += [
            "CASE WHEN q.m = '' THEN request END", "q.u", "q.i = ''", "q.o = ''", "q.r",
            *_ranks(edges),
        ]  # fmt: skip
        taken.append(f"arg_min(request, {_ROW}) AS request")
    if "timestamp" in names:
        made.append(
            f"CASE WHEN regexp_full_match(timestamp, '{_TIME}') AND timestamp >= '0001' "
            "THEN try_cast(timestamp[:10] AS DATE)::VARCHAR END AS day"
        )
        released = "alias_release <> ''" if "alias_release" in names else "false"
        keys.append(
            f"CASE WHEN day IS NULL OR NOT (coalesce({released}, false) OR contains({_NAMED}, '@') "
            f"OR contains({_NAMED}, '/')) THEN timestamp END"
        )
        if days is Days.EACH:
            keys.append("day")
        taken += [f"arg_min(timestamp, {_ROW}) AS timestamp", "min(day) AS first_day",
                  "max(day) AS last_day"]  # fmt: skip
    else:
        taken += ["NULL AS first_day", "NULL AS last_day"]
    # Every name in it is one of ours, and the file is a parameter.
    return (
        f"SELECT {', '.join(taken)}, min({_ROW}, {MAX_EXAMPLES}) AS places, count(*) AS calls "  # noqa: S608
        f"FROM (SELECT {', '.join(['*', *made])} FROM read_parquet(?, {_ROW} = true) "
        f"WHERE {_NAMED} IS NOT NULL) GROUP BY {', '.join(exact)}"
        + "".join(f", ({key})" for key in keys[len(exact) :])
    )


def _ranks(edges: TokenEdges) -> Iterator[str]:
    """How many limits are below the counts of a request, as `TokenEdges.ranks` finds it."""
    tokens_in, tokens_out = (
        f"coalesce(try_cast(q.{letter} AS BIGINT), 0)" for letter in ("i", "o")
    )
    for limits, tokens in zip(
        edges, (tokens_in, tokens_out, f"{tokens_in} + {tokens_out}"), strict=True
    ):
        below = " + ".join(f"({limit} < {tokens})::INTEGER" for limit in limits)
        yield below or "0"


def _is_usable(name: str, schema: pa.Schema) -> bool:
    """Whether the columns on which a decision rests are texts and counts, under one name each."""
    names = [column.lower() for column in schema.names]
    if _NAMED not in schema.names or _ROW in names or len(set(names)) != len(names):
        return False
    if _GLOB & set(name):
        return False
    columns = [(column, schema.field(column).type) for column in (*_EXACT, "request", "timestamp")
               if column in schema.names]  # fmt: skip
    others = set(names) & set(LINE_FIELDS) - set(schema.names)
    return not others and all(_is_plain(column, kind) for column, kind in columns)


def _is_plain(column: str, kind: pa.DataType) -> bool:
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    if column == "candidates_considered" and types.is_integer(kind):
        return True
    return bool(types.is_string(kind) or types.is_large_string(kind))
