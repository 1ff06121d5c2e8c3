"""The table of calls on Spark: its workers make the rows, and answer the questions about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from zumik.core.traffic.logs_read import LogsRead
from zumik.core.traffic.selection import Selection
from zumik.core.traffic.token_edges import token_edges
from zumik.logs.call_table import COLUMNS, CallNames, TableOf, call_schema
from zumik.logs.formats.log_format import LogFormat
from zumik.logs.spark.spark_calls import FoundCalls, found_on_spark
from zumik.logs.spark.spark_session import translated
from zumik.logs.spark.spark_sums import Task

if TYPE_CHECKING:
    import ibis

_VIEW = "zumik_calls"


def spark_table_of(
    logs: Sequence[str], form: LogFormat | None, say: Callable[[str], None], master: str | None
) -> TableOf:
    """The table of logs that Spark reads. Raises as spark_calls_in, and IntegrityError."""

    @contextmanager
    def table(read: LogsRead, selection: Selection, names: CallNames) -> Iterator[ibis.Table]:
        task = Task((), token_edges(()), form, selection, names.read())
        with found_on_spark(logs, task, master) as (spark, found):
            for _ in read.selected(found.items(say), selection):
                pass
            with translated():
                _rows(spark, found).createOrReplaceTempView(_VIEW)
                try:
                    yield _backend().from_connection(spark).table(_VIEW)
                finally:
                    spark.catalog.dropTempView(_VIEW)

    return table


def _rows(spark: Any, found: FoundCalls) -> Any:
    """All rows, with the places that they have among those of all files."""
    import pyarrow as pa
    from pyspark.sql import functions as sql

    def local(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> Any:
        columns = zip(*rows, strict=True) if rows else [()] * len(schema)
        arrays = [pa.array(column, kind.type) for column, kind in zip(columns, schema, strict=True)]
        return spark.createDataFrame(pa.Table.from_arrays(arrays, schema=schema))

    part = {"file": pa.int32(), "start": pa.int64()}
    bases = local(found.bases, pa.schema({**part, "base": pa.int64()}))
    rows = found.frame.filter("row is not null").select("row.*").join(sql.broadcast(bases), [*part])
    placed = rows.withColumn("place", sql.col("place") + sql.col("base"))
    placed = placed.select(*(name for name, _ in COLUMNS))
    return placed.union(local(found.seam_rows, call_schema()))


def _backend() -> Any:
    from ibis.backends.pyspark import Backend

    class ExactBackend(Backend):  # type: ignore[misc]
        """Answers come as Arrow, and not by pandas, which makes a float of a count with nulls."""

        def to_pyarrow(
            self,
            expr: Any,
            /,
            *,
            params: Mapping[Any, Any] | None = None,
            limit: int | str | None = None,
            **kwargs: Any,
        ) -> Any:
            self._run_pre_execute_hooks(expr)
            found = self.raw_sql(self.compile(expr, params=params, limit=limit, **kwargs))
            return expr.__pyarrow_result__(found.toArrow())

    return ExactBackend
